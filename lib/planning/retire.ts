import type { SnapshotId } from '../model/ids.ts';
import { problemsOf } from '../model/reading.ts';
import { caughtBy } from '../model/recycle-bin.ts';
import type { Instant } from '../model/time.ts';
import type { PolicyFile } from '../policy/policy.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import { stageKeys } from '../tagging/stages.ts';
import { ENDED, RETIRE } from '../tagging/tag-keys.ts';
import { versionOf } from '../tagging/version.ts';
import { DailyCaps } from './daily-cap.ts';
import type { AbandonedLineage, BringBackImage, Decision, Plan, Reason, StillDecision } from './decision.ts';
import { abandonedLineage, endingOf, type SourceState, sourceStateOf } from './endings.ts';
import { supersededFailure } from './failed-attempts.ts';
import { type Governance, governanceOf, judgeLineage, type Keeping } from './keeping.ts';
import { nextStep } from './ladder.ts';
import { type LineageInRegion, sortByLineage } from './lineages.ts';
import { missingCopies } from './missing-copies.ts';
import { holdsOf, isEstablished, protectionOf, type Surroundings } from './protection.ts';
import type { RetireInventory } from './retire-inventory.ts';
import { planSnapshotSweep, strayWarnings } from './snapshot-sweep.ts';
import { suspicionOf } from './suspect.ts';

/** What a person who sends the event vouches for. */
export interface RetireRequest {
  /** That a region which shows no instance at all really has none. */
  readonly confirmNoInstances: boolean;
}

/** Decides for every image of a region whether it stays, which stage it goes to, or what brings it back. */
export function planRetirement(
  file: PolicyFile,
  inventory: RetireInventory,
  now: Instant,
  { confirmNoInstances }: RetireRequest = { confirmNoInstances: false },
): Plan {
  const { lineages, notOurs } = sortByLineage(inventory.images.value, file.deployment);
  const decisions: Decision[] = notOurs.map(({ image, problem }) => ({
    action: 'report',
    subject: { kind: 'image', id: image.id, region: image.region },
    reason: { code: 'not-ours', text: problem },
  }));

  const suspicion = confirmNoInstances ? undefined : suspicionOf(file, inventory, lineages.values(), now);
  const judged = judgeLineages(file, inventory, lineages, now, confirmNoInstances);
  const surroundings = {
    inventory,
    missing: missingCopies(file, inventory, judged.lasting),
    holds: holdsOf(inventory),
    suspicion,
    now,
  };
  const caps = new DailyCaps(file.policies, [...lineages.values()], now);
  const { kept, candidates } = judged;
  for (const candidate of kept) decisions.push(decide(candidate, surroundings, caps));
  // The cap is spent on the oldest versions first, over all lineages, so that the order of reading decides nothing.
  for (const candidate of oldestFirst(candidates)) decisions.push(decide(candidate, surroundings, caps));
  return {
    decisions: decisions.concat(planSnapshotSweep(file, inventory, suspicion, now)),
    warnings: [...caps.warnings(), ...strayWarnings(inventory, now), ...binWarnings(inventory)],
    problems: readProblems(inventory),
    abandoned: judged.abandoned,
  };
}

function readProblems(inventory: RetireInventory): string[] {
  const { target, images, uses, evidence, snapshots, snapshotUses, snapshotEvidence, binned, strays } = inventory;
  return [
    ...problemsOf(target.region, [images, uses, evidence, snapshots, snapshotUses, snapshotEvidence, binned, strays]),
    ...[...inventory.instances].flatMap(([region, instances]) => problemsOf(region, [instances])),
    ...[...inventory.copies].flatMap(([region, copies]) => problemsOf(region, [copies])),
  ];
}

/** The rules of the bin decide nothing, so that they could not be read is no failure. */
function binWarnings({ binRules, target }: RetireInventory): string[] {
  return binRules.complete
    ? []
    : [`what the Recycle Bin in ${target.region} would keep could not be read: ${binRules.problem}`];
}

interface Candidate {
  readonly image: OwnedImage;
  readonly verdict: Keeping;
  readonly governance: Governance;
  readonly source: SourceState;
}

interface Judged {
  readonly kept: readonly Candidate[];
  /** What no rule wants. */
  readonly candidates: readonly Candidate[];
  /** The lineages that have not ended: only their images wait for copies. */
  readonly lasting: ReadonlyMap<string, LineageInRegion>;
  readonly abandoned: readonly AbandonedLineage[];
}

/** What each lineage wants, nothing else considered: its rules, its end, and what is left of its failed attempts. */
function judgeLineages(
  file: PolicyFile,
  { target, instances }: { target: RetireInventory['target']; instances: RetireInventory['instances'] },
  lineages: ReadonlyMap<string, LineageInRegion>,
  now: Instant,
  emptyIsTrue: boolean,
): Judged {
  const policies = new Map(file.policies.map((policy) => [policy.name, policy]));
  const [kept, candidates]: [Candidate[], Candidate[]] = [[], []];
  const abandoned: AbandonedLineage[] = [];
  const lasting = new Map<string, LineageInRegion>();
  for (const [key, lineage] of lineages) {
    const policy = policies.get(lineage.policy);
    const governance = governanceOf(lineage, file, target.region);
    const source = sourceStateOf(lineage, policy, instances, target.account, emptyIsTrue);
    const ending = endingOf(lineage, governance.retire.endAfterSourceGoneDays, source, now);
    const keeping = ending ? undefined : judgeLineage(lineage, governance);
    for (const image of lineage.images) {
      const verdict = keeping?.get(image) ?? judgeRest(image, lineage, governance, policy, ending, now);
      (verdict.kept ? kept : candidates).push({ image, verdict, governance, source });
    }
    if (!ending) lasting.set(key, lineage);
    if (!ending && source.kind === 'gone') abandoned.push(abandonedLineage(lineage, target.region));
  }
  return { kept, candidates, lasting, abandoned };
}

/** Of an image that has no say in its lineage: the lineage has ended, or it has failed. */
function judgeRest(
  image: OwnedImage,
  lineage: LineageInRegion,
  governance: Governance,
  policy: PolicyFile['policies'][number] | undefined,
  ending: Reason | undefined,
  now: Instant,
): Keeping {
  if (ending) return { kept: false, reason: ending };
  const superseded = supersededFailure(image, lineage, policy, governance.keepFor(image), now);
  if (superseded) return { kept: false, reason: superseded };
  const text = `it failed (${image.image.stateReason ?? 'no reason given'}) and holds no version`;
  return { kept: true, reason: { code: 'failed', text } };
}

/** By slot, and within a slot by id: slots are few, and sorting within each is the smaller work. */
function oldestFirst(candidates: readonly Candidate[]): Candidate[] {
  const slots = [...Map.groupBy(candidates, ({ image }) => image.stamp.slot)].sort(([one], [other]) => one - other);
  return slots.flatMap(([, members]) =>
    members.sort((one, other) => (one.image.image.id < other.image.image.id ? -1 : 1)),
  );
}

function decide(candidate: Candidate, surroundings: Surroundings, caps: DailyCaps): Decision {
  const { image, verdict, governance } = candidate;
  const { stamp } = image;
  const about = {
    subject: { kind: 'image', id: image.image.id, region: image.image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
  } as const;
  const { region, id } = image.image;

  const held = surroundings.holds.get(stamp.source.instance);
  if (held !== undefined && image.hold === undefined) {
    const reason: Reason = { code: 'hold', text: `its instance ${stamp.source.instance} is on hold: ${held}` };
    return {
      ...about,
      action: 'hold',
      reason,
      change: { kind: 'hold', region, image: id, snapshots: snapshotsOf(image), text: held },
    };
  }
  const spared = verdict.kept ? verdict.reason : protectionOf(image, surroundings);
  if (spared) {
    const tagKeys = keysToForget(candidate);
    // Where nobody knows whether the source lives, nobody knows whether its lineage has ended.
    const known = candidate.source.kind !== 'unknown' && isEstablished(spared, surroundings);
    if (tagKeys.length > 0 && known) {
      const reason: Reason = { code: 'wanted-again', text: `${spared.text}; it is brought back` };
      const change = { region, image: id, snapshots: snapshotsOf(image), tagKeys };
      return isStaged(image)
        ? { ...about, action: 'bring-back', reason, change: { ...change, kind: 'bring-back', ...whatWasDone(image) } }
        : { ...about, action: 'unmark', reason, change: { ...change, kind: 'unmark' } };
    }
    if (spared.code === 'usage-unasked' && governance.retire.mode === 'apply') {
      return { ...about, action: 'ask-usage', reason: spared, change: { kind: 'ask-usage', region, image: id } };
    }
    // A proposal costs nobody anything, so it need not wait until everything has been asked.
    if (spared.code === 'not-looked-into' && governance.retire.mode === 'plan') {
      return propose(about, verdict.reason, governance);
    }
    return { ...about, action: verdict.kept ? 'keep' : (REFUSED[spared.code] ?? 'refuse'), reason: spared };
  }
  if (governance.retire.mode === 'plan') return propose(about, verdict.reason, governance);
  return takeStep(candidate, about, surroundings, caps);
}

/** What is not refused but only put off. */
const REFUSED: Partial<Record<Reason['code'], 'wait'>> = { 'usage-unknown': 'wait', 'not-looked-into': 'wait' };

type About = Omit<StillDecision, 'action' | 'reason'>;

function takeStep(
  { image, verdict, governance }: Candidate,
  about: About,
  { inventory, now }: Surroundings,
  caps: DailyCaps,
): Decision {
  const { region, id } = image.image;
  const expired = verdict.reason;
  const sharedWith = inventory.evidence.value.get(id)?.sharedWith ?? [];
  const step = nextStep(image, governance.retire, sharedWith, now);
  switch (step.kind) {
    case 'wait':
    case 'refuse':
      return { ...about, action: step.kind, reason: step.reason };
    case 'mark': {
      const capReached = caps.spend(image.stamp.policy);
      if (capReached) return { ...about, action: 'refuse', reason: { code: 'cap-reached', text: capReached } };
      const ends = expired.code === 'source-gone';
      const change = {
        kind: 'mark',
        region,
        image: id,
        snapshots: snapshotsOf(image),
        text: expired.text,
        ends,
      } as const;
      return { ...about, action: 'mark', reason: expired, change };
    }
    case 'deprecate': {
      const change = {
        kind: 'deprecate',
        region,
        image: id,
        ...(step.before !== undefined && { before: step.before }),
      } as const;
      return { ...about, action: 'deprecate', reason: expired, change };
    }
    case 'disable': {
      const change = { kind: 'disable', region, image: id, sharedWith: step.sharedWith } as const;
      return { ...about, action: 'disable', reason: expired, change };
    }
    case 'deregister': {
      const refusal = keptSnapshots(image, inventory);
      if (refusal) return { ...about, action: 'refuse', reason: refusal };
      const change = { kind: 'deregister', region, image: id, snapshots: snapshotsOf(image) } as const;
      return {
        ...about,
        action: 'deregister',
        reason: { ...expired, text: expired.text + wayBack(image, inventory) },
        change,
      };
    }
  }
}

/** An image whose snapshots have to stay stays with them: without it nobody would know what they are of. */
function keptSnapshots(image: OwnedImage, { snapshotEvidence }: RetireInventory): Reason | undefined {
  if (!snapshotEvidence.complete) {
    const text = `${snapshotEvidence.source} could not be read whole (${snapshotEvidence.problem})`;
    return { code: 'evidence-incomplete', text };
  }
  for (const id of snapshotsOf(image)) {
    const evidence = snapshotEvidence.value.get(id);
    if (!evidence) return { code: 'evidence-incomplete', text: `whether its snapshot ${id} may go was not read` };
    if (evidence.lock !== undefined) return { code: 'locked', text: `its snapshot ${id} is locked (${evidence.lock})` };
    if (evidence.sharedWith.length > 0) {
      const text = `its snapshot ${id} is shared with ${evidence.sharedWith.slice(0, 3).join(', ')}`;
      return { code: 'shared', text };
    }
  }
  return undefined;
}

/** What a rule of the Recycle Bin catches can come back, and whoever reads the plan should know how. */
function wayBack({ image }: OwnedImage, { binRules }: RetireInventory): string {
  const [images, snapshots] = (['image', 'snapshot'] as const).map((kind) =>
    caughtBy(
      binRules.value.filter(({ resource }) => resource === kind),
      image.tags,
    ),
  );
  if (!images) return '';
  if (!snapshots)
    return '; the Recycle Bin keeps the image, but no rule of it keeps its snapshots, without which it cannot come back';
  const days = Math.min(images.retentionDays, snapshots.retentionDays);
  return `; the Recycle Bin keeps it for ${days} days, and amikeep undo ${image.id} brings it back`;
}

function isStaged({ stages }: OwnedImage): boolean {
  return stages.deprecated !== undefined || stages.disabledAt !== undefined;
}

/** The tags that say that an image is leaving; that its lineage has ended is forgotten only once it has not. */
function keysToForget({ image, verdict, source }: Candidate): string[] {
  return [
    ...(image.mark ? [RETIRE] : []),
    ...(image.ended && (verdict.kept || source.kind === 'alive') ? [ENDED] : []),
    ...stageKeys(image.image.tags),
  ];
}

/** What the stages have done to an image, and what has to be undone with them. */
export function whatWasDone({
  image,
  stages: { deprecated, disabledAt, sharedWith },
}: OwnedImage): Pick<BringBackImage, 'enable' | 'sharedWith' | 'deprecation'> {
  const ours = deprecated !== undefined && image.deprecatedAt === deprecated.at;
  return {
    enable: disabledAt !== undefined && image.state === 'disabled',
    // It may be that it was enabled and not shared again: that is done once more.
    sharedWith: disabledAt === undefined ? [] : sharedWith,
    deprecation: ours ? (deprecated.before ?? 'lift') : 'leave',
  };
}

export function snapshotsOf({ image }: OwnedImage): SnapshotId[] {
  const snapshots: SnapshotId[] = [];
  for (const { snapshot } of image.devices) if (snapshot) snapshots.push(snapshot);
  return snapshots.length > 1 ? snapshots.sort() : snapshots;
}

function propose(about: About, expired: Reason, { source }: Governance): Decision {
  const text = `${expired.text}; it would be retired, but ${source} says retire.mode: plan`;
  return { ...about, action: 'propose', reason: { code: 'policy-in-plan-mode', text } };
}
