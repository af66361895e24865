import type { Image } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import { lineageTagsOf } from '../tagging/lineage.ts';
import { namePart, readName } from '../tagging/name.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import { slotOfVersion } from '../tagging/version.ts';

/** An image that by its name, which nobody can change, is one of ours, and whose tags do not prove it. */
export interface HiddenImage {
  readonly image: Image;
  /** The policy as names have it. */
  readonly policyPart: string;
  readonly instance: string;
  readonly slot: Instant;
}

/** Finds what is hidden and may be of a lineage, newest first. */
export type HiddenOf = (lineage: {
  readonly policy: string;
  readonly lineage: string;
  readonly images: readonly OwnedImage[];
}) => readonly HiddenImage[];

const NONE: readonly HiddenImage[] = [];

/** Those of the images that are hidden, newest first. */
export function hiddenAmong(images: readonly Image[], deployment: string): HiddenImage[] {
  const hidden = images.flatMap((image): HiddenImage[] => {
    const named = readName(image.name, deployment);
    const slot = named && slotOfVersion(named.version);
    if (!named || slot === undefined || isAnothers(image, named.instance)) return [];
    return [{ image, policyPart: named.policyPart, instance: named.instance, slot }];
  });
  return hidden.sort((one, other) => other.slot - one.slot);
}

/** Anybody who may make images may give one a name; EC2 tells what it was made from. */
function isAnothers({ sourceInstance }: Image, instance: string): boolean {
  return sourceInstance !== undefined && sourceInstance !== instance;
}

/**
 * What may be of a lineage is what is of one of its instances. Where it goes by a tag, an instance may have come to it from
 * another one, so whatever is hidden of its policy may be of it: these lineages share one list, as there may be many.
 *
 * @param hidden newest first
 */
export function finderOf(hidden: readonly HiddenImage[]): HiddenOf {
  if (hidden.length === 0) return () => NONE;
  const byPolicy = Map.groupBy(hidden, ({ policyPart }) => policyPart);
  const byInstance = Map.groupBy(hidden, ({ policyPart, instance }) => `${policyPart}/${instance}`);
  return ({ policy, lineage, images }) => {
    const part = namePart(policy);
    const all = byPolicy.get(part) ?? NONE;
    if (all.length === 0 || lineageTagsOf(lineage).length > 0) return all;
    const instances = [...new Set(images.map(({ stamp }) => stamp.source.instance))];
    const own = instances.flatMap((id) => byInstance.get(`${part}/${id}`) ?? NONE);
    return instances.length > 1 ? own.sort((one, other) => other.slot - one.slot) : own;
  };
}

/** By the identity of a list, which many lineages may share. */
const instances = new WeakMap<readonly HiddenImage[], ReadonlySet<string>>();

/** The instances that something hidden was made of. */
export function instancesOf(hidden: readonly HiddenImage[]): ReadonlySet<string> {
  const known = instances.get(hidden);
  if (known) return known;
  const found = new Set(hidden.map(({ instance }) => instance));
  instances.set(hidden, found);
  return found;
}
