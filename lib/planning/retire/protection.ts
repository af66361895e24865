import type { ImageId, InstanceId, Region, SnapshotId } from '../../model/ids.ts';
import { gapOf, type Reading } from '../../model/reading.ts';
import type { Tags } from '../../model/resources.ts';
import { LONGEST_LEASE } from '../../model/rungs.ts';
import { DAY, formatInstant, type Instant, MINUTE } from '../../model/time.ts';
import { sharesOfOthers } from '../../tagging/loans.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Stamp } from '../../tagging/stamp.ts';
import { BINNED, HOLD } from '../../tagging/tag-keys.ts';
import { lastVerdict } from '../../tagging/verdict.ts';
import type { Reason } from '../decision.ts';
import { gapOfOne, type ImageEvidence, type Use } from '../evidence.ts';
import { inBrief } from '../in-brief.ts';
import type { Crowded } from '../room-for-tags.ts';
import { snapshotsOf } from '../snapshots.ts';
import { type RetireInventory, readingsThat } from './inventory.ts';

/** How old what was read may be when it is decided on. */
const MAX_AGE = 15 * MINUTE;
/** A report on the use of an image in other accounts is believed for so long. */
const REPORT_GOOD_FOR = 7 * DAY;
/** An image that others may use, and somebody launched so lately, is in use whatever a report says. */
const RECENT_LAUNCH = 30 * DAY;

/** What the protection of one image is judged by. */
export interface Surroundings {
  readonly inventory: RetireInventory;
  /** The sources that have to wait for a copy, each with what is amiss. */
  readonly missing: ReadonlyMap<ImageId, Reason>;
  /** The newest image of each lineage that has passed a drill. */
  readonly verified: ReadonlyMap<ImageId, Reason>;
  /** The holds of instances, by instance. */
  readonly holds: ReadonlyMap<InstanceId, string>;
  /** The holds of snapshots, by snapshot. */
  readonly heldSnapshots: ReadonlyMap<SnapshotId, string>;
  /** What people have filled with tags, or nearly. */
  readonly crowded: Crowded;
  /** Why what EC2 shows of the region is not to be believed. */
  readonly suspicion: string | undefined;
  readonly now: Instant;
}

/** The instances that carry a hold, each with its reason. */
export function holdsOf({ instances }: RetireInventory): ReadonlyMap<InstanceId, string> {
  return new Map([...instances.values()].flatMap(({ value }) => heldOf(value)));
}

/** The snapshots that carry a hold, each with its reason. */
export function heldSnapshotsOf({ heldSnapshots }: RetireInventory): ReadonlyMap<SnapshotId, string> {
  return new Map(heldOf(heldSnapshots.value));
}

function heldOf<Id>(resources: readonly { readonly id: Id; readonly tags: Tags }[]): [Id, string][] {
  return resources.flatMap(({ id, tags }): [Id, string][] => {
    const hold = tags[HOLD];
    return hold === undefined ? [] : [[id, hold === '' ? 'no reason given' : hold]];
  });
}

/** One thing that keeps an image which no keep rule wants. */
interface Protection {
  /** What keeps it, for README's list. */
  readonly name: string;
  /** Absent: it is read of the whole region. `single`: EC2 tells it of one image at a time, so it is asked before a stage. */
  readonly asked?: 'single';
  readonly of: (owned: OwnedImage, surroundings: Surroundings) => Reason | undefined;
}

/**
 * Everything that forbids to retire an image, in the order in which it is told: the first that holds is the reason. What a
 * person has done comes first, then what is known, then what is not. A new one is added here.
 */
export const PROTECTIONS: readonly Protection[] = [
  {
    name: 'a hold on it',
    of: ({ hold }) => (hold === undefined ? undefined : { code: 'hold', text: `it is on hold: ${hold}` }),
  },
  { name: 'a hold on one of its snapshots', of: (owned, { heldSnapshots }) => heldBySnapshot(owned, heldSnapshots) },
  {
    name: 'that a person restored it from the Recycle Bin',
    of: ({ binned }) => (binned === undefined ? undefined : restored(binned)),
  },
  {
    name: 'deregistration protection',
    of: ({ image: { protection } }) =>
      protection === undefined
        ? undefined
        : { code: 'protected', text: `it is protected against deregistration (${protection})` },
  },
  {
    name: 'a use: by instances, launch templates and configurations, Auto Scaling groups, parameters',
    of: ({ image }, { inventory }) => usedBy(inventory.uses.value.get(image.id)),
  },
  {
    name: 'that it is the newest of its lineage there that has passed a drill',
    of: ({ image }, { verified }) => verified.get(image.id),
  },
  { name: 'a copy that is wanted and not there', of: ({ image }, { missing }) => missing.get(image.id) },
  {
    name: 'evidence that could not be read',
    of: ({ stamp }, { inventory, now }) => {
      const text = unreadEvidence(inventory, stamp, now);
      return text === undefined ? undefined : { code: 'evidence-incomplete', text };
    },
  },
  {
    name: 'a region that shows no instance at all',
    of: (_, { suspicion }) => (suspicion === undefined ? undefined : { code: 'evidence-suspect', text: suspicion }),
  },
  {
    // What EC2 tells of one image alone: where that could not be read, this image stays, and no other for it.
    name: 'what could not be read of the image alone',
    asked: 'single',
    of: ({ image }, { inventory: { evidence }, now }) => {
      const gap = gapOfOne(evidence, image.id) ?? staleness(evidence, evidence.source, now);
      return gap === undefined ? undefined : { code: 'evidence-incomplete', text: `${gap}, so it is not retired now` };
    },
  },
  {
    name: 'that it was not looked into yet',
    asked: 'single',
    of: ({ image }, { inventory }) =>
      inventory.evidence.value.get(image.id)
        ? undefined
        : { code: 'not-looked-into', text: 'others come first in this run; a later one looks into it' },
  },
  {
    name: "what EC2's own search for references finds",
    asked: 'single',
    of: ({ image }, { inventory }) => usedBy(inventory.evidence.value.get(image.id)?.references),
  },
  {
    name: 'a use in an account that it is shared with',
    asked: 'single',
    of: (owned, { inventory, now }) => {
      const evidence = inventory.evidence.value.get(owned.image.id);
      return evidence && usedByOthers(owned, evidence, now);
    },
  },
];

/** Why an image stays that no keep rule wants. */
export interface Spared {
  readonly reason: Reason;
  /** Whether EC2 tells it of one image at a time, so that a mark is written without it. */
  readonly isSingle: boolean;
}

/**
 * What forbids to retire an image that no keep rule wants. The hold of its instance is not asked for: that is stamped on
 * the image before anything else is decided. What EC2 tells of one image at a time is asked of those that bear a mark: a
 * mark takes nothing away, and there may be twenty thousand to write in a day.
 */
export function protectionOf(owned: OwnedImage, surroundings: Surroundings): Spared | undefined {
  for (const { asked, of } of PROTECTIONS) {
    const isSingle = asked === 'single';
    if (isSingle && !owned.mark) return undefined;
    const reason = of(owned, surroundings);
    if (reason) return { reason, isSingle };
  }
  return undefined;
}

/** What went into the Recycle Bin and is there again is there because somebody wants it. */
export function restored(binned: string): Reason {
  const text = `it went into the Recycle Bin ${binned} and was restored; take its tag ${BINNED} off to let it go`;
  return { code: 'hold', text };
}

function heldBySnapshot(owned: OwnedImage, heldSnapshots: Surroundings['heldSnapshots']): Reason | undefined {
  const id = heldSnapshots.size > 0 ? snapshotsOf(owned).find((snapshot) => heldSnapshots.has(snapshot)) : undefined;
  if (id === undefined) return undefined;
  const text = `its snapshot ${id} is on hold: ${heldSnapshots.get(id)}`;
  return { code: 'hold', text: `${text}; a hold is lifted from an image and from its snapshots` };
}

function usedBy(uses: readonly Use[] | undefined): Reason | undefined {
  if (!uses || uses.length === 0) return undefined;
  return { code: 'in-use', text: `it is in use by ${inBrief(uses.map(({ kind, id }) => `${kind} ${id}`))}` };
}

/** The first read that failed or is too old of those that protect an image, in words. */
function unreadEvidence(inventory: RetireInventory, { source }: Stamp, now: Instant): string | undefined {
  const here = unreadHere(inventory, now);
  // Those of the source's region as well: of a copy only they tell whether its instance is on hold.
  if (here !== undefined || source.account !== inventory.target.account) return here;
  return unreadInstances(inventory, source.region, now);
}

/** The same of those that protect whatever is in the region. */
export function unreadHere(inventory: RetireInventory, now: Instant): string | undefined {
  const { target } = inventory;
  const here = readingsThat(inventory, 'region');
  const problem = here.map((reading) => doubtOf(reading, reading.source, now)).find((doubt) => doubt !== undefined);
  if (problem !== undefined) return `${problem}, so nothing is retired in this region now`;
  return unreadInstances(inventory, target.region, now);
}

function unreadInstances({ instances }: RetireInventory, region: Region, now: Instant): string | undefined {
  const doubt = doubtOf(instances.get(region), `instances in ${region}`, now);
  return doubt && `${doubt}, so nothing that depends on them is retired now`;
}

function doubtOf(reading: Reading<unknown> | undefined, source: string, now: Instant): string | undefined {
  if (!reading) return `${source} could not be read`;
  return gapOf(reading, source) ?? staleness(reading, source, now);
}

function staleness({ at }: Reading<unknown>, source: string, now: Instant): string | undefined {
  return now - at > MAX_AGE ? `${source} was read at ${formatInstant(at)}, too long ago` : undefined;
}

/**
 * Of an image that is shared only EC2's report tells who uses it, and a report takes until a later run. Whom we share it
 * with ourselves copies it and uses it for nothing else.
 */
function usedByOthers(owned: OwnedImage, { sharedWith: all, report }: ImageEvidence, now: Instant): Reason | undefined {
  const { image, loans } = owned;
  const { id, lastLaunchedAt } = image;
  const sharedWith = sharesOfOthers(id, all, loans, now);
  if (sharedWith.length === 0) return undefined;
  const whom = inBrief(sharedWith);
  const isAsked = report.kind !== 'none' && covers(report.about, sharedWith);
  if (report.kind === 'ready' && isAsked && now - report.at <= REPORT_GOOD_FOR) {
    const used = usedBy(report.accounts.map((id) => ({ kind: 'account', id })));
    if (used) return used;
    if (lastLaunchedAt !== undefined && now - lastLaunchedAt <= RECENT_LAUNCH && !isOfDrill(owned, lastLaunchedAt)) {
      const text = `it is shared with ${whom}, and was last launched ${formatInstant(lastLaunchedAt)}`;
      return { code: 'in-use', text };
    }
    return undefined;
  }
  if (report.kind === 'pending' && isAsked) {
    return { code: 'usage-unknown', text: `it is shared with ${whom}, and EC2's report on its use there is not ready` };
  }
  return { code: 'usage-unasked', text: `it is shared with ${whom}: EC2 is asked who uses it there` };
}

/** Whether a launch was that of our own last drill, which is no use of the image. */
function isOfDrill(owned: OwnedImage, launchedAt: Instant): boolean {
  const verdict = lastVerdict(owned);
  return verdict?.instance !== undefined && launchedAt <= verdict.at && verdict.at - launchedAt <= LONGEST_LEASE;
}

/**
 * Whether a report tells of all whom an image is shared with now. One that names its accounts knows nothing of an account
 * that came later. Organisations can't be named, so of those a report on all accounts has to do.
 */
function covers(about: readonly string[] | undefined, sharedWith: readonly string[]): boolean {
  return about === undefined ? !sharedWith.every(isAccount) : sharedWith.every((name) => about.includes(name));
}

/** As many accounts as a report may be asked about. */
const MOST_ACCOUNTS = 200;

/** The accounts that a report has to be asked about; nothing where they can't all be named. */
export function accountsToAsk(sharedWith: readonly string[]): readonly string[] | undefined {
  return sharedWith.every(isAccount) && sharedWith.length <= MOST_ACCOUNTS ? [...sharedWith].sort() : undefined;
}

function isAccount(name: string): boolean {
  return /^\d{12}$/.test(name);
}

/**
 * Whether what spares an image is known for sure, so that what was begun is taken back for it. A read that failed
 * neither retires nor reprieves: if it took marks off, each failure would let an image's days and the cap begin anew.
 */
export function isEstablished(spared: Reason, { inventory }: Surroundings): boolean {
  return inventory.images.complete && !UNESTABLISHED.has(spared.code);
}

const UNESTABLISHED: ReadonlySet<Reason['code']> = new Set([
  'evidence-incomplete',
  'evidence-suspect',
  'not-looked-into',
  'usage-unknown',
  'usage-unasked',
  // It waits where it is: to bring back all that a lineage has on its way out would be of no use to the copy.
  'no-copy-yet',
] as const);
