import type { ImageId } from '../model/ids.ts';
import type { Image } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import { type OwnedImage, readOwnership } from '../tagging/ownership.ts';
import type { LineageName } from '../tagging/seal.ts';
import type { Stamp } from '../tagging/stamp.ts';
import type { Decision, Reason } from './decision.ts';
import { finderOf, type HiddenImage, type HiddenOf, hiddenAmong } from './hidden.ts';

/** The images of one lineage that stand in one region: the sources in theirs, the copies in a DR region. */
export interface LineageInRegion {
  readonly policy: string;
  readonly lineage: string;
  readonly source: Stamp['source'];
  /** Newest slot first, within a slot the one that was made last; failed attempts included. */
  readonly images: readonly OwnedImage[];
  /**
   * What bears a name that may be of this lineage and is not known to be ours, since somebody has changed or taken off its
   * tags; newest first.
   */
  readonly hidden: readonly HiddenImage[];
}

/** An image that carries our deployment's tag and yet is not ours, with why. */
export interface NotOurImage {
  readonly image: Image;
  readonly reason: Reason;
}

export interface SortedImages {
  readonly lineages: ReadonlyMap<string, LineageInRegion>;
  /** What carries our deployment's tag or a name of it and yet is not ours, with the reason. */
  readonly notOurs: readonly NotOurImage[];
  /** Those of them that bear a name of ours. */
  readonly hidden: readonly HiddenImage[];
  /** What of them may be of a lineage, be it one of another region. */
  readonly hiddenOf: HiddenOf;
  /** Of those the copies, by the image that EC2 copied them from. */
  readonly hiddenCopies: ReadonlyMap<ImageId, HiddenImage>;
}

/**
 * One lineage over all regions. The source's place is part of it: the same tag value in two source regions is two
 * lineages, since neither instance ever replaces the other.
 */
export function lineageKey({ policy, source, lineage }: Pick<Stamp, 'policy' | 'source' | 'lineage'>): string {
  return `${policy}\n${source.account}\n${source.region}\n${lineage}`;
}

/** What of a stamp names its lineage. */
export function lineageNameOf({ deployment, policy, lineage, source }: Stamp): LineageName {
  return { deployment, policy, lineage, source };
}

/** By the identity of what was read, with the deployment that asked: one run asks of the same images more than once. */
const sorted = new WeakMap<readonly Image[], { readonly deployment: string; readonly result: SortedImages }>();

/** Sorts a region's images by lineage, each newest first. */
export function sortByLineage(images: readonly Image[], deployment: string): SortedImages {
  const before = sorted.get(images);
  if (before?.deployment === deployment) return before.result;
  const result = sort(images, deployment);
  sorted.set(images, { deployment, result });
  return result;
}

function sort(images: readonly Image[], deployment: string): SortedImages {
  // By the lineage's own text first: making the whole key for each of a hundred thousand images is what would cost.
  const sharing = new Map<string, (Omit<LineageInRegion, 'hidden'> & { images: OwnedImage[] })[]>();
  const notOurs: NotOurImage[] = [];
  for (const image of images) {
    const owned = readOwnership(image, deployment);
    if (owned.kind !== 'ours') {
      notOurs.push({ image, reason: whyNotOurs(owned) });
      continue;
    }
    const { policy, lineage, source } = owned.stamp;
    const namesakes = sharing.get(lineage);
    const known = namesakes?.find(
      (one) => one.policy === policy && one.source.region === source.region && one.source.account === source.account,
    );
    if (known) known.images.push(owned);
    else {
      const found = { policy, lineage, source, images: [owned] };
      if (namesakes) namesakes.push(found);
      else sharing.set(lineage, [found]);
    }
  }
  const lineages = [...sharing.values()].flat();
  for (const { images: members } of lineages) members.sort(newestFirst);
  const hidden = hiddenAmong(
    notOurs.map(({ image }) => image),
    deployment,
  );
  const hiddenOf = finderOf(hidden);
  return {
    lineages: new Map(lineages.map((lineage) => [lineageKey(lineage), { ...lineage, hidden: hiddenOf(lineage) }])),
    notOurs,
    hidden,
    hiddenOf,
    hiddenCopies: new Map(
      hidden.flatMap((one): [ImageId, HiddenImage][] =>
        one.image.sourceImage === undefined || one.image.state === 'failed' ? [] : [[one.image.sourceImage, one]],
      ),
    ),
  };
}

/** The slot of a lineage's newest image, be it one that is hidden: its last sign of life. */
export function newestSlot({ images, hidden }: LineageInRegion): Instant {
  return Math.max(images[0]?.stamp.slot ?? Number.NEGATIVE_INFINITY, hidden[0]?.slot ?? Number.NEGATIVE_INFINITY);
}

/** Whether there are newer images of a lineage than those that are known to be ours: what those say may be out of date. */
export function isOutdated({ images: [newest], hidden }: LineageInRegion): boolean {
  if (!newest) return hidden.length > 0;
  const { slot, source } = newest.stamp;
  for (const one of hidden) {
    if (one.slot !== slot) return one.slot > slot;
    // The rules may have changed between two attempts at one slot.
    if (one.instance === source.instance && one.image.createdAt > newest.image.createdAt) return true;
  }
  return false;
}

/** That a lineage has ended, as far as no image of it is newer than that word: one that lives again has not. */
export function endOf(lineage: LineageInRegion): OwnedImage['ended'] {
  const newest = newestSlot(lineage);
  const ends = lineage.images.flatMap(({ ended }) => (ended && ended.at >= newest ? [ended] : []));
  return ends.find(({ by }) => by === 'hand') ?? ends[0];
}

function newestFirst(one: OwnedImage, other: OwnedImage): number {
  return other.stamp.slot - one.stamp.slot || newerFirst(one.image, other.image);
}

/** Several of one slot, such as images that were made by hand within a minute and adopted, go by when EC2 made them. */
function newerFirst(one: Image, other: Image): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1);
}

/** What is told of an image or a snapshot that carries our deployment's tag and yet is not ours. */
export function whyNotOurs({ kind, problem }: { readonly kind: string; readonly problem: string }): Reason {
  return { code: kind === 'unsealed' ? 'unsealed' : 'not-ours', text: problem };
}

/** What is told of images that are not ours to judge. */
export function reportsOf(notOurs: readonly NotOurImage[]): Decision[] {
  return notOurs.map(({ image, reason }) => ({
    action: 'report',
    subject: { kind: 'image', id: image.id, region: image.region },
    reason,
  }));
}

/** That seals could not be checked, where that is so: nothing is known to be ours then, and nothing is taken away. */
export function sealProblems(region: string, images: readonly Image[]): string[] {
  return images.some(({ seal }) => seal === 'unread')
    ? [`seals in ${region}: the key by which they are checked could not be read`]
    : [];
}

/** Whether an image holds a version: a failed attempt does not. */
export function holdsVersion({ image }: OwnedImage): boolean {
  return image.state !== 'failed';
}

/** Whether an image is made, and its version can be relied on. What is pending may yet fail, so it replaces nothing. */
export function isFinished({ image }: OwnedImage): boolean {
  return image.state === 'available' || image.state === 'disabled';
}
