import type { ImageId, InstanceId, PlaceKey, Target } from '../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../model/reading.ts';
import type { Image } from '../model/resources.ts';
import { DAY } from '../model/time.ts';
import { type CopyInventory, type CopyRequest, type Destination, planCopies } from '../planning/copy.ts';
import { coverageOf } from '../planning/coverage.ts';
import { OPEN_TO_ALL } from '../planning/lending.ts';
import { planSnapshots, type SnapshotInventory } from '../planning/snapshot.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import { slotScheduleOf } from '../policy/schedule.ts';
import { readOwnership } from '../tagging/ownership.ts';
import { runCycle } from './cycle.ts';
import { isSnapshotEvent, type SnapshotEvent, type TargetedEvent } from './expand.ts';
import { adoptJob, undoJob } from './hand-jobs.ts';
import type { CycleResult, CycleSettings, Job } from './job.ts';
import { placesOfCopies } from './places.ts';
import type { ImageScope, Reads } from './ports.ts';
import { endingsJob, retireJob } from './retire-job.ts';

/** How far ahead a plan warns of slots that will not be: time enough to move a schedule. */
const LOOK_AHEAD = 14 * DAY;

export interface JobContext {
  readonly file: PolicyFile;
  readonly settings: CycleSettings;
  /** How many copies may be in flight in one DR region at a time, anybody's included. */
  readonly maxCopiesInFlight: number;
}

/** Runs the job that an event asks for. */
export function runJob(event: TargetedEvent, context: JobContext): Promise<CycleResult> {
  if (isSnapshotEvent(event)) return runCycle(snapshotJob(event, context), context.settings);
  const { settings, file } = context;
  const { action, images = [], filter = {}, abandoned } = event;
  switch (action) {
    case 'copy':
      return runCycle(copyJob(event, context), settings);
    case 'retire':
      return abandoned
        ? runCycle(endingsJob({ ...event, abandoned }, context), settings)
        : runCycle(retireJob(event, context), settings);
    case 'undo':
      return undoEach(images, file, settings);
    case 'adopt':
      return runCycle(adoptJob(filter, policyNamed(event.policy ?? '', file), file, settings), settings);
    case 'snapshot':
      throw new TypeError('a snapshot event without its policy and slot was not expanded');
  }
}

/** One cycle for each image, as one result. */
async function undoEach(images: readonly ImageId[], file: PolicyFile, settings: CycleSettings): Promise<CycleResult> {
  const results: CycleResult[] = [];
  for (const image of images) results.push(await runCycle(undoJob(image, file, settings), settings));
  return {
    plan: {
      decisions: results.flatMap(({ plan }) => plan.decisions),
      warnings: results.flatMap(({ plan }) => plan.warnings),
      problems: [...new Set(results.flatMap(({ plan }) => plan.problems))],
    },
    carried: results.flatMap(({ carried }) => carried),
  };
}

function policyNamed(name: string, file: PolicyFile): Policy {
  const policy = file.policies.find((candidate) => candidate.name === name);
  if (!policy) throw new TypeError(`an expanded event names the policy '${name}', which the file does not have`);
  return policy;
}

function snapshotJob(event: SnapshotEvent, { file, settings }: JobContext): Job<SnapshotInventory> {
  const { reads } = settings.aws;
  const { target } = event;
  const policy = policyNamed(event.policy, file);
  const schedule = slotScheduleOf(policy.schedule);
  const request = {
    deployment: file.deployment,
    policy,
    slot: event.slot,
    previousSlot: schedule.current(event.slot - 1),
    nextSlot: schedule.next(event.slot),
    ...(event.instances && { instances: event.instances }),
  };
  return {
    read: async () => {
      const [instances, images, excludedVolumes] = await Promise.all([
        instancesOf(event, policy, reads),
        reads.images(target, { deployment: file.deployment, policy: policy.name, sourceRegion: target.region }),
        Object.keys(policy.image.excludeVolumes).length > 0
          ? reads.volumesWith(target, policy.image.excludeVolumes)
          : completeReading('volumes', settings.clock.now(), new Set<never>()),
      ]);
      return { target, ...instances, images, excludedVolumes };
    },
    plan: (inventory, now) => {
      const skippedLocalTimes = schedule.skippedLocalTimes(now, now + LOOK_AHEAD);
      const plan = planSnapshots({ ...request, skippedLocalTimes }, inventory, now);
      const lastDue = schedule.current(now);
      const dueBefore = lastDue === undefined ? undefined : schedule.current(lastDue - 1);
      const coverage = coverageOf({ ...request, lastDue, dueBefore }, inventory, now);
      return coverage ? { ...plan, coverage } : plan;
    },
  };
}

/** EC2 selects. What a person asked for and EC2 did not select is read by id, and nothing at all by everything there is: to say why. */
async function instancesOf(
  { target, instances: asked = [] }: SnapshotEvent,
  policy: Policy,
  reads: Reads,
): Promise<Pick<SnapshotInventory, 'instances' | 'missing'>> {
  const selected = await reads.instances(target, policy.select);
  const known = new Set(selected.value.map(({ id }) => id));
  const unselected = asked.filter((id) => !known.has(id));
  if (unselected.length > 0) {
    const byId = await reads.allInstances(target, unselected);
    for (const { id } of byId.value) known.add(id);
    const missing: readonly InstanceId[] = byId.complete ? asked.filter((id) => !known.has(id)) : [];
    const reading = selected.complete ? byId : selected;
    return { instances: { ...reading, value: [...selected.value, ...byId.value] }, missing };
  }
  if (selected.complete && selected.value.length === 0) {
    return { instances: await reads.allInstances(target), missing: [] };
  }
  return { instances: selected, missing: [] };
}

function copyJob(event: TargetedEvent, { file, settings, maxCopiesInFlight }: JobContext): Job<CopyInventory> {
  const { reads } = settings.aws;
  const { target } = event;
  const policies = event.policy === undefined ? file.policies : [policyNamed(event.policy, file)];
  const request = {
    deployment: file.deployment,
    policies,
    maxInFlight: maxCopiesInFlight,
    maxStarted: Math.max(1, Math.floor(maxCopiesInFlight / file.regions.length)),
  };
  const scope = {
    deployment: file.deployment,
    sourceRegion: target.region,
    ...(event.policy !== undefined && { policy: event.policy }),
  };
  return {
    read: async () => {
      if (!event.images) return withSharing(await readCopies(target, policies, scope, reads), request, reads);
      const known = await readEach(event.images, target, reads);
      const owned = known.value.flatMap((image) => {
        const ownership = readOwnership(image, file.deployment);
        return ownership.kind === 'ours' ? [ownership.stamp] : [];
      });
      const concerned = policies.filter(({ name }) => owned.some((stamp) => stamp.policy === name));
      // Most of what EC2 tells of is nobody's source: then there is nothing more to read.
      if (!known.complete || !concerned.some(({ copies }) => copies.length > 0)) {
        return { target, sources: known, destinations: new Map(), sharing: NOT_ASKED };
      }
      const lineages = [...new Set(owned.map(({ lineage }) => lineage))];
      return withSharing(await readCopies(target, concerned, { ...scope, lineages }, reads), request, reads);
    },
    plan: (inventory) => planCopies(request, inventory),
  };
}

async function readEach(ids: readonly ImageId[], target: Target, reads: Reads): Promise<Reading<readonly Image[]>> {
  const readings = await Promise.all(ids.map((id) => reads.image(target, id)));
  const value = readings.flatMap(({ value: image }) => (image ? [image] : []));
  const at = Math.min(...readings.map((reading) => reading.at));
  const problem = readings.find((reading) => !reading.complete)?.problem;
  return problem === undefined ? completeReading('images', at, value) : partialReading('images', at, value, problem);
}

async function readCopies(
  target: Target,
  policies: readonly Policy[],
  scope: ImageScope,
  reads: Reads,
): Promise<Omit<CopyInventory, 'sharing'>> {
  const [sources, ...destinations] = await Promise.all([
    reads.images(target, scope),
    ...[...placesOfCopies(policies, target)].map(async ([key, place]): Promise<[PlaceKey, Destination]> => {
      const [copies, inFlight] = await Promise.all([reads.images(place, scope), reads.copiesInFlight(place)]);
      return [key, { copies, inFlight }];
    }),
  ]);
  return { target, sources, destinations: new Map(destinations) };
}

/** How many images a run looks into for whom they are shared with, which takes calls for each of them. */
const MOST_SHARED = 1_000;

const NOT_ASKED: CopyInventory['sharing'] = completeReading('whom images are shared with', 0, new Map());

/** Of what another account would copy if it saw it, whether it does. */
async function withSharing(
  known: Omit<CopyInventory, 'sharing'>,
  request: CopyRequest,
  reads: Reads,
): Promise<CopyInventory> {
  const intoVaults = request.policies.some(({ copies }) => copies.some(({ account }) => account !== undefined));
  if (!intoVaults) return { ...known, sharing: NOT_ASKED };
  const everythingShared = { ...NOT_ASKED, value: { get: () => OPEN_TO_ALL } };
  const unlimited = { ...request, maxInFlight: MOST_SHARED, maxStarted: MOST_SHARED };
  const { decisions } = planCopies(unlimited, { ...known, sharing: everythingShared });
  const wanted = new Set(
    decisions.flatMap(({ action, subject, copyAccount }) => (action === 'copy' && copyAccount ? [subject.id] : [])),
  );
  if (wanted.size === 0) return { ...known, sharing: NOT_ASKED };
  const images = known.sources.value.filter(({ id }) => wanted.has(id));
  return { ...known, sharing: await reads.sharing(known.target, images) };
}
