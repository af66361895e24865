import {
  AttachVolumeCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import { SECOND } from '../../model/time.ts';
import { attachCommand } from '../../planning/restore/earlier-volumes.ts';
import type { NewVolume } from '../../planning/restore/plan.ts';
import { hasTaskFailed } from '../../planning/restore/root-tasks.ts';
import type { Made, RestoreWrites } from '../../run/restore/ports.ts';
import { type Caller, type CallFailure, describeFailure } from '../calls/caller.ts';
import { make } from './makings.ts';

/** How long a new volume is waited for, and how often it is looked at. EC2 makes one within seconds. */
const PATIENCE = 120 * SECOND;
const LOOK_EACH = 2 * SECOND;

/** What a restore changes. @param sleep on the clock of the run */
export function createRestoreWrites(caller: Caller, sleep: (ms: number) => Promise<void>): RestoreWrites {
  return {
    make: async (target, making) => {
      const answer = await make(caller, target, making);
      if (!answer) return { kind: 'refused', problem: 'there is too little to make anything of' };
      if (!answer.ok) return failed(answer.failure);
      const id = answer.value;
      if (id === undefined) return { kind: 'unknown', problem: 'EC2 answered without an id' };
      if (making.kind === 'root') return ofTask(caller, target, id);
      const attachment = making.kind === 'volume' ? making.volume?.attachment : undefined;
      const flaw = attachment && (await attach(caller, target, id, attachment, sleep));
      return { kind: 'done', id, ...(flaw !== undefined && { flaw }) };
    },
  };
}

function failed(failure: CallFailure): Made {
  const problem = describeFailure(failure);
  const saidNo = SAID_NO.has(failure.meaning) && !OF_CREDENTIALS.has(failure.code);
  return { kind: saidNo ? 'refused' : 'unknown', problem };
}

/** Only the last of several tries is told: one before it may have lost its answer, unless EC2 has said no for good. */
const SAID_NO: ReadonlySet<CallFailure['meaning']> = new Set(['denied', 'absent', 'limit', 'refused'] as const);

/** They may have gone out between two tries: of the one before, EC2 says nothing by that. */
const OF_CREDENTIALS: ReadonlySet<string> = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'RequestExpired',
  'UnrecognizedClientException',
]);

/** A task may be one of before, that EC2 answers a token with, and may have failed by now. */
async function ofTask(caller: Caller, target: Target, id: string): Promise<Made> {
  const command = new DescribeReplaceRootVolumeTasksCommand({ ReplaceRootVolumeTaskIds: [id] });
  const seen = await caller.call(target, 'DescribeReplaceRootVolumeTasks', (client) => client.send(command));
  const state = seen.ok ? (seen.value.ReplaceRootVolumeTasks?.[0]?.TaskState ?? '') : '';
  return hasTaskFailed({ state }) ? { kind: 'refused', problem: `its task ${id} is ${state}` } : { kind: 'done', id };
}

/** Why a volume could not be attached; undefined where it is. */
async function attach(
  caller: Caller,
  target: Target,
  volume: string,
  { instance, device }: NonNullable<NewVolume['attachment']>,
  sleep: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  const by = attachCommand(volume, target.region, instance, device);
  const until = caller.now() + PATIENCE;
  for (;;) {
    const command = new DescribeVolumesCommand({ VolumeIds: [volume] });
    const seen = await caller.call(target, 'DescribeVolumes', (client) => client.send(command));
    const state = seen.ok ? seen.value.Volumes?.[0]?.State : undefined;
    if (state === 'available') break;
    if (state === 'error') return 'EC2 could not make it: its key may not be usable';
    if (caller.now() >= until) return `it is not there yet; then attach it: ${by}`;
    await sleep(LOOK_EACH);
  }
  const command = new AttachVolumeCommand({ VolumeId: volume, InstanceId: instance, Device: device });
  const answer = await caller.call(target, 'AttachVolume', (client) => client.send(command));
  return answer.ok ? undefined : `it could not be attached (${describeFailure(answer.failure)}); try it again: ${by}`;
}
