import type { PlaceKey, Target } from '../../model/ids.ts';
import { completeReading, problemsOf, type Reading } from '../../model/reading.ts';
import type { Image, Snapshot } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import { planCopies } from '../../planning/copy/copy.ts';
import type { CopyInventory, CopyRequest, Destination } from '../../planning/copy/inventory.ts';
import { OPEN_TO_ALL } from '../../planning/copy/lending.ts';
import { isStep, placeOf, type Step } from '../../planning/copy/limits.ts';
import { overdueCopies } from '../../planning/copy/overdue.ts';
import { foreignKeys } from '../../planning/foreign-keys.ts';
import { isSourceOf, shareOf } from '../../policy/places.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
import type { TargetedEvent } from '../expand.ts';
import type { ImageScope, Reads } from '../ports.ts';
import { type Job, type JobContext, policyNamed } from './job.ts';
import { placesOfCopies } from './places.ts';

/** With the snapshots of what is to be copied, in a plan: under whose keys they are shows what a copy would fail of. */
type Inventory = CopyInventory & { readonly snapshots: Reading<readonly Snapshot[]> };

export function copyJob(event: TargetedEvent, { file, settings, maxCopiesInFlight }: JobContext): Job<Inventory> {
  const { reads } = settings.aws;
  const { target } = event;
  const asked = event.policy === undefined ? file.policies : [policyNamed(event.policy, file)];
  const policies = asked.filter((policy) => isSourceOf(policy, file, target));
  const request = {
    deployment: file.deployment,
    policies,
    maxInFlight: maxCopiesInFlight,
    maxStarted: shareOf(maxCopiesInFlight, file),
  };
  const scope = {
    deployment: file.deployment,
    sourceRegion: target.region,
    ...(event.policy !== undefined && { policy: event.policy }),
  };
  return {
    read: async () => {
      const known = await readCopies(target, placesIn(asked, target, file), scope, reads);
      const inventory = await countInFlight(await readSharing(known, request, settings), request, settings);
      const snapshots = settings.mode === 'plan' ? await snapshotsToCopy(inventory, request, settings) : NO_SNAPSHOTS;
      return { ...inventory, snapshots };
    },
    plan: (inventory, now) => {
      const planned = planCopies(request, inventory, now);
      const { snapshots } = inventory;
      return {
        ...planned,
        warnings: [...planned.warnings, ...snapshotKeyWarnings(snapshots, file)],
        problems: [...planned.problems, ...problemsOf(target.region, [snapshots])],
        overdueCopies: overdueCopies(request, inventory, now),
      };
    },
  };
}

/** A vault has copies of what was made here until a policy turned away from here: the holds on them come from here still. */
function placesIn(asked: readonly Policy[], target: Target, file: PolicyFile): ReadonlyMap<PlaceKey, Target> {
  const places = asked.flatMap((policy) =>
    [...placesOfCopies([policy], target)].filter(
      ([, { account }]) => isSourceOf(policy, file, target) || account !== target.account,
    ),
  );
  return new Map(places);
}

async function readCopies(
  target: Target,
  places: ReadonlyMap<PlaceKey, Target>,
  scope: ImageScope,
  reads: Reads,
): Promise<Omit<CopyInventory, 'sharing'>> {
  const [sources, held, ...destinations] = await Promise.all([
    reads.images(target, scope),
    reads.heldInstances(target),
    ...[...places].map(async ([key, place]): Promise<[PlaceKey, Destination]> => {
      return [key, { copies: await reads.images(place, scope), inFlight: NOT_COUNTED }];
    }),
  ]);
  return { target, sources, held, destinations: new Map(destinations) };
}

/** How many images a run looks into for whom they are shared with, which takes calls for each of them. */
const MOST_SHARED = 1_000;

const NOT_COUNTED: Destination['inFlight'] = completeReading('copies in flight', 0, 0);
const NOT_ASKED: CopyInventory['sharing'] = completeReading('whom images are shared with', 0, new Map());

/** Of what another account would copy if it saw it, whether it does. */
async function readSharing(
  known: Omit<CopyInventory, 'sharing'>,
  request: CopyRequest,
  { aws, clock }: JobContext['settings'],
): Promise<CopyInventory> {
  const intoVaults = request.policies.some(({ copies }) => copies.some(({ account }) => account !== undefined));
  if (!intoVaults) return { ...known, sharing: NOT_ASKED };
  const steps = stepsWanted(known, request, clock.now()).filter(({ copyAccount }) => copyAccount !== undefined);
  const images = sourcesOf(steps, known);
  if (images.length === 0) return { ...known, sharing: NOT_ASKED };
  return { ...known, sharing: await aws.reads.sharing(known.target, images) };
}

/** Where something is to be copied, how many copies are in flight: the later it is counted, the truer it is. */
async function countInFlight(
  known: CopyInventory,
  request: CopyRequest,
  { aws, clock }: JobContext['settings'],
): Promise<CopyInventory> {
  const { target, destinations } = known;
  const wanted = new Set(stepsWanted(known, request, clock.now()).map((step) => placeOf(step, target)));
  const counted = [...placesOfCopies(request.policies, target)]
    .filter(([key]) => wanted.has(key))
    .map(async ([key, place]) => [key, await aws.reads.copiesInFlight(place)] as const);
  const inFlight = new Map(await Promise.all(counted));
  const counting = [...destinations].map(
    ([key, destination]) => [key, { ...destination, inFlight: inFlight.get(key) ?? destination.inFlight }] as const,
  );
  return { ...known, destinations: new Map(counting) };
}

/** What would be copied if neither whom images are shared with nor a limit stood in the way of any. */
function stepsWanted(known: Omit<CopyInventory, 'sharing'>, request: CopyRequest, now: Instant): Step[] {
  const everythingShared = { ...NOT_ASKED, value: { get: () => OPEN_TO_ALL } };
  const unlimited = { ...request, maxInFlight: MOST_SHARED, maxStarted: MOST_SHARED };
  return planCopies(unlimited, { ...known, sharing: everythingShared }, now).decisions.filter(isStep);
}

function sourcesOf(steps: readonly Step[], { sources }: Pick<CopyInventory, 'sources'>): Image[] {
  const wanted = new Set<string>(steps.map(({ subject }) => subject.id));
  return sources.value.filter(({ id }) => wanted.has(id));
}

const NO_SNAPSHOTS: Inventory['snapshots'] = completeReading('snapshots', 0, []);

function snapshotsToCopy(
  known: CopyInventory,
  request: CopyRequest,
  { aws, clock }: JobContext['settings'],
): Promise<Inventory['snapshots']> {
  const images = sourcesOf(stepsWanted(known, request, clock.now()), known);
  const ids = images.flatMap(({ devices }) => devices.flatMap(({ snapshot }) => snapshot ?? []));
  return aws.reads.snapshots(known.target, request.deployment, ids);
}

function snapshotKeyWarnings(snapshots: Inventory['snapshots'], { keyAccounts }: PolicyFile): string[] {
  return foreignKeys(snapshots.value, keyAccounts).map(({ text, remedy }) => `${text}; ${remedy}`);
}
