import {
  DisableImageDeprecationCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  type LaunchPermission,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { BringBackImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { failed } from './applied.ts';
import { type Call, forgetting, holding, inOrder } from './ordered-calls.ts';

/** What EC2 calls an account, a group, an organisation or a unit that it cannot share with. */
const NOBODY = 'InvalidAMIAttributeItemValue';

/**
 * Brings an image back from its stages. What was done is undone in the order in which it hurts, and forgotten last: as
 * long as the tags stand, a run that comes after a failure finds what is still to be done.
 */
export async function bringBack(caller: Caller, target: Target, change: BringBackImage): Promise<Applied> {
  const { image, snapshots, enable, sharedWith, deprecation, tagKeys, hold } = change;
  const enabled = await inOrder(caller, target, [
    ...holding(hold, [image, ...snapshots]),
    ...when(enable, {
      action: 'EnableImage',
      send: (client) => client.send(new EnableImageCommand({ ImageId: image })),
    }),
  ]);
  if (enabled.kind !== 'done') return enabled;
  const shared = await shareAgain(caller, target, image, sharedWith);
  if (shared.kind !== 'done') return shared;
  const forgotten = await inOrder(caller, target, [
    ...deprecationCalls(image, deprecation),
    forgetting(tagKeys, [image, ...snapshots]),
  ]);
  return forgotten.kind === 'done' ? shared : forgotten;
}

/**
 * Shares an image with all that it was shared with. Who is not there any more, such as an account that was closed, must
 * neither keep the image on its way out for ever nor the others from it, so then each is shared with by itself. Nothing
 * else is passed over: what is forgotten here is known nowhere else.
 */
async function shareAgain(caller: Caller, target: Target, image: string, names: readonly string[]): Promise<Applied> {
  if (names.length === 0) return { kind: 'done' };
  const share = (some: readonly string[]) =>
    caller.call(target, 'ModifyImageAttribute', (client) =>
      client.send(
        new ModifyImageAttributeCommand({
          ImageId: image,
          Attribute: 'launchPermission',
          LaunchPermission: { Add: some.map(toPermission) },
        }),
      ),
    );
  const all = await share(names);
  if (all.ok) return { kind: 'done' };
  if (all.failure.code !== NOBODY) return failed(all.failure);
  const notes: string[] = [];
  for (const name of names) {
    const one = names.length === 1 ? all : await share([name]);
    if (one.ok) continue;
    if (one.failure.code !== NOBODY) return failed(one.failure);
    notes.push(`it could not be shared again with ${name}: ${describeFailure(one.failure)}`);
  }
  return { kind: 'done', note: notes.join('; ') };
}

function deprecationCalls(image: string, deprecation: BringBackImage['deprecation']): Call[] {
  if (deprecation === 'leave') return [];
  if (deprecation === 'lift') {
    return [
      {
        action: 'DisableImageDeprecation',
        send: (client) => client.send(new DisableImageDeprecationCommand({ ImageId: image })),
      },
    ];
  }
  return [
    {
      action: 'EnableImageDeprecation',
      send: (client) =>
        client.send(new EnableImageDeprecationCommand({ ImageId: image, DeprecateAt: new Date(deprecation) })),
    },
  ];
}

function when(wanted: boolean, call: Call): Call[] {
  return wanted ? [call] : [];
}

/** An account, an organisation or a unit of one, as it was remembered. */
function toPermission(name: string): LaunchPermission {
  if (/^\d{12}$/.test(name)) return { UserId: name };
  return name.includes(':ou/') ? { OrganizationalUnitArn: name } : { OrganizationArn: name };
}
