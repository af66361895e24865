import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOUR } from '../../lib/model/time.ts';
import type { Action } from '../../lib/run/event.ts';
import { LINEAGE } from '../../lib/tagging/tag-keys.ts';
import { slotOf } from '../../lib/tagging/version.ts';
import { RealClock } from '../../sandbox/clock.ts';
import { machine } from '../../test/machine.ts';
import { virtualEnvironment } from '../../test/virtual-environment.ts';
import { HOME } from '../inventory.ts';
import type { Tool } from './tool.ts';

const fileAt = (name: string) => join(import.meta.dirname, name);

/** How a program is called for an action, in a folder for what it writes. */
type Command = (action: Action, folder: string) => readonly [program: string, ...args: string[]];

/**
 * Programs that other people run for their images, installed unless they are there, each set up for the job as its own
 * documentation says: the newest image of an instance is kept, and older ones go once they are a day old.
 */
export async function installPeers(): Promise<Tool[]> {
  const custodian = await virtualEnvironment('custodian', fileAt('custodian.requirements.txt'));
  const amicleaner = await virtualEnvironment('amicleaner', fileAt('amicleaner.requirements.txt'));
  return [
    // Its `unused` filter spares what instances and groups use; by `reduce` it keeps the newest, which it has no rule for.
    peer('Cloud Custodian', ['copy', 'retire'], (action, folder) => [
      custodian.program('custodian'),
      ...['run', '--region', HOME.region, '--cache-period', '0', '--output-dir', folder],
      fileAt(`custodian.${action}.yml`),
    ]),
    // By itself it spares what instances, groups and launch configurations use. It keeps the newest of those that are
    // left when `--ami-min-days` has set the young ones aside, which would be one more than asked for.
    peer('aws-amicleaner', ['retire'], () => [
      amicleaner.program('amicleaner'),
      ...['--mapping-key', 'tags', '--mapping-values', LINEAGE],
      ...['--keep-previous', '1', '--force-delete'],
    ]),
    // What comes first of what people write by themselves looks at age and number, and at no use.
    peer('boto3 script', ['snapshot', 'copy', 'retire'], (action) => [
      amicleaner.program('python'),
      fileAt('images.py'),
      action === 'snapshot' ? 'create' : action,
    ]),
  ];
}

/** A program goes by the machine's clock, so the images that it finds are of the machine's today. */
function peer(name: string, actions: readonly Action[], command: Command): Tool {
  return {
    name,
    actions,
    held: false,
    newest: slotOf(new RealClock().now() - HOUR),
    run: async (action, { endpoint }) => {
      const folder = await mkdtemp(join(tmpdir(), 'amikeep-peer-'));
      const [program, ...args] = command(action, folder);
      try {
        await promisify(execFile)(program, args, { env: environmentOf(folder, endpoint) });
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && typeof error.code === 'number') return false;
        throw error;
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

/** Nothing of this machine's own AWS configuration; and whoever waits moves the sandbox's clock instead. */
function environmentOf(folder: string, endpoint: string): NodeJS.ProcessEnv {
  return {
    ...machine(),
    HOME: folder,
    TERM: 'dumb',
    PYTHONPATH: fileAt('waits'),
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: HOME.region,
    AWS_ACCESS_KEY_ID: HOME.account,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
