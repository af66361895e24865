import {
  DisableImageDeprecationCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  type LaunchPermission,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Target } from '../model/ids.ts';
import type { BringBackImage } from '../planning/decision.ts';
import type { Applied } from '../run/ports.ts';
import type { Caller } from './caller.ts';
import { type Call, forgetting, holding, inOrder } from './ordered-calls.ts';

/**
 * Brings an image back from its stages. What was done is undone in the order in which it hurts, and forgotten last: as
 * long as the tags stand, a run that comes after a failure finds what is still to be done.
 */
export function bringBack(caller: Caller, target: Target, change: BringBackImage): Promise<Applied> {
  const { image, snapshots, enable, sharedWith, deprecation, tagKeys, hold } = change;
  return inOrder(caller, target, [
    ...holding(hold, [image, ...snapshots]),
    ...when(enable, {
      action: 'EnableImage',
      send: (client) => client.send(new EnableImageCommand({ ImageId: image })),
    }),
    // An account may be closed by now: that must not keep the image on its way out for ever.
    ...when(sharedWith.length > 0, {
      dispensable: `it could not be shared again with ${sharedWith.join(', ')}`,
      action: 'ModifyImageAttribute',
      send: (client) =>
        client.send(
          new ModifyImageAttributeCommand({
            ImageId: image,
            Attribute: 'launchPermission',
            LaunchPermission: { Add: sharedWith.map(toPermission) },
          }),
        ),
    }),
    ...deprecationCalls(image, deprecation),
    forgetting(tagKeys, [image, ...snapshots]),
  ]);
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
