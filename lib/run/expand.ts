import type { AccountId, Region, Target } from '../model/ids.ts';
import type { Instant } from '../model/time.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import { slotScheduleOf } from '../policy/schedule.ts';
import { slotOf } from '../tagging/version.ts';
import type { RunEvent } from './event.ts';
import { InputError } from './input-error.ts';

/** An event that says all it has to: one target, and for a snapshot one policy and one slot. */
export type TargetedEvent = RunEvent & { readonly target: Target };
export type SnapshotEvent = TargetedEvent & {
  readonly action: 'snapshot';
  readonly policy: string;
  readonly slot: Instant;
};

export function isTargeted(event: RunEvent): event is TargetedEvent {
  return (
    event.target?.account !== undefined &&
    (event.action !== 'snapshot' || (event.policy !== undefined && typeof event.slot === 'number'))
  );
}

export function isSnapshotEvent(event: TargetedEvent): event is SnapshotEvent {
  return event.action === 'snapshot' && event.policy !== undefined && typeof event.slot === 'number';
}

/** The regions in which a deployment may have images: where its retire sweep looks. */
export function regionsWithImages(file: PolicyFile): Region[] {
  const copies = file.policies.flatMap((policy) => policy.copies.map(({ region }) => region));
  return [...new Set([...file.regions, ...copies, ...file.formerRegions])].sort();
}

/**
 * The events, one for each target, that an event stands for. A snapshot without a slot is a person's: it is stamped
 * here, once, so that its continuations and repetitions mean the same slot.
 *
 * @throws InputError where the event names a policy, region or account that the deployment does not have.
 */
export function expandEvent(event: RunEvent, file: PolicyFile, account: AccountId, now: Instant): TargetedEvent[] {
  const policies = policiesOf(event, file);
  const regions = regionsOf(event, file, policies);
  if (event.target?.account !== undefined && event.target.account !== account) {
    throw new InputError([`target.account: ${event.target.account} is not ${account}, the account amikeep runs in`]);
  }
  return regions.flatMap((region): TargetedEvent[] => {
    const targeted = { ...event, target: { account, region } };
    if (event.action !== 'snapshot') return [targeted];
    return policies.flatMap((policy) => {
      const slot = event.slot === 'current' ? slotScheduleOf(policy.schedule).current(now) : slotOf(event.slot ?? now);
      return slot === undefined ? [] : [{ ...targeted, policy: policy.name, slot }];
    });
  });
}

function knownRegions(action: RunEvent['action'], file: PolicyFile, copied: boolean): readonly Region[] {
  switch (action) {
    case 'retire':
    case 'undo':
      return regionsWithImages(file);
    case 'copy':
      return copied ? file.regions : [];
    case 'snapshot':
    case 'adopt':
      return file.regions;
  }
}

function policiesOf({ policy: name }: RunEvent, file: PolicyFile): readonly Policy[] {
  if (name === undefined) return file.policies;
  const policy = file.policies.find((candidate) => candidate.name === name);
  if (policy) return [policy];
  const known = file.policies.map((candidate) => candidate.name).join(', ');
  throw new InputError([`policy: there is no policy '${name}'; the policy file has ${known}`]);
}

function regionsOf(
  { action, target, images }: RunEvent,
  file: PolicyFile,
  policies: readonly Policy[],
): readonly Region[] {
  const copied = policies.some(({ copies }) => copies.length > 0);
  const known = knownRegions(action, file, copied);
  if (!target) return known;
  if (known.includes(target.region)) return [target.region];
  // EC2 tells `copy` of every image, of copies and of other people's too: that there is nothing to do is no mistake.
  if (images && action === 'copy') return [];
  const expected = known.length > 0 ? known.join(', ') : 'none, since no policy asks for copies';
  throw new InputError([
    `target.region: ${target.region} is no region that ${action} has work in; those are ${expected}`,
  ]);
}
