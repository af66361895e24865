import { RestoreImageFromRecycleBinCommand, RestoreSnapshotFromRecycleBinCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { RestoreImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import { type Call, forgetting, holding, inOrder } from './ordered-calls.ts';

/** Restores an image from the Recycle Bin: its snapshots, then the image, which needs them. */
export async function restore(caller: Caller, target: Target, change: RestoreImage): Promise<Applied> {
  const { image, snapshots, tagKeys, hold } = change;
  const applied = await inOrder(caller, target, [
    ...snapshots.map(
      (SnapshotId): Call => ({
        action: 'RestoreSnapshotFromRecycleBin',
        send: (client) => client.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId })),
      }),
    ),
    {
      action: 'RestoreImageFromRecycleBin',
      send: (client) => client.send(new RestoreImageFromRecycleBinCommand({ ImageId: image })),
    },
    ...holding(hold, [image, ...snapshots]),
    forgetting(tagKeys, [image, ...snapshots]),
  ]);
  if (applied.kind !== 'refused' || !applied.problem.startsWith('InvalidSnapshot')) return applied;
  const why =
    'it needs all of its snapshots: one that has just come back may not be ready, so try again in some minutes, and without one that is gone for good it cannot come back';
  return { kind: 'refused', problem: `${why} (${applied.problem})` };
}
