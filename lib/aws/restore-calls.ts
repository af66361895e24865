import { RestoreImageFromRecycleBinCommand, RestoreSnapshotFromRecycleBinCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../model/ids.ts';
import type { RestoreImage } from '../planning/decision.ts';
import type { Applied } from '../run/ports.ts';
import type { Caller } from './caller.ts';
import { type Call, forgetting, holding, inOrder } from './ordered-calls.ts';

/** Restores an image from the Recycle Bin: its snapshots, then the image, which needs them. */
export function restore(caller: Caller, target: Target, change: RestoreImage): Promise<Applied> {
  const { image, snapshots, tagKeys, hold } = change;
  return inOrder(caller, target, [
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
}
