import { type InstanceId, isInstanceId, type Region, type Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Image, Instance } from '../../model/resources.ts';
import { type LineageInRegion, lineageKey, sortByLineage } from '../../planning/lineages.ts';
import type { RetireInventory } from '../../planning/retire/inventory.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
import { lineageTagsOf, valuesOfLineage } from '../../tagging/lineage.ts';
import type { InstanceScope, Reads } from '../ports.ts';

type Instances = RetireInventory['instances'];

/**
 * The instances of this region, and of those from which it holds copies: whether sources live, and which are held.
 *
 * @param here those of this region, where somebody else needs them as well: a fleet is read once
 */
export async function readInstances(
  images: readonly Image[],
  file: Pick<PolicyFile, 'deployment'>,
  target: Target,
  reads: Reads,
  here: Promise<Reading<readonly Instance[]>> = reads.allInstances(target),
): Promise<Instances> {
  return readEach(regionsOf(images, file, target), target, (place) =>
    place.region === target.region ? here : reads.allInstances(place),
  );
}

/** So many that live are read again with the others: that a region still has instances has to show as well. */
const WITNESSES = 20;
const GOING: ReadonlySet<Instance['state']> = new Set(['shutting-down', 'terminated'] as const);

/** What the first look read that tells which instances may be of a lineage. */
interface FirstLook {
  readonly instances: Instances;
  readonly sources: RetireInventory['sources'];
}

/**
 * The same for a second look: of the instances those that these images, what is hidden of their lineages, and the images of
 * these in the source's region are of, and those that bear a value which goes on with one of them. A fleet has ten thousand,
 * and there is a look for each hundred stages.
 */
export async function readInstancesAgain(
  images: readonly Image[],
  first: FirstLook,
  file: Pick<PolicyFile, 'deployment' | 'policies'>,
  target: Target,
  reads: Reads,
): Promise<Instances> {
  const lineages = [...sortByLineage(images, file.deployment).lineages.values()];
  const known = [...first.sources.values()].map(({ value }) => sortByLineage(value, file.deployment));
  const sources = new Set(
    lineages.flatMap((lineage) => [
      ...instancesOfLineage(lineage),
      ...known.flatMap((sorted) => {
        const atSource = sorted.lineages.get(lineageKey(lineage));
        return instancesOfLineage({ images: atSource?.images ?? [], hidden: sorted.hiddenOf(lineage) });
      }),
    ]),
  );
  const tags = valuesOfLineages(lineages, file.policies);
  return readEach(regionsOf(images, file, target), target, (place) => {
    const staying = first.instances.get(place.region)?.value.filter(({ state }) => !GOING.has(state)) ?? [];
    const witnesses = staying.slice(0, WITNESSES).map(({ id }) => id);
    return reads.instancesAmong(place, { ids: [...new Set([...sources, ...witnesses])], tags });
  });
}

function instancesOfLineage({ images, hidden }: Pick<LineageInRegion, 'images' | 'hidden'>): InstanceId[] {
  return [
    ...images.map(({ stamp }) => stamp.source.instance),
    // Its name may be anybody's work.
    ...hidden.map(({ instance }) => instance).filter(isInstanceId),
  ];
}

/** By tag, the values that go on with lineages: by the tags that their texts tell of, and their policies' own. */
function valuesOfLineages(lineages: readonly LineageInRegion[], policies: readonly Policy[]): InstanceScope['tags'] {
  const tagOf = new Map(policies.map(({ name, lineageTag }) => [name, lineageTag]));
  const values = new Map<string, Set<string>>();
  for (const { lineage, policy } of lineages) {
    const ofText = lineageTagsOf(lineage);
    const own = tagOf.get(policy);
    // One that has a `#` or a `~` stands otherwise in the text.
    for (const tag of own === undefined || ofText.length === 0 ? ofText : new Set([...ofText, own])) {
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
