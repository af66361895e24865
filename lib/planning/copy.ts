import type { Region, Target } from '../model/ids.ts';
import { problemsOf, type Reading } from '../model/reading.ts';
import type { Image } from '../model/resources.ts';
import type { CopySettings, Policy } from '../policy/policy.ts';
import { imageName } from '../tagging/name.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import { inheritTags } from '../tagging/people-tags.ts';
import type { Stamp } from '../tagging/stamp.ts';
import { versionOf } from '../tagging/version.ts';
import { MAX_ATTEMPTS } from './attempts.ts';
import type { ChangeDecision, CopyImage, Decision, Plan, StillDecision } from './decision.ts';
import { holdsVersion, lineageKey, sortByLineage } from './lineages.ts';
import { stampedRetire } from './stamped-rules.ts';
import { type CopyState, copyStates } from './wanted-copies.ts';

/** What the copy planner looks at: the sources of one region and what the DR regions hold of them. */
export interface CopyInventory {
  readonly target: Target;
  readonly sources: Reading<readonly Image[]>;
  readonly destinations: ReadonlyMap<Region, Destination>;
}

export interface Destination {
  /** Copies whose source is in the target's region. */
  readonly copies: Reading<readonly Image[]>;
  /** How many copies AWS is working on in this region, anybody's included. */
  readonly inFlight: Reading<number>;
}

export interface CopyRequest {
  readonly deployment: string;
  readonly policies: readonly Policy[];
  /** How many copies may be in flight in one DR region at a time. */
  readonly maxInFlight: number;
  /** How many of those this run may start: runs for other source regions may be counting at the same moment. */
  readonly maxStarted: number;
}

/** Decides for every version of every lineage, and every DR region, whether it is copied there. */
export function planCopies(request: CopyRequest, inventory: CopyInventory): Plan {
  const problems = [
    ...problemsOf(inventory.target.region, [inventory.sources]),
    ...[...inventory.destinations].flatMap(([region, { copies, inFlight }]) => problemsOf(region, [copies, inFlight])),
  ];

  const sources = sortByLineage(inventory.sources.value, request.deployment);
  const policies = new Map(request.policies.map((policy) => [policy.name, policy]));
  const copies = new Map(
    [...inventory.destinations].map(([region, { copies: reading }]) => [
      region,
      sortByLineage(reading.value, request.deployment).lineages,
    ]),
  );
  const decisions: Decision[] = sources.notOurs.map(({ image, problem }) => ({
    action: 'report',
    subject: { kind: 'image', id: image.id, region: image.region },
    reason: { code: 'not-ours', text: problem },
  }));
  for (const lineage of sources.lineages.values()) {
    // What is a copy here has its source elsewhere, and is copied from there.
    if (lineage.source.region !== inventory.target.region) continue;
    const policy = policies.get(lineage.policy);
    if (!policy || policy.copies.length === 0) {
      decisions.push(...lineage.images.map(notAskedFor));
      continue;
    }
    for (const settings of policy.copies) {
      const destination = inventory.destinations.get(settings.region);
      const known = copies.get(settings.region)?.get(lineageKey(lineage))?.images ?? [];
      decisions.push(
        ...decideLineage(lineage.images, known, destination, {
          deployment: request.deployment,
          policy,
          settings,
          sourcesComplete: inventory.sources.complete,
        }),
      );
    }
  }
  return { decisions: withinLimits(decisions, request, inventory), warnings: [], problems };
}

/** One lineage on its way to one DR region. */
interface Route {
  readonly deployment: string;
  readonly policy: Policy;
  readonly settings: CopySettings;
  /** Whether all sources were read: of a part, the newest may be an old one. */
  readonly sourcesComplete: boolean;
}

function about(source: OwnedImage) {
  const { stamp } = source;
  return {
    subject: { kind: 'image', id: source.image.id, region: source.image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
  } as const;
}

function notAskedFor(source: OwnedImage): Decision {
  const text = `policy ${source.stamp.policy} asks for no copies, or is gone`;
  return { ...about(source), action: 'skip', reason: { code: 'no-copies-asked', text } };
}

function ended(source: OwnedImage, copyRegion: Region): Decision {
  const text = 'its source is gone and its lineage has ended';
  return { ...about(source), copyRegion, action: 'skip', reason: { code: 'copy-not-wanted', text } };
}

function decideLineage(
  sources: readonly OwnedImage[],
  copies: readonly OwnedImage[],
  destination: Destination | undefined,
  route: Route,
): Decision[] {
  const { region } = route.settings;
  if (sources.some(({ ended }) => ended)) return sources.map((source) => ended(source, region));
  const failed = sources.filter((source) => !holdsVersion(source));
  const states = copyStates(sources, copies, route.settings, route.policy.schedule.timeZone);
  return [
    ...failed.map((source): Decision => {
      const text = `this attempt failed: ${source.image.stateReason ?? 'no reason given'}`;
      return { ...about(source), copyRegion: region, action: 'skip', reason: { code: 'source-not-available', text } };
    }),
    ...states.map(({ source, state }): Decision => {
      if (destination?.copies.complete)
        return { ...about(source), copyRegion: region, ...decide(source, state, route) };
      const text = `what ${region} holds could not be read whole`;
      return { ...about(source), copyRegion: region, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
    }),
  ];
}

type Verdict =
  | Pick<StillDecision, 'action' | 'reason'>
  | Pick<ChangeDecision<CopyImage>, 'action' | 'reason' | 'change'>;

function decide(source: OwnedImage, state: CopyState, route: Route): Verdict {
  switch (state.kind) {
    case 'unwanted':
      return { action: 'skip', reason: { code: 'copy-not-wanted', text: state.text } };
    case 'available':
      return { action: 'skip', reason: { code: 'copied', text: `its copy is ${state.copy.image.id}` } };
    case 'pending':
      return { action: 'wait', reason: { code: 'copy-pending', text: `${state.copy.image.id} is under way` } };
    case 'missing':
      return decideMissing(source, state.failed, route);
  }
}

function decideMissing(source: OwnedImage, failed: readonly OwnedImage[], route: Route): Verdict {
  const { deployment, policy, settings } = route;
  if (source.image.state !== 'available') {
    const text = `it is ${source.image.state}; only an available image can be copied`;
    return { action: 'wait', reason: { code: 'source-not-available', text } };
  }
  if (!route.sourcesComplete) {
    const text = `the images of ${source.image.region} could not be read whole`;
    return { action: 'refuse', reason: { code: 'evidence-incomplete', text } };
  }
  const attempt = nextAttempt(source, failed, settings.region);
  if (attempt > MAX_ATTEMPTS) {
    const last = failed.map(({ image }) => `${image.id}: ${image.stateReason ?? 'no reason given'}`).join('; ');
    const text = `${MAX_ATTEMPTS} attempts at this copy have failed (${last})`;
    return { action: 'refuse', reason: { code: 'attempts-exhausted', text } };
  }
  const stamp: Stamp = {
    ...source.stamp,
    deployment,
    attempt,
    home: { account: source.stamp.home.account, region: settings.region },
    keep: { rules: settings.retention, timeZone: policy.schedule.timeZone },
    retire: stampedRetire(policy.retire),
  };
  const tags = inheritTags(source.image.tags, stamp);
  if (!tags.ok) return { action: 'refuse', reason: { code: 'too-many-tags', text: tags.problem } };
  return {
    action: 'copy',
    reason:
      attempt === 1
        ? { code: 'copy-wanted', text: `${settings.region} is to have this version and has not` }
        : {
            code: 'retry-after-failure',
            text: `attempt ${attempt - 1} to copy it to ${settings.region} came to nothing`,
          },
    change: {
      kind: 'copy',
      region: settings.region,
      source: { image: source.image.id, region: source.image.region },
      name: imageName(stamp),
      stamp,
      ...(attempt > (source.copyAttempts.get(settings.region) ?? 1) && { lastFailure: reasonOf(failed) }),
      encrypt: settings.encrypt === 'always' || settings.kmsKey !== undefined,
      ...(settings.kmsKey !== undefined && { kmsKey: settings.kmsKey }),
      tags: tags.tags,
    },
  };
}

/** Why the last of the failed attempts failed. */
function reasonOf(failed: readonly OwnedImage[]): string {
  const [last] = failed.toSorted((one, other) => other.stamp.attempt - one.stamp.attempt);
  return last?.image.stateReason ?? '';
}

/**
 * The attempt that is due. One that is written on the source but not seen failed may be under way and not readable
 * yet: it is asked for again, which its name and token make harmless, instead of starting one more.
 */
function nextAttempt(source: OwnedImage, failed: readonly OwnedImage[], region: Region): number {
  const lastFailed = Math.max(0, ...failed.map(({ stamp }) => stamp.attempt));
  const written = source.copyAttempts.get(region) ?? 1;
  return Math.max(lastFailed + 1, written);
}

/** Newest versions first, whatever the order of reading, and no more in each region than may be in flight. */
function withinLimits(
  decisions: readonly Decision[],
  { maxInFlight, maxStarted }: CopyRequest,
  { destinations }: CopyInventory,
): Decision[] {
  const free = new Map(
    [...destinations].map(([region, { inFlight }]) => [
      region,
      inFlight.complete ? Math.min(maxStarted, Math.max(0, maxInFlight - inFlight.value)) : 0,
    ]),
  );
  return [...decisions].sort(copiesNewestFirst).map((decision) => {
    if (decision.action !== 'copy') return decision;
    const region = decision.change.region;
    const left = free.get(region) ?? 0;
    if (left > 0) {
      free.set(region, left - 1);
      return decision;
    }
    const { change: _, ...still } = decision;
    if (!destinations.get(region)?.inFlight.complete) {
      const text = `how many copies are in flight to ${region} could not be read`;
      return { ...still, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
    }
    const text = `no more than ${maxInFlight} copies to ${region} are in flight at a time; the next sweep goes on`;
    return { ...still, action: 'wait', reason: { code: 'copies-in-flight', text } };
  });
}

function copiesNewestFirst(one: Decision, other: Decision): number {
  const slot = (decision: Decision) =>
    decision.action === 'copy' ? decision.change.stamp.slot : Number.POSITIVE_INFINITY;
  const [mine, its] = [slot(one), slot(other)];
  if (mine !== its) return its - mine;
  if (one.action !== 'copy' || other.action !== 'copy') return 0;
  return one.subject.id < other.subject.id ? -1 : 1;
}
