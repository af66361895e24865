import type { AccountId, Region, Target } from '../model/ids.ts';
import { type Instant, MINUTE } from '../model/time.ts';
import { copiesFrom, isSourceOf, sourceRegionsOf } from '../policy/places.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import { slotScheduleOf } from '../policy/schedule.ts';
import { slotOf } from '../tagging/version.ts';
import type { RunEvent } from './event.ts';
import { InputError } from './input-error.ts';

/** How a problem begins that is one of the policy file, whose name only who reads it knows. */
export const THE_FILE = 'the policy file';

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
    event.target.region !== undefined &&
    (event.action !== 'snapshot' || (event.policy !== undefined && typeof event.slot === 'number'))
  );
}

export function isSnapshotEvent(event: TargetedEvent): event is SnapshotEvent {
  return event.action === 'snapshot' && event.policy !== undefined && typeof event.slot === 'number';
}

/** The regions in which each account of a deployment may have images: where its retire sweep looks. */
export function regionsWithImages(file: PolicyFile): Region[] {
  // What is in a vault, the vault retires.
  const copies = file.policies.flatMap((policy) =>
    policy.copies.flatMap(({ region, account }) => (account === undefined ? [region] : [])),
  );
  return [...new Set([...file.regions, ...copies, ...file.formerRegions])].sort();
}

/**
 * The events, one for each target, that an event stands for: of all accounts and regions in which its action has work,
 * those that it does not exclude. A snapshot without a slot is a person's: it is stamped here, once, so that its
 * continuations and repetitions mean the same slot.
 *
 * @param home the account that amikeep runs in
 * @throws InputError where the event names a policy, region or account that the deployment does not have.
 */
export function expandEvent(event: RunEvent, file: PolicyFile, home: AccountId, now: Instant): TargetedEvent[] {
  const policies = policiesOf(event, file);
  if (file.policies.some(({ name }) => name === event.policyGone)) {
    throw new InputError([
      `policyGone: policy '${event.policyGone}' is not gone, the policy file has it; take it out there first, or end lineages of it one by one`,
    ]);
  }
  if (event.action === 'drill' && !event.sweep && !policies.some(({ drill }) => drill)) {
    const [whose, where] =
      event.policy === undefined
        ? [`${THE_FILE}: no policy has a`, 'one']
        : [`policy: policy ${event.policy} has no`, 'it'];
    const how = `write the key drill into ${where}; README, 'Prove that they start', tells how`;
    throw new InputError([`${whose} drill section: ${how}`]);
  }
  const regions = regionsOf(event, file, policies);
  const accounts = accountsOf(event, file, home, policies);
  const targets = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  return targets.flatMap((target): TargetedEvent[] => {
    const targeted = { ...event, target };
    const sources = policies.filter((policy) => isSourceOf(policy, file, target));
    if (looksWhereImagesAre(event) || event.action === 'drill') return [targeted];
    if (event.action === 'adopt') return sources.length > 0 ? [targeted] : [];
    if (event.action === 'copy') {
      const isCopying = sources.some((policy) => copiesFrom(policy, target).length > 0);
      return isCopying || mayHaveLent(file, target.region) ? [targeted] : [];
    }
    return sources.flatMap((policy) => {
      if (!policy.enabled && !isAskedFor(event)) return [];
      const slot = event.slot === 'current' ? slotScheduleOf(policy.schedule).current(now) : slotOf(event.slot ?? now);
      if (slot === undefined || (isSweep(event) && now < slot + windowOf(policy))) return [];
      return [{ ...targeted, policy: policy.name, slot }];
    });
  });
}

/** Where instances are: at home and in every account that is no vault; of a policy that is asked for, in its accounts. */
function accountsOf(
  event: RunEvent,
  file: PolicyFile,
  home: AccountId,
  policies: readonly Policy[],
): readonly AccountId[] {
  if (file.accounts.some(({ id }) => id === home)) {
    throw new InputError([
      `${THE_FILE}: accounts has ${home}, the account amikeep runs in, which is a source anyway; take it out there, or use credentials of the account amikeep runs in`,
    ]);
  }
  const all = [home, ...file.accounts.flatMap(({ id, vault }) => (vault ? [] : [id]))];
  const strangers = file.policies.flatMap(({ name, accounts = [] }) =>
    accounts
      .filter((id) => !all.includes(id))
      .map(
        (id) => `${THE_FILE}: accounts of policy ${name} has ${id}, which is no source; those are ${all.join(', ')}`,
      ),
  );
  if (strangers.length > 0) throw new InputError(strangers);
  const sources =
    LOOKS_AT_IMAGES.has(event.action) || event.sweep
      ? all
      : all.filter((id) => policies.some(({ accounts }) => accounts?.includes(id) ?? true));
  const wanted = event.target?.account;
  if (wanted === undefined) return sources;
  if (sources.includes(wanted)) return [wanted];
  const what = file.accounts.some(({ id }) => id === wanted)
    ? 'is a vault, which only its own deployment works in'
    : 'is no account of this deployment';
  throw new InputError([`target.account: ${wanted} ${what}; those with work are ${sources.join(', ')}`]);
}

/** Whether an event may make images of a policy that is disabled: by its name, or to show in a plan that it is. */
function isAskedFor({ policy, mode }: RunEvent): boolean {
  return policy !== undefined || mode === 'plan';
}

/** Whether an event asks, of its own accord, for whatever slots are due. */
function isSweep({ slot, policy }: RunEvent): boolean {
  return slot === 'current' && policy === undefined;
}

/** How long, in milliseconds, a slot is left to its own schedule, which need not have fired yet. */
function windowOf({ schedule }: Policy): number {
  return (schedule.flexibleWindowMinutes ?? 0) * MINUTE;
}

/** These go where images are, whatever becomes of their policies. */
const LOOKS_AT_IMAGES: ReadonlySet<RunEvent['action']> = new Set(['retire', 'undo']);

/**
 * Where no policy makes images any more, what was lent to a vault is still to be taken back, and holds of the instances there
 * are still to be written on the vault's copies.
 */
function mayHaveLent({ regions, formerRegions, accounts }: PolicyFile, region: Region): boolean {
  return accounts.some(({ vault }) => vault) && (regions.includes(region) || formerRegions.includes(region));
}

/** A sweep goes wherever there may be drills: also where policies had some until the file was changed, the last of them too. */
function regionsWithDrills(file: PolicyFile, policies: readonly Policy[], sweep = false): readonly Region[] {
  if (sweep) return regionsWithImages(file);
  return [...new Set(policies.flatMap(({ drill }) => drill?.regions ?? []))].sort();
}

function knownRegions(event: RunEvent, file: PolicyFile, policies: readonly Policy[]): readonly Region[] {
  const { action, sweep } = event;
  if (looksWhereImagesAre(event)) return regionsWithImages(file);
  if (action === 'drill') return regionsWithDrills(file, policies, sweep);
  const isCopying = action === 'copy';
  const working = isCopying ? policies.filter(({ copies }) => copies.length > 0) : policies;
  return [...file.regions, ...file.formerRegions].filter(
    (region) =>
      (isCopying && mayHaveLent(file, region)) ||
      working.some((policy) => sourceRegionsOf(policy, file).includes(region)),
  );
}

/** @throws InputError where there is no such policy */
export function policiesOf({ policy: name }: Pick<RunEvent, 'policy'>, file: PolicyFile): readonly Policy[] {
  if (name === undefined) return file.policies;
  const policy = file.policies.find((candidate) => candidate.name === name);
  if (policy) return [policy];
  const known = file.policies.map((candidate) => candidate.name).join(', ');
  throw new InputError([`policy: there is no policy '${name}'; the policy file has ${known || 'none'}`]);
}

function regionsOf(event: RunEvent, file: PolicyFile, policies: readonly Policy[]): readonly Region[] {
  const { action, target } = event;
  const known = knownRegions(event, file, policies);
  const wanted = target?.region;
  if (wanted === undefined) return known;
  if (known.includes(wanted)) return [wanted];
  const expected =
    known.length > 0 ? known.join(', ') : `none, since no policy asks for ${action === 'drill' ? 'drills' : 'copies'}`;
  const more = looksWhereImagesAre(event)
    ? `; where images are left that nothing makes any more, name the region under formerRegions of ${THE_FILE}`
    : '';
  throw new InputError([`target.region: ${wanted} ${hasNoWork(action)}; those are ${expected}${more}`]);
}

/** What is said of a region that a command or an action does not go to. */
export function hasNoWork(name: string): string {
  return `is no region that ${name} has work in`;
}

/** Copies have seals as well. */
function looksWhereImagesAre({ action, unsealed }: Pick<RunEvent, 'action' | 'unsealed'>): boolean {
  return LOOKS_AT_IMAGES.has(action) || unsealed === true;
}
