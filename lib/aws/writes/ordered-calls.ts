import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { Applied } from '../../run/ports.ts';
import { HOLD } from '../../tagging/tag-keys.ts';
import type { Caller } from '../calls/caller.ts';
import { appliedOf } from './applied.ts';

/** One call of several that make up a change. */
export interface Call {
  readonly action: string;
  readonly send: (client: EC2Client) => Promise<unknown>;
}

/** The first call that does not succeed ends it. */
export async function inOrder(caller: Caller, target: Target, calls: readonly Call[]): Promise<Applied> {
  for (const { action, send } of calls) {
    const applied = appliedOf(await caller.call(target, action, send));
    if (applied.kind !== 'done') return applied;
  }
  return { kind: 'done' };
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
