import { DisableImageDeprecationCommand, EnableImageCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { BringBackImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import { type Call, forgetting, holding, inOrder } from './ordered-calls.ts';

/**
 * Brings an image back from its stages. What was done is undone in the order in which it hurts, and forgotten last: as
 * long as the tags stand, a run that comes after a failure finds what is still to be done.
 */
export function bringBack(caller: Caller, target: Target, change: BringBackImage): Promise<Applied> {
  const { image, snapshots, enable, undeprecate, tagKeys, hold } = change;
  return inOrder(caller, target, [
    ...holding(hold, [image, ...snapshots]),
    ...when(enable, {
      action: 'EnableImage',
      send: (client) => client.send(new EnableImageCommand({ ImageId: image })),
    }),
    ...when(undeprecate, {
      action: 'DisableImageDeprecation',
      send: (client) => client.send(new DisableImageDeprecationCommand({ ImageId: image })),
    }),
    forgetting(tagKeys, [image, ...snapshots]),
  ]);
}

function when(wanted: boolean, call: Call): Call[] {
  return wanted ? [call] : [];
}
