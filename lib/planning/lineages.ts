import type { Image } from '../model/resources.ts';
import { type Ownership, readOwnership } from '../tagging/ownership.ts';
import type { Stamp } from '../tagging/stamp.ts';

/** An image of ours with what its tags say. */
export interface OwnedImage {
  readonly image: Image;
  readonly owned: Extract<Ownership, { kind: 'ours' }>;
}

/** The images of one lineage that stand in one region: the sources in theirs, the copies in a DR region. */
export interface LineageInRegion {
  readonly policy: string;
  readonly lineage: string;
  readonly source: Stamp['source'];
  /** Newest slot first; failed attempts included. */
  readonly images: readonly OwnedImage[];
}

export interface SortedImages {
  readonly lineages: ReadonlyMap<string, LineageInRegion>;
  /** What carries our deployment's tag and yet is not ours, with the reason. */
  readonly notOurs: readonly { readonly image: Image; readonly problem: string }[];
}

/**
 * One lineage over all regions. The source's place is part of it: the same tag value in two source regions is two
 * lineages, since neither instance ever replaces the other.
 */
export function lineageKey({ policy, source, lineage }: Pick<Stamp, 'policy' | 'source' | 'lineage'>): string {
  return `${policy}\n${source.account}\n${source.region}\n${lineage}`;
}

/** Sorts a region's images by lineage, each newest first. */
export function sortByLineage(images: readonly Image[], deployment: string): SortedImages {
  const lineages = new Map<string, LineageInRegion & { images: OwnedImage[] }>();
  const notOurs: { image: Image; problem: string }[] = [];
  for (const image of images) {
    const owned = readOwnership(image, deployment);
    if (owned.kind !== 'ours') {
      notOurs.push({ image, problem: owned.problem });
      continue;
    }
    const key = lineageKey(owned.stamp);
    const known = lineages.get(key);
    if (known) known.images.push({ image, owned });
    else {
      const { policy, lineage, source } = owned.stamp;
      lineages.set(key, { policy, lineage, source, images: [{ image, owned }] });
    }
  }
  for (const { images: members } of lineages.values()) members.sort(newestFirst);
  return { lineages, notOurs };
}

function newestFirst(one: OwnedImage, other: OwnedImage): number {
  return other.owned.stamp.slot - one.owned.stamp.slot || (one.image.id < other.image.id ? -1 : 1);
}

/** Whether an image holds a version: a failed attempt does not. */
export function holdsVersion({ image }: OwnedImage): boolean {
  return image.state !== 'failed';
}

/** Whether an image is made, and its version can be relied on. What is pending may yet fail, so it replaces nothing. */
export function isFinished({ image }: OwnedImage): boolean {
  return image.state === 'available' || image.state === 'disabled';
}
