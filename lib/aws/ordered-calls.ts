import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Target } from '../model/ids.ts';
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
