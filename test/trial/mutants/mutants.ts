import { accountId } from '../../../lib/model/ids.ts';
import { completeReading, mapReading, type Reading } from '../../../lib/model/reading.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, formatInstant, MINUTE } from '../../../lib/model/time.ts';
import type { CopyImage } from '../../../lib/planning/copy/changes.ts';
import type { CreateImage } from '../../../lib/planning/create/changes.ts';
import type { Making } from '../../../lib/planning/restore/plan.ts';
import type { Policy, PolicyFile } from '../../../lib/policy/policy.ts';
import type { Applied, Applier, Aws, Reads } from '../../../lib/run/ports.ts';
import { imageName } from '../../../lib/tagging/name.ts';
import { decodeStamp, encodeStamp } from '../../../lib/tagging/stamp.ts';
import { versionOf } from '../../../lib/tagging/version.ts';
import type { Spoiling } from '../../../sim/trial/site.ts';
import { readingImages, seeingEach, seeingImages, withoutHold, withTags } from './blinded.ts';

/** A deployment that breaks a promise, on purpose. */
export interface Mutant {
  readonly promise: string;
  readonly name: string;
  readonly spoiling: Spoiling;
  /** How many days its trials last, where it shows too seldom in the twenty-five that others have. */
  readonly days?: number;
}

function withApplier(aws: Aws, applier: Partial<Applier>): Aws {
  return { ...aws, applier: { ...aws.applier, ...applier } };
}

function withPolicies(file: PolicyFile, change: (policy: Policy) => Partial<Policy>): PolicyFile {
  return { ...file, policies: file.policies.map((policy) => ({ ...policy, ...change(policy) })) };
}

export const MUTANTS: readonly Mutant[] = [
  {
    promise: 'P1',
    name: 'takes whatever carries its tags for its own',
    spoiling: { aws: (aws) => seeingEach(aws, asIfOurs) },
  },
  {
    promise: 'P2',
    name: 'believes in a version that is newer than the newest',
    spoiling: { aws: (aws) => seeingImages(aws, withPhantoms) },
  },
  {
    promise: 'P3',
    name: 'does not look who uses an image',
    spoiling: {
      aws: (aws, _file, clock) => {
        const uses: Reads['uses'] = async () => completeReading('uses of images', clock.now(), new Map());
        return { ...aws, reads: { ...aws.reads, uses } };
      },
    },
  },
  {
    promise: 'P4',
    name: 'takes what it could read for all there is',
    // Seldom does a read fail in the very run that has something to mark.
    days: 60,
    spoiling: {
      aws: (aws) => {
        const blinded = readingImages(aws, asIfWhole);
        const { reads } = aws;
        const uses: Reads['uses'] = async (target, scope) => asIfWhole(await reads.uses(target, scope));
        const allInstances: Reads['allInstances'] = async (target, ids) =>
          asIfWhole(await reads.allInstances(target, ids));
        const instancesAmong: Reads['instancesAmong'] = async (target, scope) =>
          asIfWhole(await reads.instancesAmong(target, scope));
        const heldInstances: Reads['heldInstances'] = async (target) => asIfWhole(await reads.heldInstances(target));
        const heldSnapshots: Reads['heldSnapshots'] = async (target) => asIfWhole(await reads.heldSnapshots(target));
        const seen = { uses, allInstances, instancesAmong, heldInstances, heldSnapshots };
        return { ...blinded, reads: { ...blinded.reads, ...seen } };
      },
    },
  },
  {
    promise: 'P5',
    name: 'takes a copy that is under way, or has failed, for one that is there',
    spoiling: { aws: (aws) => seeingEach(aws, asIfCopied) },
  },
  {
    promise: 'P6',
    name: 'overlooks holds',
    spoiling: { aws: (aws) => seeingEach(aws, withoutHold) },
  },
  {
    promise: 'P6',
    name: 'overlooks holds on instances',
    spoiling: {
      aws: (aws) => {
        const allInstances: Reads['allInstances'] = async (target, ids) =>
          mapReading(await aws.reads.allInstances(target, ids), (instances) => instances.map(withoutHold));
        const instancesAmong: Reads['instancesAmong'] = async (target, scope) =>
          mapReading(await aws.reads.instancesAmong(target, scope), (instances) => instances.map(withoutHold));
        const heldInstances: Reads['heldInstances'] = async (target) =>
          mapReading(await aws.reads.heldInstances(target), () => []);
        return { ...aws, reads: { ...aws.reads, allInstances, instancesAmong, heldInstances } };
      },
    },
  },
  {
    promise: 'P6',
    name: 'overlooks holds on snapshots',
    spoiling: {
      aws: (aws) => {
        const heldSnapshots: Reads['heldSnapshots'] = async (target) =>
          mapReading(await aws.reads.heldSnapshots(target), () => []);
        return { ...aws, reads: { ...aws.reads, heldSnapshots } };
      },
    },
  },
  {
    promise: 'P6',
    name: 'takes what was restored from the Recycle Bin for what never was there',
    spoiling: { aws: (aws) => seeingEach(aws, (image) => withTags(image, { 'amikeep:binned': undefined })) },
  },
  {
    promise: 'P7',
    name: 'lets minutes pass between the second look and the call',
    spoiling: {
      aws: (aws, _file, clock) =>
        withApplier(aws, {
          stage: async (change) => {
            await clock.sleep(2 * MINUTE);
            return await aws.applier.stage(change, Number.POSITIVE_INFINITY);
          },
        }),
    },
  },
  {
    promise: 'P8',
    name: 'takes a mark for older than it is',
    spoiling: { aws: (aws) => seeingEach(aws, withOlderMark) },
  },
  {
    promise: 'P8',
    name: 'marks as many as it likes',
    spoiling: {
      file: (file) => withPolicies(file, ({ retire }) => ({ retire: { ...retire, maxPerDay: { percent: 100 } } })),
    },
  },
  {
    promise: 'P9',
    name: 'deletes snapshots before their image',
    spoiling: {
      aws: (aws) =>
        withApplier(aws, {
          stage: async (change, notAfter) => {
            const { region } = change;
            for (const snapshot of change.kind === 'deregister' ? change.snapshots : []) {
              await aws.applier.stage({ kind: 'delete-snapshot', binned: false, region, snapshot }, notAfter);
            }
            return await aws.applier.stage(change, notAfter);
          },
        }),
    },
  },
  {
    promise: 'P9',
    name: 'deletes snapshots that lost their image as soon as it finds them',
    spoiling: {
      event: (event) => (event.action === 'retire' ? { ...event, orphans: true } : event),
      aws: (aws) =>
        withApplier(aws, {
          tag: async (changes) => {
            for (const change of changes) {
              if (change.kind !== 'mark-snapshot') continue;
              const { region, snapshot } = change;
              await aws.applier.stage(
                { kind: 'delete-snapshot', binned: false, region, snapshot },
                Number.POSITIVE_INFINITY,
              );
            }
            return await aws.applier.tag(changes);
          },
        }),
    },
  },
  {
    promise: 'P10',
    name: 'applies what it was to plan',
    spoiling: { event: (event) => ({ ...event, mode: 'apply' }) },
  },
  {
    promise: 'P10',
    name: 'does not care whether a policy says plan',
    spoiling: { file: (file) => withPolicies(file, ({ retire }) => ({ retire: { ...retire, mode: 'apply' } })) },
  },
  {
    promise: 'P11',
    name: 'counts from today instead of from the newest image',
    spoiling: {
      aws: (aws, _file, clock) =>
        readingImages(aws, (reading, { policy }) =>
          // Runs that make images read those of a policy.
          policy === undefined ? mapReading(reading, (all) => withImagesOfToday(all, clock.now())) : reading,
        ),
    },
  },
  {
    promise: 'P12',
    name: 'goes on to the next attempt whoever has the name',
    spoiling: { aws: (aws) => withApplier(aws, { create: (change) => insistently(aws.applier, change) }) },
  },
  {
    promise: 'P13',
    name: 'copies without encryption',
    spoiling: {
      aws: (aws) =>
        withApplier(aws, {
          copy: ({ kmsKey: _, ...change }: CopyImage) => aws.applier.copy({ ...change, encrypt: false }),
        }),
    },
  },
  {
    promise: 'P13',
    name: 'never takes back what it has lent',
    spoiling: { aws: (aws) => withApplier(aws, { unshare: async () => ({ kind: 'done' }) }) },
  },
  {
    promise: 'P14',
    name: 'forgets what was stamped on images whose policy is gone',
    spoiling: { aws: (aws, file) => seeingEach(aws, (image) => withoutStampedRules(image, file)) },
  },
  {
    promise: 'P15',
    name: 'leaves the rest of its instances once one of them has failed',
    spoiling: {
      aws: (aws) => {
        let last: Promise<Applied> = Promise.resolve({ kind: 'done' });
        const isWell = ({ kind }: Applied) => kind === 'done' || kind === 'lost-name';
        return withApplier(aws, {
          create: (change) => {
            last = last.then((before) => (isWell(before) ? aws.applier.create(change) : before));
            return last;
          },
        });
      },
    },
  },
  {
    promise: 'P8',
    name: 'believes each mark that has the form of a sealed one',
    spoiling: { isCredulous: true },
  },
  {
    promise: 'P20',
    name: 'launches once more what it is asked for once more',
    spoiling: {
      restoring: ({ reads, writes }) => {
        const none = async () => completeReading('instances', 0, []);
        return {
          reads: { ...reads, restoredFrom: none },
          writes: { ...writes, make: (target, making) => writes.make(target, withToken(making)) },
        };
      },
    },
  },
  {
    promise: 'P20',
    name: 'tries a restore by making it, and not by a dry run',
    spoiling: {
      restoring: ({ reads, writes }) => {
        const refusal: typeof reads.refusal = async (target, making) => {
          const made = await writes.make(target, making);
          return completeReading('a trial', 0, 'problem' in made ? made.problem : undefined);
        };
        return { reads: { ...reads, refusal }, writes };
      },
    },
  },
  {
    promise: 'P23',
    name: 'shares what it brings back',
    spoiling: {
      aws: (aws, { deployment }) =>
        withApplier(aws, {
          bringBack: async (change) => {
            const { region, image, snapshots } = change;
            const account = accountId('444455556666');
            await aws.applier.share({ kind: 'share', deployment, region, image, snapshots, account, theirs: [] });
            return await aws.applier.bringBack(change);
          },
        }),
    },
  },
  {
    promise: 'P15',
    name: 'sends its event on once more, to be sure',
    // What does not end in its time is rare.
    days: 60,
    spoiling: {
      publisher: (publisher) => ({
        ...publisher,
        sendOn: async (event) => {
          await publisher.sendOn(event);
          await publisher.sendOn(event);
        },
      }),
    },
  },
  {
    promise: 'P15',
    name: 'says that all went well',
    spoiling: {
      aws: (aws) =>
        withApplier(aws, {
          create: async (change) => asIfDone(await aws.applier.create(change)),
          copy: async (change) => asIfDone(await aws.applier.copy(change)),
          stage: async (change, notAfter) => asIfDone(await aws.applier.stage(change, notAfter)),
        }),
    },
  },
];

let launches = 0;

/** The same machine, to EC2's eyes another one each time. */
function withToken(making: Making): Making {
  launches += 1;
  const token = `launch-${launches}`;
  return making.kind === 'machine' && making.launch ? { ...making, launch: { ...making.launch, token } } : making;
}

/** A look-alike has our tags, and another name, another place or another instance. */
function asIfOurs(image: Image): Image {
  const moved = withTags(image, { 'amikeep:home': `${image.account}/${image.region}` });
  const decoded = decodeStamp(moved.tags);
  const { sourceInstance: _, ...rest } = moved;
  return decoded.ok ? { ...rest, name: imageName(decoded.stamp), seal: 'valid' } : image;
}

/** One image more in each lineage, a day newer than its newest. */
function withPhantoms(images: readonly Image[]): readonly Image[] {
  return images.concat(newestOfLineages(images).flatMap((newest) => phantomOf(newest, slotOf(newest) + DAY)));
}

/** As if each lineage had an image of this very minute, disabled so that it is nobody's newest good one. */
function withImagesOfToday(images: readonly Image[], now: number): readonly Image[] {
  const slot = Math.floor(now / MINUTE) * MINUTE;
  const phantoms = newestOfLineages(images)
    .filter((newest) => slotOf(newest) < slot)
    .flatMap((newest) => phantomOf(newest, slot));
  return images.concat(phantoms.map((phantom) => ({ ...phantom, state: 'disabled' as const })));
}

function newestOfLineages(images: readonly Image[]): Image[] {
  const lineages = Map.groupBy(images, ({ tags }) => `${tags['amikeep:policy']} ${tags['amikeep:lineage']}`);
  return [...lineages.values()].flatMap((members) => {
    const newest = members
      .filter(({ state }) => state === 'available')
      .reduce<Image | undefined>((best, one) => (slotOf(one) > slotOf(best) ? one : best), undefined);
    return !newest || Number.isNaN(slotOf(newest)) ? [] : [newest];
  });
}

/** The same image, had it been made for another slot. */
function phantomOf(image: Image, slot: number): Image[] {
  const tags = { 'amikeep:slot': formatInstant(slot), 'amikeep:version': versionOf(slot) };
  const phantom = withTags(image, { ...tags, 'amikeep:retire': undefined });
  const decoded = decodeStamp(phantom.tags);
  return decoded.ok ? [{ ...phantom, name: imageName(decoded.stamp), createdAt: slot }] : [];
}

function slotOf(image: Image | undefined): number {
  return Date.parse(image?.tags['amikeep:slot'] ?? '') || Number.NEGATIVE_INFINITY;
}

function asIfCopied(image: Image): Image {
  const isCopy = image.tags['amikeep:home']?.endsWith(`/${image.tags['amikeep:source-region']}`) === false;
  return isCopy ? { ...image, state: 'available' } : image;
}

function asIfWhole<T>({ source, at, value }: Reading<T>): Reading<T> {
  return completeReading(source, at, value);
}

function withOlderMark(image: Image): Image {
  const mark = image.tags['amikeep:retire'];
  const at = Date.parse(mark?.slice(0, 20) ?? '');
  if (mark === undefined || Number.isNaN(at)) return image;
  return withTags(image, { 'amikeep:retire': `${formatInstant(at - DAY)}${mark.slice(20)}` });
}

async function insistently(applier: Applier, change: CreateImage): Promise<Applied> {
  const applied = await applier.create(change);
  if (applied.kind !== 'lost-name') return applied;
  const stamp = { ...change.stamp, attempt: change.stamp.attempt + 1 };
  return await insistently(applier, {
    ...change,
    stamp,
    name: imageName(stamp),
    tags: { ...change.tags, ...encodeStamp(stamp) },
  });
}

function withoutStampedRules(image: Image, file: PolicyFile): Image {
  const isGone = !file.policies.some(({ name }) => name === image.tags['amikeep:policy']);
  return isGone ? withTags(image, { 'amikeep:keep': 'last=1 zone=UTC' }) : image;
}

function asIfDone(applied: Applied): Applied {
  return applied.kind === 'lost-name' || applied.kind === 'not-started' ? applied : { kind: 'done' };
}
