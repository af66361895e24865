import type { ImageId, Region, SnapshotId } from '../model/ids.ts';
import { problemsOf } from '../model/reading.ts';
import { formatInstant, type Instant } from '../model/time.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import { versionOf } from '../tagging/version.ts';
import { DailyCaps } from './daily-cap.ts';
import type { Decision, Plan, Reason, StillDecision } from './decision.ts';
import { type Governance, governanceOf, judgeLineage, type Keeping } from './keeping.ts';
import { planLeftovers } from './leftovers.ts';
import { type LineageInRegion, sortByLineage } from './lineages.ts';
import { MARK_REST } from './mark-rest.ts';
import type { RetireInventory } from './retire-inventory.ts';
import { copyStates } from './wanted-copies.ts';

/** Decides for every image of a region whether it stays, is marked, waits out its mark, or goes. */
export function planRetirement(file: PolicyFile, inventory: RetireInventory, now: Instant): Plan {
  const { target, images, uses, markedSnapshots, snapshotUses } = inventory;
  const problems = [
    ...problemsOf(target.region, [images, uses, markedSnapshots, snapshotUses]),
    ...[...inventory.copies].flatMap(([region, copies]) => problemsOf(region, [copies])),
  ];
  const { lineages, notOurs } = sortByLineage(images.value, file.deployment);
  const decisions: Decision[] = notOurs.map(({ image, problem }) => ({
    action: 'report',
    subject: { kind: 'image', id: image.id, region: image.region },
    reason: { code: 'not-ours', text: problem },
  }));

  const missing = missingCopies(file, inventory, lineages);
  const caps = new DailyCaps(file.policies, [...lineages.values()], now);
  const surroundings = { inventory, missing, caps, now };
  const candidates: Candidate[] = [];
  for (const lineage of lineages.values()) {
    const governance = governanceOf(lineage, file, target.region);
    const keeping = judgeLineage(lineage, governance);
    for (const image of lineage.images) {
      const verdict = keeping.get(image) ?? { kept: true, reason: { code: 'failed', text: failure(image) } };
      const candidate = { image, verdict, governance };
      if (verdict.kept) decisions.push(decide(candidate, surroundings));
      else candidates.push(candidate);
    }
  }
  // The cap is spent on the oldest versions first, over all lineages, so that the order of reading decides nothing.
  for (const candidate of oldestFirst(candidates)) decisions.push(decide(candidate, surroundings));
  return { decisions: decisions.concat(planLeftovers(file, inventory, now)), warnings: caps.warnings(), problems };
}

interface Candidate {
  readonly image: OwnedImage;
  readonly verdict: Keeping;
  readonly governance: Governance;
}

interface Surroundings {
  readonly inventory: RetireInventory;
  readonly missing: ReadonlyMap<ImageId, Reason>;
  readonly caps: DailyCaps;
  readonly now: Instant;
}

/** By slot, and within a slot by id: slots are few, and sorting within each is the smaller work. */
function oldestFirst(candidates: readonly Candidate[]): Candidate[] {
  const slots = [...Map.groupBy(candidates, ({ image }) => image.stamp.slot)].sort(([one], [other]) => one - other);
  return slots.flatMap(([, members]) =>
    members.sort((one, other) => (one.image.image.id < other.image.image.id ? -1 : 1)),
  );
}

function failure({ image }: OwnedImage): string {
  return `it failed (${image.stateReason ?? 'no reason given'}) and holds no version`;
}

function decide(candidate: Candidate, surroundings: Surroundings): Decision {
  const { image, verdict, governance } = candidate;
  const { stamp, mark } = image;
  const about = {
    subject: { kind: 'image', id: image.image.id, region: image.image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
  } as const;
  const { region } = image.image;

  const spared = verdict.kept ? verdict.reason : protection(image, surroundings);
  if (spared) {
    if (mark && isEstablished(spared, surroundings)) {
      const reason: Reason = { code: 'wanted-again', text: `${spared.text}; the mark comes off` };
      return {
        ...about,
        action: 'unmark',
        reason,
        change: { kind: 'unmark', region, image: image.image.id, snapshots: snapshotsOf(image) },
      };
    }
    return { ...about, action: verdict.kept ? 'keep' : 'refuse', reason: spared };
  }
  const expired = verdict.reason;
  if (governance.retireMode === 'plan') return propose(about, expired, governance);
  if (mark) {
    const due = mark.at + MARK_REST;
    if (surroundings.now < due) {
      const text = `marked ${formatInstant(mark.at)}; it may go from ${formatInstant(due)} on`;
      return { ...about, action: 'wait', reason: { code: 'marked', text } };
    }
    const change = { kind: 'deregister', region, image: image.image.id, snapshots: snapshotsOf(image) } as const;
    return { ...about, action: 'deregister', reason: expired, change };
  }
  const capReached = surroundings.caps.spend(stamp.policy);
  if (capReached) return { ...about, action: 'refuse', reason: { code: 'cap-reached', text: capReached } };
  const change = {
    kind: 'mark',
    region,
    image: image.image.id,
    snapshots: snapshotsOf(image),
    text: expired.text,
  } as const;
  return { ...about, action: 'mark', reason: expired, change };
}

function snapshotsOf({ image }: OwnedImage): SnapshotId[] {
  const snapshots: SnapshotId[] = [];
  for (const { snapshot } of image.devices) if (snapshot) snapshots.push(snapshot);
  return snapshots.length > 1 ? snapshots.sort() : snapshots;
}

function propose(about: Omit<StillDecision, 'action' | 'reason'>, expired: Reason, { source }: Governance): Decision {
  const text = `${expired.text}; it would be retired, but ${source} says retire.mode: plan`;
  return { ...about, action: 'propose', reason: { code: 'policy-in-plan-mode', text } };
}

/** What forbids to retire an image that no keep rule wants, the strongest reason first. */
function protection({ image, hold }: OwnedImage, { inventory, missing }: Surroundings): Reason | undefined {
  if (hold !== undefined) return { code: 'hold', text: `it is on hold: ${hold}` };
  const uses = inventory.uses.value.get(image.id);
  if (uses && uses.length > 0) {
    const named = uses.slice(0, 3).map(({ kind, id }) => `${kind} ${id}`);
    const more = uses.length > 3 ? ` and ${uses.length - 3} more` : '';
    return { code: 'in-use', text: `it is in use by ${named.join(', ')}${more}` };
  }
  const missingCopy = missing.get(image.id);
  if (missingCopy) return missingCopy;
  const unread = [inventory.images, inventory.uses].find(({ complete }) => !complete);
  if (unread && !unread.complete) {
    const text = `${unread.source} could not be read whole (${unread.problem}), so nothing is retired in this region now`;
    return { code: 'evidence-incomplete', text };
  }
  return undefined;
}

/**
 * Whether what spares an image is known for sure, so that a mark may come off for it. A read that failed neither
 * retires nor reprieves: if it took marks off, each failure would let an image's 24 hours and the cap begin anew.
 */
function isEstablished(spared: Reason, { inventory }: Surroundings): boolean {
  return inventory.images.complete && spared.code !== 'evidence-incomplete';
}

/** The sources that have to wait for a copy, each with what is amiss. */
function missingCopies(
  file: PolicyFile,
  inventory: RetireInventory,
  lineages: ReadonlyMap<string, LineageInRegion>,
): ReadonlyMap<ImageId, Reason> {
  const missing = new Map<ImageId, Reason>();
  const policies = new Map(file.policies.map((policy) => [policy.name, policy]));
  // From a region that the file no longer names nothing is copied, so nothing is missing.
  if (!file.regions.includes(inventory.target.region)) return missing;
  const copiesBy = new Map(
    [...inventory.copies].map(([region, reading]) => [region, sortByLineage(reading.value, file.deployment).lineages]),
  );
  for (const [key, lineage] of lineages) {
    const policy = policies.get(lineage.policy);
    if (!policy || lineage.source.region !== inventory.target.region) continue;
    for (const settings of policy.copies) {
      if (!inventory.copies.get(settings.region)?.complete) {
        for (const { image } of lineage.images) missing.set(image.id, unread(policy, settings.region));
        continue;
      }
      const copies = copiesBy.get(settings.region)?.get(key)?.images ?? [];
      for (const { source, state } of copyStates(lineage.images, copies, settings, policy.schedule.timeZone)) {
        if (state.kind === 'missing') {
          const tried = state.failed.length > 0 ? `, ${state.failed.length} attempts at it failed` : '';
          const text = `its copy to ${settings.region} is missing${tried}`;
          missing.set(source.image.id, { code: 'copy-missing', text });
        } else if (state.kind === 'pending') {
          const text = `its copy to ${settings.region} (${state.copy.image.id}) is still pending`;
          missing.set(source.image.id, { code: 'copy-missing', text });
        }
      }
    }
  }
  return missing;
}

function unread(policy: Policy, region: Region): Reason {
  const text = `policy ${policy.name} wants copies in ${region}, which could not be read`;
  return { code: 'evidence-incomplete', text };
}
