import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DisableImageDeprecationCommand,
  type EC2Client,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  type LaunchPermission,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Target } from '../model/ids.ts';
import type { BringBackImage } from '../planning/decision.ts';
import type { Applied } from '../run/ports.ts';
import { HOLD } from '../tagging/tag-keys.ts';
import { appliedOf } from './applied.ts';
import type { Caller } from './caller.ts';

/** One call of several that make up a change. */
export interface Call {
  /** What is told if EC2 refuses the call, which then keeps the others from nothing; absent: it ends them. */
  readonly dispensable?: string;
  readonly action: string;
  readonly send: (client: EC2Client) => Promise<unknown>;
}

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

export function holding(hold: string | undefined, resources: string[]): Call[] {
  if (hold === undefined) return [];
  const Tags = [{ Key: HOLD, Value: hold }];
  return [
    { action: 'CreateTags', send: (client) => client.send(new CreateTagsCommand({ Resources: resources, Tags })) },
  ];
}

export function forgetting(keys: readonly string[], resources: string[]): Call {
  const Tags = keys.map((Key) => ({ Key }));
  return { action: 'DeleteTags', send: (client) => client.send(new DeleteTagsCommand({ Resources: resources, Tags })) };
}

function when(wanted: boolean, call: Call): Call[] {
  return wanted ? [call] : [];
}

/** An account, an organisation or a unit of one, as it was remembered. */
function toPermission(name: string): LaunchPermission {
  if (/^\d{12}$/.test(name)) return { UserId: name };
  return name.includes(':ou/') ? { OrganizationalUnitArn: name } : { OrganizationArn: name };
}

/** The first call that does not succeed ends it, unless it can be done without. */
export async function inOrder(caller: Caller, target: Target, calls: readonly Call[]): Promise<Applied> {
  const notes: string[] = [];
  for (const { action, send, dispensable } of calls) {
    const applied = appliedOf(await caller.call(target, action, send));
    if (applied.kind === 'refused' && dispensable !== undefined) notes.push(`${dispensable}: ${applied.problem}`);
    else if (applied.kind !== 'done') return applied;
  }
  return notes.length > 0 ? { kind: 'done', note: notes.join('; ') } : { kind: 'done' };
}
