import type { Instance } from '@aws-sdk/client-ec2';
import { DRILL } from '../../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { tagOf } from './images.ts';

/** All drills that there are and, for an hour after their end, that there were. */
export function drillsIn(sandbox: Sandbox): Instance[] {
  return sandbox.ec2.inspect
    .instances()
    .map(({ instance }) => instance)
    .filter((instance) => tagOf(instance, DRILL) !== undefined);
}

export function isTerminated({ State }: Instance): boolean {
  return State?.Name === 'terminated';
}
