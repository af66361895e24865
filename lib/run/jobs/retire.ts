import type { ImageId, PlaceKey, Region, SnapshotId, Target } from '../../model/ids.ts';
import { completeReading, mapReading, type Reading } from '../../model/reading.ts';
import type { Image, Instance } from '../../model/resources.ts';
import { HOUR, type Instant } from '../../model/time.ts';
import type { Change, StageChange } from '../../planning/change.ts';
import { type Decision, isChange, isStage } from '../../planning/decision.ts';
import { type Lookup, NOTHING_FOUND } from '../../planning/evidence.ts';
import { sortByLineage } from '../../planning/lineages.ts';
import { concerns, type Named, planEndings } from '../../planning/retire/end-lineages.ts';
import { policiesToAsk } from '../../planning/retire/endings.ts';
import type { RetireInventory } from '../../planning/retire/inventory.ts';
import { unnamedSnapshots } from '../../planning/retire/orphans.ts';
import { planRetirement, type RetireRequest } from '../../planning/retire/retire.ts';
import { snapshotsOf } from '../../planning/snapshots.ts';
import { isSourceOf } from '../../policy/places.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { LINEAGE, POLICY } from '../../tagging/tag-keys.ts';
import type { TargetedEvent } from '../expand.ts';
import type { ImageScope, Reads } from '../ports.ts';
import type { CycleSettings, Job } from './job.ts';
import { placesOfCopies } from './places.ts';

/**
 * How many images, and how many snapshots, a run looks into one by one. Those that are due a stage come first; what there
 * is no room for waits for the next run.
 */
const MOST_LOOKED_INTO = 2_000;

/** Of what policies in plan mode propose, which grows for ever, so many of each kind show that it would work. */
const MOST_PROPOSED = 100;

interface RetireContext {
  readonly file: PolicyFile;
  readonly settings: CycleSettings;
}

/** What the first look found an image or a snapshot to be, so that the second one asks about nothing else. */
interface Seen {
  readonly lineage: string;
  /** Those of the image, or the snapshot itself. */
  readonly snapshots: readonly SnapshotId[];
}

export function retireJob(event: TargetedEvent, { file, settings }: RetireContext): Job<RetireInventory> {
  const { reads } = settings.aws;
  const { target, confirmNoInstances = false, orphans = false } = event;
  const seen = new Map<string, Seen>();
  let sources: RetireInventory['sources'] = new Map();
  const request = { confirmNoInstances, orphans };
  return {
    read: async (subjects) => {
      const again = subjects?.flatMap((change) => seen.get(idOf(change)) ?? []);
      const scope = scopeOf(event, file, again);
      const ours = await readOurs(event, scope, again, reads);
      for (const { lineage, images } of sortByLineage(ours.images.value, file.deployment).lineages.values()) {
        for (const owned of images) seen.set(owned.image.id, { lineage, snapshots: snapshotsOf(owned) });
      }
      const unnamed = unnamedSnapshots({ ...ours, snapshotUses: NO_USES });
      for (const { id, tags } of unnamed) seen.set(id, { lineage: tags[LINEAGE] ?? '', snapshots: [id] });
      const [copies, instances, uses, snapshotUses, strays] = await Promise.all([
        readCopies(event, file, scope, reads),
        readInstances(ours.images.value, file, target, reads),
        reads.uses(target, subjects && imagesOf(subjects)),
        reads.snapshotUses(
          target,
          unnamed.map(({ id }) => id),
        ),
        // They are told of once a run, where it looks at the whole region.
        subjects || event.policy !== undefined ? NO_STRAYS : reads.strays(target, file.deployment),
      ]);
      // Who has come to a lineage since the first look bears its tag, by which the instances tell.
      if (!subjects) sources = await readSources({ target, images: ours.images, instances }, event, file, reads);
      const known = { target, ...ours, copies, instances, sources, uses, snapshotUses, strays };
      const due = dueIn(known, file, settings.clock.now(), request);
      const looked = lookedInto(due, settings, subjects);
      const evidence = await reads.imageEvidence(target, looked.images);
      // What turns out to be shared isn't disabled: it may be its turn to go, and its snapshots' with it.
      const shared = imagesOf(looked.disabled).filter((id) => (evidence.value.get(id)?.sharedWith.length ?? 0) > 0);
      const ofShared = shared.flatMap((id) => seen.get(id)?.snapshots ?? []);
      const isLast = settings.mode === 'plan' || subjects !== undefined;
      const snapshots = [...looked.snapshots, ...(isLast ? ofShared : [])];
      const snapshotEvidence = await reads.snapshotEvidence(target, snapshots);
      const later = [...snapshotsToGo(looked.later), ...(isLast ? [] : ofShared)];
      return {
        ...known,
        evidence: assuming(evidence, imagesOf(looked.later), NOTHING_FOUND),
        snapshotEvidence: assuming(snapshotEvidence, later, { sharedWith: [] }),
      };
    },
    plan: (inventory, now) => planRetirement(file, inventory, now, request),
  };
}

/** Ends the lineages that a person named; nothing else is judged. */
export function endingsJob(
  event: TargetedEvent,
  named: Named,
  { file, settings }: RetireContext,
): Job<Pick<RetireInventory, 'target' | 'images' | 'instances' | 'sources'>> {
  const { reads } = settings.aws;
  const { target, confirmNoInstances = false } = event;
  const isConcerned = concerns(named);
  return {
    read: async () => {
      // All of them: whoever names one that is not there wants to hear which there are.
      const images = await reads.images(target, scopeOf(event, file, undefined));
      const concerned = images.value.filter(({ tags }) =>
        isConcerned({ policy: tags[POLICY] ?? '', lineage: tags[LINEAGE] ?? '' }),
      );
      const read = { target, images, instances: await readInstances(concerned, file, target, reads) };
      return { ...read, sources: await readSources(read, event, file, reads) };
    },
    plan: (inventory) => planEndings(file, inventory, named, confirmNoInstances),
  };
}

const NO_STRAYS: RetireInventory['strays'] = completeReading('snapshots of others', 0, []);
const NO_USES: RetireInventory['snapshotUses'] = completeReading('images by snapshot', 0, new Map());

function scopeOf(
  { policy }: TargetedEvent,
  { deployment }: PolicyFile,
  again: readonly Seen[] | undefined,
): ImageScope {
  const lineages = again && [...new Set(again.map(({ lineage }) => lineage))];
  return { deployment, ...(policy !== undefined && { policy }), ...(lineages && { lineages }) };
}

function imagesOf(changes: readonly Change[]): ImageId[] {
  return changes.flatMap((change) => ('image' in change ? [change.image] : []));
}

async function readOurs(
  { target, policy }: TargetedEvent,
  scope: ImageScope,
  again: readonly Seen[] | undefined,
  reads: Reads,
): Promise<Pick<RetireInventory, 'images' | 'snapshots' | 'heldSnapshots' | 'binned' | 'binRules'>> {
  const ids = again?.flatMap(({ snapshots }) => snapshots);
  const of = { deployment: scope.deployment, ...(policy !== undefined && { policy }), ...(ids && { ids }) };
  const [images, snapshots, heldSnapshots, binned, binRules] = await Promise.all([
    reads.images(target, scope),
    reads.snapshots(target, of),
    reads.heldSnapshots(target),
    reads.binnedImages(target),
    reads.binRules(target),
  ]);
  return { images, snapshots, heldSnapshots, binned, binRules };
}

async function readCopies(
  { target, policy }: TargetedEvent,
  file: PolicyFile,
  scope: ImageScope,
  reads: Reads,
): Promise<RetireInventory['copies']> {
  const wanting = file.policies.filter(
    (one) => (policy === undefined || policy === one.name) && isSourceOf(one, file, target),
  );
  const readings = [...placesOfCopies(wanting, target)].map(
    async ([key, place]): Promise<[PlaceKey, Reading<readonly Image[]>]> => {
      return [key, await reads.images(place, { ...scope, sourceRegion: target.region })];
    },
  );
  return new Map(await Promise.all(readings));
}

/** The instances of this region, and of those from which it holds copies: whether sources live, and which are held. */
async function readInstances(
  images: readonly Image[],
  { deployment }: PolicyFile,
  target: Target,
  reads: Reads,
): Promise<ReadonlyMap<Region, Reading<readonly Instance[]>>> {
  const sources = [...sortByLineage(images, deployment).lineages.values()].flatMap(({ source }) =>
    source.account === target.account ? [source.region] : [],
  );
  const readings = [...new Set([target.region, ...sources])].map(
    async (region): Promise<[Region, Reading<readonly Instance[]>]> => [
      region,
      await reads.allInstances({ account: target.account, region }),
    ],
  );
  return new Map(await Promise.all(readings));
}

/** The images of other regions that may tell of instances which no image here is of. */
async function readSources(
  read: Pick<RetireInventory, 'target' | 'images' | 'instances'>,
  { target: { account }, confirmNoInstances = false }: TargetedEvent,
  file: PolicyFile,
  reads: Reads,
): Promise<RetireInventory['sources']> {
  const { lineages } = sortByLineage(read.images.value, file.deployment);
  const asked = policiesToAsk(lineages.values(), file, read, confirmNoInstances);
  const readings = [...asked].map(
    async ([region, [policy, ...others]]): Promise<[Region, Reading<readonly Image[]>]> => {
      const scope = { deployment: file.deployment, ...(policy !== undefined && others.length === 0 && { policy }) };
      return [region, await reads.images({ account, region }, scope)];
    },
  );
  return new Map(await Promise.all(readings));
}

interface Subjects {
  readonly images: readonly ImageId[];
  readonly snapshots: readonly SnapshotId[];
}

/** What has to be looked into one by one before anything is done to it. */
interface Due {
  /** What would go a stage further if nothing were found. */
  readonly stages: readonly StageChange[];
  /** What would be marked; beyond the cap as well, since what is found to be in use makes room for the next. */
  readonly marks: Subjects;
  readonly proposed: Subjects;
}

/** What alone keeps an image from its next stage: whether anything else does is looked into all the same. */
const WOULD_GO: ReadonlySet<Decision['reason']['code']> = new Set(['cap-reached', 'too-many-tags'] as const);

function dueIn(
  known: Omit<RetireInventory, 'evidence' | 'snapshotEvidence'>,
  file: PolicyFile,
  now: Instant,
  request: RetireRequest,
): Due {
  const nothingFound = {
    evidence: completeReading('what uses single images', now, { get: () => NOTHING_FOUND }),
    snapshotEvidence: completeReading('locks and shares of snapshots', now, { get: () => ({ sharedWith: [] }) }),
  };
  const { decisions } = planRetirement(file, { ...known, ...nothingFound }, now, request);
  const stages = decisions
    .filter(isChange)
    .filter(isStage)
    .map(({ change }) => change);
  return {
    stages,
    marks: subjectsOf(
      decisions.filter(
        ({ action, reason }) => action === 'mark' || action === 'mark-snapshot' || WOULD_GO.has(reason.code),
      ),
    ),
    proposed: subjectsOf(
      decisions.filter(({ action }) => action === 'propose'),
      MOST_PROPOSED,
    ),
  };
}

/**
 * What is looked into now. A run that applies its plan looks a second time right before each stage, so until then the
 * plan assumes that nothing is found: to look twice would take longer than the calls themselves. What is to be marked has
 * no second look, so all of it is looked into here; and so is what is to be disabled, since which stage that comes to
 * depends on whether it is shared.
 */
function lookedInto(
  { stages, marks, proposed }: Due,
  { mode, clock }: Pick<CycleSettings, 'mode' | 'clock'>,
  subjects: readonly Change[] | undefined,
) {
  if (subjects) {
    const concerned = new Set(subjects.map(idOf));
    const again = stages.filter((change) => concerned.has(idOf(change)));
    return { images: imagesOf(again), snapshots: snapshotsToGo(again), disabled: again.filter(isDisabling), later: [] };
  }
  const now = mode === 'plan' ? stages : stages.filter(isDisabling);
  return {
    images: [...imagesOf(now), ...inTurn(marks.images, clock.now()), ...proposed.images].slice(0, MOST_LOOKED_INTO),
    snapshots: [...snapshotsToGo(now), ...inTurn(marks.snapshots, clock.now()), ...proposed.snapshots].slice(
      0,
      MOST_LOOKED_INTO,
    ),
    disabled: now.filter(isDisabling),
    later: mode === 'plan' ? [] : stages.filter((change) => !isDisabling(change)),
  };
}

/** How often another part of what is to be marked has its turn, where there is no room to look into all of it. */
const TURN = 6 * HOUR;

/** The oldest may be in use elsewhere for good, so that they would take all the room for ever. */
function inTurn<Id>(ids: readonly Id[], now: Instant): readonly Id[] {
  if (ids.length <= MOST_LOOKED_INTO) return ids;
  const start = (Math.floor(now / TURN) * MOST_LOOKED_INTO) % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}

function isDisabling({ kind }: StageChange): boolean {
  return kind === 'disable';
}

function idOf(change: Change): string {
  if ('image' in change) return change.image;
  return 'snapshot' in change ? change.snapshot : change.name;
}

function snapshotsToGo(changes: readonly Change[]): SnapshotId[] {
  return changes.flatMap((change) =>
    change.kind === 'deregister' ? change.snapshots : change.kind === 'delete-snapshot' ? [change.snapshot] : [],
  );
}

/** A reading in which these, that were not asked about, are as given. */
function assuming<Id, Found>(
  reading: Reading<Lookup<Id, Found>>,
  ids: readonly Id[],
  assumed: Found,
): Reading<Lookup<Id, Found>> {
  const later = new Set(ids);
  return mapReading(reading, (found) => ({
    ...found,
    get: (id: Id) => found.get(id) ?? (later.has(id) ? assumed : undefined),
  }));
}

/** What decisions are about; of each kind the first so many. */
function subjectsOf(decisions: readonly Decision[], most = Number.POSITIVE_INFINITY): Subjects {
  const subjects = decisions.map(({ subject }) => subject);
  return {
    images: subjects.flatMap((subject) => (subject.kind === 'image' ? [subject.id] : [])).slice(0, most),
    snapshots: subjects.flatMap((subject) => (subject.kind === 'snapshot' ? [subject.id] : [])).slice(0, most),
  };
}
