import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Checks } from '../checks.ts';
import { runClient } from './environment.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const PAGE = join(REPOSITORY, 'docs', 'try-recovery.md');

/** Does what docs/try-recovery.md tells, command by command, as a person would in a shell. */
export async function checkTryRecovery(checks: Checks, aws: string, endpoint: string): Promise<void> {
  await checks.check('docs/try-recovery.md proves an image, loses its server and gets it back', async () => {
    const page = await readFile(PAGE, 'utf8');
    const commands = [...page.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
    assert.equal(commands.length, 3);
    const folder = await mkdtemp(join(tmpdir(), 'amikeep-recovery-'));
    try {
      const amikeep = `npx() { shift; '${process.execPath}' '${join(REPOSITORY, 'cli', 'amikeep.ts')}' "$@"; }`;
      const path = `PATH='${dirname(aws)}${delimiter}'$PATH`;
      const script = ['set -euo pipefail', `cd '${folder}'`, path, amikeep, ...commands].join('\n');
      const { code, stdout, stderr } = await runClient('bash', ['-c', script], endpoint);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /available +verified \S+ \(status\)/);
      assert.match(stdout, /launched i-[0-9a-f]{17} of ami-[0-9a-f]{17}/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
