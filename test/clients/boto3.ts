import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import type { Checks } from '../checks.ts';
import { runClient } from './environment.ts';

const REPORT = z.object({ check: z.string(), problem: z.string().nullable() });

/** Runs the checks that are written in Python and counts what they report. */
export async function checkBoto3(checks: Checks, python: string, endpoint: string): Promise<void> {
  const script = join(import.meta.dirname, 'boto3_client.py');
  const { stdout, stderr, code } = await runClient(python, [script], endpoint);
  for (const line of stdout.trim().split('\n').filter(Boolean)) {
    const { check, problem } = REPORT.parse(JSON.parse(line));
    checks.report(check, problem ?? undefined);
  }
  await checks.check('the boto3 script comes to its end', async () => assert.equal(code, 0, stderr));
}
