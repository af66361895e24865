import type { ImageId, PlaceKey, Region, SnapshotId, Target } from '../../model/ids.ts';
import { completeReading, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import type { Change, StageChange } from '../../planning/change.ts';
import { isChange, isStage } from '../../planning/decision.ts';
import { NOTHING_FOUND } from '../../planning/evidence.ts';
import { sortByLineage } from '../../planning/lineages.ts';
import { concerns, type Named, planEndings } from '../../planning/retire/end-lineages.ts';
import { policiesToAsk } from '../../planning/retire/endings.ts';
import type { RetireInventory } from '../../planning/retire/inventory.ts';
import { unnamedSnapshots } from '../../planning/retire/orphans.ts';
import { planRetirement, type RetireRequest } from '../../planning/retire/retire.ts';
import { snapshotsWritten } from '../../planning/room-for-tags.ts';
import { snapshotsOf } from '../../planning/snapshots.ts';
import { isSourceOf } from '../../policy/places.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { LINEAGE, POLICY } from '../../tagging/tag-keys.ts';
import type { TargetedEvent } from '../expand.ts';
import type { ImageScope, Reads, UsesScope } from '../ports.ts';
import { readInstances, readInstancesAgain } from './instances.ts';
import type { CycleSettings, Job } from './job.ts';
import { placesOfCopies } from './places.ts';

/** How many images, and how many snapshots, a plan alone looks into one by one: enough to show what would become of them. */
const MOST_SHOWN = 2_000;

interface RetireContext {
  readonly file: PolicyFile;
  readonly settings: CycleSettings;
}

export function retireJob(event: TargetedEvent, { file, settings }: RetireContext): Job<RetireInventory> {
  const { reads } = settings.aws;
  const { target, confirmNoInstances = false, orphans = false } = event;
  // The lineage of each image and snapshot of the first look, so that the second one asks about no other.
  const seen = new Map<string, string>();
  let firstInstances: RetireInventory['instances'] = new Map();
  let sources: RetireInventory['sources'] = new Map();
  const request = { confirmNoInstances, orphans };
  return {
    read: async (subjects) => {
      const again = subjects?.flatMap((change) => seen.get(idOf(change)) ?? []);
      const scope = scopeOf(event, file, again);
      const ours = await (subjects ? readAgain(subjects, target, scope, reads) : readOurs(event, scope, reads));
      for (const { lineage, images } of sortByLineage(ours.images.value, file.deployment).lineages.values()) {
        for (const { image } of images) seen.set(image.id, lineage);
      }
      for (const { id, tags } of unnamedSnapshots(ours)) {
        seen.set(id, tags[LINEAGE] ?? '');
      }
      const users: UsesScope = subjects ? { images: imagesOf(subjects) } : { instances: reads.allInstances(target) };
      const [copies, instances, guards] = await Promise.all([
        readCopies(event, file, scope, reads),
        'instances' in users
          ? readInstances(ours.images.value, file, target, reads, users.instances)
          : readInstancesAgain(ours.images.value, { instances: firstInstances, sources }, file, target, reads),
        isEmpty(ours) ? noGuards(ours.images.at) : readGuards(target, users, reads),
      ]);
      // Who has come to a lineage since the first look bears its tag, by which the instances tell.
      if (!subjects) {
        firstInstances = instances;
        sources = await readSources({ target, images: ours.images, instances }, event, file, reads);
      }
      const known = { target, ...ours, ...guards, copies, instances, sources };
      const { stages, written } = dueIn(known, file, settings.clock.now(), request);
      const snapshots = subjects ? known.snapshots : await withWritten(known, written, file.deployment, reads);
      if (!subjects && settings.mode === 'apply') return { ...known, ...nothingFound(known.images.at), snapshots };
      const looked = subjects ? among(stages, subjects) : stages.slice(0, MOST_SHOWN);
      const lookedInto = new Set<string>(imagesOf(looked));
      const evidence = await reads.imageEvidence(
        target,
        ours.images.value.filter(({ id }) => lookedInto.has(id)),
      );
      // What turns out to be shared isn't disabled: it may be its turn to go, and its snapshots' with it.
      const shared = new Set(
        imagesOf(looked.filter(isDisabling)).filter((id) => (evidence.value.get(id)?.sharedWith.length ?? 0) > 0),
      );
      const theirs = ours.images.value.flatMap((image) => (shared.has(image.id) ? snapshotsOf({ image }) : []));
      const going = [...snapshotsToGo(looked), ...theirs];
      return { ...known, snapshots, evidence, snapshotEvidence: await reads.snapshotEvidence(target, going) };
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

function scopeOf(
  { policy }: TargetedEvent,
  { deployment }: PolicyFile,
  again: readonly string[] | undefined,
): ImageScope {
  const lineages = again && [...new Set(again)];
  return { deployment, ...(policy !== undefined && { policy }), ...(lineages && { lineages }) };
}

function imagesOf(changes: readonly Change[]): ImageId[] {
  return changes.flatMap((change) => ('image' in change ? [change.image] : []));
}

type Ours = Pick<RetireInventory, 'images' | 'snapshots' | 'snapshotUses' | 'strays'>;

/** Whether a place has nothing that could go: a deployment of ten accounts in ten regions has many such places. */
function isEmpty({ images, snapshots }: Ours): boolean {
  return images.complete && images.value.length === 0 && snapshots.complete && snapshots.value.length === 0;
}

/** What keeps an image or a snapshot, whichever it is. */
type Guards = Pick<RetireInventory, 'uses' | 'heldSnapshots' | 'binned' | 'binRules'>;

async function readGuards(target: Target, users: UsesScope, reads: Reads): Promise<Guards> {
  const [uses, heldSnapshots, binned, binRules] = await Promise.all([
    reads.uses(target, users),
    reads.heldSnapshots(target),
    reads.binnedImages(target),
    reads.binRules(target),
  ]);
  return { uses, heldSnapshots, binned, binRules };
}

/** Where nothing is that they could keep, nobody needs to ask for them. */
function noGuards(at: Instant): Guards {
  return {
    uses: completeReading('uses of images', at, new Map()),
    heldSnapshots: completeReading('snapshots on hold', at, []),
    binned: completeReading('images in the Recycle Bin', at, new Set()),
    binRules: completeReading('rules of the Recycle Bin', at, []),
  };
}

/** The first look. What images left behind is searched for once a day: there are more snapshots than anything else. */
async function readOurs({ target, leftovers = true }: TargetedEvent, scope: ImageScope, reads: Reads): Promise<Ours> {
  if (leftovers) {
    const { uses, ...left } = await reads.leftovers(target, scope);
    return { ...left, snapshotUses: uses };
  }
  const images = await reads.images(target, scope);
  const { at } = images;
  return {
    images,
    snapshots: completeReading('snapshots', at, []),
    snapshotUses: completeReading('images by snapshot', at, new Map()),
    strays: completeReading('snapshots of others', at, []),
  };
}

/** The second look: of the snapshots those that go by themselves, and those that are written on before they go. */
async function readAgain(subjects: readonly Change[], target: Target, scope: ImageScope, reads: Reads): Promise<Ours> {
  const alone = subjects.flatMap((change) => ('snapshot' in change ? [change.snapshot] : []));
  const [images, snapshots, snapshotUses] = await Promise.all([
    reads.images(target, scope),
    reads.snapshots(target, scope.deployment, [...new Set([...alone, ...snapshotsWritten(subjects)])]),
    reads.snapshotUses(target, alone),
  ]);
  return { images, snapshots, snapshotUses, strays: completeReading('snapshots of others', images.at, []) };
}

/** With those that the plan would write tags on, of which it has to know how many they have. */
async function withWritten(
  { target, snapshots }: Pick<RetireInventory, 'target' | 'snapshots'>,
  written: readonly SnapshotId[],
  deployment: string,
  reads: Reads,
): Promise<RetireInventory['snapshots']> {
  const known = new Set(snapshots.value.map(({ id }) => id));
  const others = await reads.snapshots(
    target,
    deployment,
    written.filter((id) => !known.has(id)),
  );
  const value = [...snapshots.value, ...others.value];
  return others.complete ? { ...snapshots, value } : { ...others, value };
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

interface Due {
  /** What would go a stage further if nothing were found. */
  readonly stages: readonly StageChange[];
  /** The snapshots that the plan would write tags on. */
  readonly written: readonly SnapshotId[];
}

function dueIn(
  known: Omit<RetireInventory, 'evidence' | 'snapshotEvidence'>,
  file: PolicyFile,
  now: Instant,
  request: RetireRequest,
): Due {
  const { decisions } = planRetirement(file, { ...known, ...nothingFound(now) }, now, request);
  const changes = decisions.filter(isChange);
  return {
    stages: changes.filter(isStage).map(({ change }) => change),
    written: snapshotsWritten(changes.map(({ change }) => change)),
  };
}

/**
 * What the first look of a run that applies its plan takes for granted of single images and snapshots: each stage is looked
 * at a second time right before its call, and to ask twice would take longer than the calls themselves.
 */
function nothingFound(at: Instant): Pick<RetireInventory, 'evidence' | 'snapshotEvidence'> {
  return {
    evidence: completeReading('what uses single images', at, { get: () => NOTHING_FOUND }),
    snapshotEvidence: completeReading('locks and shares of snapshots', at, { get: () => ({ sharedWith: [] }) }),
  };
}

function among(stages: readonly StageChange[], subjects: readonly Change[]): readonly StageChange[] {
  const concerned = new Set(subjects.map(idOf));
  return stages.filter((change) => concerned.has(idOf(change)));
}

function isDisabling({ kind }: StageChange): boolean {
  return kind === 'disable';
}

function idOf(change: Change): string {
  if ('image' in change) return change.image;
  return 'snapshot' in change ? change.snapshot : '';
}

function snapshotsToGo(changes: readonly Change[]): SnapshotId[] {
  return changes.flatMap((change) =>
    change.kind === 'deregister' ? change.snapshots : change.kind === 'delete-snapshot' ? [change.snapshot] : [],
  );
}
