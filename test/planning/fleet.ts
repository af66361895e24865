import { type ImageId, type InstanceId, imageId, instanceId, placeKey, snapshotId } from '../../lib/model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../lib/model/reading.ts';
import type { Image, Instance, Snapshot } from '../../lib/model/resources.ts';
import { type DatedStage, stageOfDate } from '../../lib/model/stage-date.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../lib/model/time.ts';
import type { CopyInventory, Destination } from '../../lib/planning/copy/inventory.ts';
import type { SnapshotInventory } from '../../lib/planning/create/snapshot.ts';
import type { Decision, Plan } from '../../lib/planning/decision.ts';
import { type ImageEvidence, NOTHING_FOUND } from '../../lib/planning/evidence.ts';
import type { RetireInventory } from '../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import type { Policy, PolicyFile } from '../../lib/policy/policy.ts';
import { type Ended, endedTag } from '../../lib/tagging/ended.ts';
import { markTag } from '../../lib/tagging/mark.ts';
import { encodeStamp, type Stamp } from '../../lib/tagging/stamp.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, anImageOf, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE } from '../builders.ts';

/** Inventories to plan on: all that was read was read whole and holds nothing, but for what the test is about. */

/** The DR region as the key of what is read there. */
export const AT_DR = placeKey(DR);

/** The run's moment, three hours after the slot of today. */
export const NOW = Date.UTC(2026, 10, 23, 5);
/** The slot of so many days ago; 0 is today's. */
export const slotOfDay = (daysAgo: number): Instant => Date.UTC(2026, 10, 23, 2) - daysAgo * DAY;

const hex = (number: number) => number.toString(16).padStart(17, '0');
export const ami = (number: number): ImageId => imageId(`ami-${hex(number)}`);
export const snap = (number: number) => snapshotId(`snap-${hex(number)}`);
export const instanceNumber = (number: number): InstanceId => instanceId(`i-${hex(number)}`);

/** As fresh as can be, whatever the moment that a test plans at. */
const EVER_FRESH = Number.MAX_SAFE_INTEGER;
export const read = <T>(value: T): Reading<T> => completeReading('test', EVER_FRESH, value);
export const cutShort = <T>(value: T, source = 'images'): Reading<T> =>
  partialReading(source, NOW, value, 'UnauthorizedOperation');

/** The image of a day, numbered so that the ids of older days are higher; with a snapshot of the same number. */
export function imageOfDay(daysAgo: number, stamp: Partial<Stamp> = {}, overrides: Partial<Image> = {}): Image {
  const number = 1 + daysAgo;
  return anImageOf(aStamp({ slot: slotOfDay(daysAgo), ...stamp }), {
    id: ami(number),
    devices: [{ device: '/dev/xvda', snapshot: snap(number), size: 8, encrypted: true }],
    ...overrides,
  });
}

/** The copy of {@link imageOfDay} in the DR region. */
export function copyOfDay(daysAgo: number, stamp: Partial<Stamp> = {}, overrides: Partial<Image> = {}): Image {
  return imageOfDay(daysAgo, { home: DR, ...stamp }, { id: ami(0xc0000 + daysAgo), ...overrides });
}

/** The images of days 0, 1, 2 and so on. */
export function imagesOfDays(count: number, stamp: Partial<Stamp> = {}): Image[] {
  return Array.from({ length: count }, (_, daysAgo) => imageOfDay(daysAgo, stamp));
}

/** The same image with further tags. */
export function tagged(image: Image, tags: Readonly<Record<string, string>>): Image {
  return { ...image, tags: { ...image.tags, ...tags } };
}

export function marked(image: Image, at: Instant): Image {
  return tagged(image, markTag({ at, reason: 'no keep rule wants it' }));
}

/** An image that is deprecated, which is ours where that was after its mark. */
export function deprecated(image: Image, at: Instant): Image {
  return { ...image, deprecatedAt: datedFor('deprecated', at) };
}

/** An image that we have disabled: its date of deprecation says since when. */
export function disabled(image: Image, at: Instant): Image {
  return { ...image, deprecatedAt: datedFor('disabled', at), state: 'disabled' };
}

/** The moment itself, or one a minute earlier, whichever says of which stage it is. */
function datedFor(stage: DatedStage, at: Instant): Instant {
  return stageOfDate(at) === stage ? at : at - MINUTE;
}

export function ended(image: Image, by: Ended['by'], at: Instant = NOW - 2 * HOUR): Image {
  return tagged(image, endedTag({ at, by }));
}

/** A policy file whose lineages end so long after their source is gone. */
export const ending = (days: number | 'never', policy: Partial<Policy> = {}): PolicyFile =>
  aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, endAfterSourceGoneDays: days }, ...policy })] });

/** What a look into each single image brings. */
export function found(evidence: Partial<ImageEvidence>): Pick<RetireInventory, 'evidence'> {
  return { evidence: read({ get: () => ({ ...NOTHING_FOUND, ...evidence }) }) };
}

/** The instances of the source region. */
export function instancesHere(...instances: readonly Instance[]): Pick<RetireInventory, 'instances'> {
  return { instances: new Map([[HERE.region, read(instances)]]) };
}

/** Another instance lives there, so the region's instances can be believed: the source is gone. */
export const sourceGone = instancesHere(anInstance({ id: instanceNumber(9), tags: {} }));

/** A snapshot of which is written that it is left over, as the deregistration of its image leaves it. */
export function leftOverSnapshot(number: number, at: Instant, tags: Readonly<Record<string, string>> = {}): Snapshot {
  return {
    id: snap(number),
    ...HERE,
    startedAt: slotOfDay(30),
    size: 8,
    tags: { ...encodeStamp(aStamp()), ...markTag({ at, reason: 'EC2 left it' }), ...tags },
    seal: 'valid',
  };
}

export function retireInventory(images: readonly Image[], overrides: Partial<RetireInventory> = {}): RetireInventory {
  return {
    target: HERE,
    images: read(images),
    copies: new Map(),
    sources: new Map(),
    uses: read(new Map()),
    instances: new Map([
      [HERE.region, read([anInstance()])],
      [DR.region, read([])],
    ]),
    evidence: read({ get: () => NOTHING_FOUND }),
    snapshots: read([]),
    heldSnapshots: read((overrides.snapshots?.value ?? []).filter(({ tags }) => tags[HOLD] !== undefined)),
    snapshotUses: read(new Map()),
    snapshotEvidence: read({ get: () => ({ sharedWith: [] }) }),
    strays: read([]),
    binRules: read([]),
    binned: read(new Set<never>()),
    ...overrides,
  };
}

export function destination(copies: readonly Image[], overrides: Partial<Destination> = {}): Destination {
  return { copies: read(copies), inFlight: read(0), ...overrides };
}

export function copyInventory(
  sources: readonly Image[],
  copies: readonly Image[] = [],
  overrides: Partial<CopyInventory> = {},
): CopyInventory {
  return {
    target: HERE,
    sources: read(sources),
    destinations: new Map([[AT_DR, destination(copies)]]),
    held: read([]),
    sharing: read(new Map()),
    ...overrides,
  };
}

export function snapshotInventory(overrides: Partial<SnapshotInventory> = {}): SnapshotInventory {
  return {
    target: HERE,
    instances: read([anInstance()]),
    missing: [],
    images: read([]),
    excludedVolumes: read(new Set<never>()),
    volumes: read([]),
    held: read([]),
    ...overrides,
  };
}

/** Each decision in two words, by the number of its image: `1: 'keep newest'`. */
export function inShort({ decisions }: Plan): Record<number, string> {
  return Object.fromEntries(
    decisions.map(({ subject, action, reason }) => [
      Number.parseInt(subject.id.slice(subject.id.indexOf('-') + 1), 16),
      `${action} ${reason.code}`,
    ]),
  );
}

/** The decision about one subject. */
export function about(plan: Plan, id: Decision['subject']['id'] = AN_INSTANCE_ID): Decision {
  const [decision, ...others] = plan.decisions.filter(({ subject }) => subject.id === id);
  if (!decision || others.length > 0) throw new Error(`${id} has ${plan.decisions.length} decisions instead of one`);
  return decision;
}

/** What is decided on images whose source is gone, under a policy that ends their lineages, unless a test has it otherwise. */
export function retireEnding(
  images: readonly Image[],
  file: PolicyFile = ending(30),
  overrides: Partial<RetireInventory> = sourceGone,
  now = NOW,
): Plan {
  return planRetirement(file, retireInventory(images, overrides), now);
}
