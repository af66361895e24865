import type { Region, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Image, Instance } from '../../model/resources.ts';
import { sortByLineage } from '../../planning/lineages.ts';
import type { RetireInventory } from '../../planning/retire/inventory.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { lineageTagsOf, valuesOfLineage } from '../../tagging/lineage.ts';
import type { InstanceScope, Reads } from '../ports.ts';

type Instances = RetireInventory['instances'];

/** The instances of this region, and of those from which it holds copies: whether sources live, and which are held. */
export async function readInstances(
  images: readonly Image[],
  file: Pick<PolicyFile, 'deployment'>,
  target: Target,
  reads: Reads,
): Promise<Instances> {
  return readEach(regionsOf(images, file, target), target, (place) => reads.allInstances(place));
}

/** So many that live are read again with the others: that a region still has instances has to show as well. */
const WITNESSES = 3;

/**
 * The same for a second look: of the instances those that these images are of, and those that bear a value which goes on
 * with one of their lineages. A fleet has ten thousand, and there is a look for each hundred stages.
 *
 * @param first what the first look read
 */
export async function readInstancesAgain(
  images: readonly Image[],
  first: Instances,
  file: Pick<PolicyFile, 'deployment'>,
  target: Target,
  reads: Reads,
): Promise<Instances> {
  const lineages = [...sortByLineage(images, file.deployment).lineages.values()];
  const sources = lineages.flatMap((lineage) => lineage.images.map(({ stamp }) => stamp.source.instance));
  const tags = valuesOfLineages(lineages.map(({ lineage }) => lineage));
  return readEach(regionsOf(images, file, target), target, (place) => {
    const living = first.get(place.region)?.value.filter(({ state }) => state !== 'terminated') ?? [];
    const witnesses = living.slice(0, WITNESSES).map(({ id }) => id);
    return reads.instancesAmong(place, { ids: [...new Set([...sources, ...witnesses])], tags });
  });
}

/** By tag, the values that go on with lineages. */
function valuesOfLineages(lineages: readonly string[]): InstanceScope['tags'] {
  const values = new Map<string, Set<string>>();
  for (const lineage of lineages) {
    for (const tag of lineageTagsOf(lineage)) {
      const known = values.get(tag) ?? new Set();
      for (const value of valuesOfLineage(lineage, tag)) known.add(value);
      values.set(tag, known);
    }
  }
  return new Map([...values].map(([tag, known]) => [tag, [...known]]));
}

function regionsOf(
  images: readonly Image[],
  { deployment }: Pick<PolicyFile, 'deployment'>,
  { account, region }: Target,
): readonly Region[] {
  const sources = [...sortByLineage(images, deployment).lineages.values()].flatMap(({ source }) =>
    source.account === account ? [source.region] : [],
  );
  return [...new Set([region, ...sources])];
}

async function readEach(
  regions: readonly Region[],
  { account }: Target,
  read: (place: Target) => Promise<Reading<readonly Instance[]>>,
): Promise<Instances> {
  const readings = regions.map(
    async (region): Promise<[Region, Reading<readonly Instance[]>]> => [region, await read({ account, region })],
  );
  return new Map(await Promise.all(readings));
}
