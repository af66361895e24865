import type { AccountId, Region, Target } from '../model/ids.ts';
import { completeReading, mapReading, partialReading, type Reading } from '../model/reading.ts';
import type { Image, Instance, Volume } from '../model/resources.ts';
import type { Clock } from '../model/time.ts';
import { leftOut } from '../planning/create/left-out.ts';
import { drillProfile } from '../planning/drill/profile.ts';
import { drillNetworkAt, isSourceOf } from '../policy/places.ts';
import type { PolicyFile, RestoreMapping } from '../policy/policy.ts';
import { explainSelection } from '../policy/select.ts';
import { concurrently } from '../run/concurrently.ts';
import { PERSONS_ROLES } from '../run/event.ts';
import { regionsWithImages } from '../run/expand.ts';
import type { Reads } from '../run/ports.ts';
import type { RestoreReads } from '../run/restore/ports.ts';
import { readOwnership } from '../tagging/ownership.ts';
import { readRecipe } from '../tagging/recipe.ts';
import { typesOf } from './drill-room.ts';
import type {
  Capacity,
  DrillFact,
  EntranceFact,
  Facts,
  KeyFact,
  PermissionFact,
  QuotaFact,
  RestoreFact,
} from './facts.ts';
import type { Examiner, Fact } from './ports.ts';
import { standInsOf } from './restores.ts';
import { rightsOf, type Subjects, TRIED_ACTIONS, type TriedAction } from './rights.ts';

export interface GatherPorts {
  readonly examiner: Examiner;
  readonly reads: Pick<Reads, 'allInstances' | 'imagesWith' | 'volumes' | 'volumesWith' | 'networks' | 'drills'>;
  /** What tells of what launches take. */
  readonly launches: Pick<
    RestoreReads,
    'types' | 'vcpuQuota' | 'subnet' | 'securityGroups' | 'keyPair' | 'instanceProfile'
  >;
  readonly clock: Clock;
}

/** Calls at a time; each has a turn of its own all the same. */
const WIDTH = 8;

/** Asks AWS for everything that is to be examined, and changes nothing. Regions that are out of use are asked nothing. */
export async function gatherFacts(
  file: PolicyFile,
  account: AccountId,
  capacity: Capacity,
  { examiner, reads, launches, clock }: GatherPorts,
): Promise<Facts> {
  const at = clock.now();
  const place = (region: Region): Target => ({ account, region });
  const named = regionsWithImages(file);
  const [home = named[0]] = file.regions;
  if (home === undefined) throw new TypeError('a policy file names a region');
  const regions = regionsNamed(named, await examiner.regions(place(home)));
  const usable = named.filter((region) => !regions.known || regions.value.get(region) === true);
  const sources = file.regions.filter((region) => usable.includes(region));

  const each = async <K, V>(keys: readonly K[], read: (key: K) => Promise<V>): Promise<Map<K, V>> =>
    new Map(await concurrently(keys, WIDTH, async (key): Promise<[K, V]> => [key, await read(key)]));
  const isAsked = file.policies.some(({ drill }) => drill?.check === 'command');
  const [instances, images, sealKey, keys, quotas, restores, drillsThere, profile] = await Promise.all([
    each(sources, (region) => reads.allInstances(place(region))),
    each(usable, (region) => reads.imagesWith(place(region), {})),
    examiner.sealKey(),
    concurrently(keysNamed(file, usable), WIDTH, async ({ region, name }): Promise<KeyFact> => {
      return { region, name, key: await examiner.key(place(region), name) };
    }),
    concurrently(quotasOf(usable), WIDTH, async ({ region, quota }): Promise<QuotaFact> => {
      return { region, quota, value: await examiner.quota(place(region), quota) };
    }),
    concurrently(mappingsOf(file, usable), WIDTH, ([region, mapping]) =>
      restoreFact(place(region), mapping, launches, clock),
    ),
    each(usable, (region) => reads.drills(place(region), file.deployment)),
    isAsked ? launches.instanceProfile(place(home), drillProfile(file.deployment)) : undefined,
  ]);

  const drills = await concurrently(regionsOf('drill', file, usable), WIDTH, (region) =>
    drillFact(file, place(region), images.get(region)?.value ?? [], { examiner, reads, launches, clock }),
  );

  const entered = file.accounts.flatMap(({ id }) => PERSONS_ROLES.map((role) => ({ account: id, role })));
  const entrances = await concurrently(entered, WIDTH, async ({ account: member, role }): Promise<EntranceFact> => {
    return { account: member, role, permission: await examiner.enters({ account: member, region: home }, role) };
  });
  const members = file.accounts.filter(({ vault }) => !vault);
  const places = members.flatMap(({ id }) => sources.map((region) => ({ account: id, region })));
  const membersInstances = await concurrently(places, WIDTH, (target) => reads.allInstances(target));

  const everywhere = [
    ...[...instances].map(([region, { value }]) => ({ target: place(region), value })),
    ...places.map((target, index) => ({ target, value: membersInstances[index]?.value ?? [] })),
  ];
  const volumes = await concurrently(everywhere, WIDTH, ({ target, value }) =>
    volumesToImage(file, target, value, reads),
  );

  const own = ownImages(file, images);
  const attempts = TRIED_ACTIONS.flatMap((action) =>
    regionsOf(action, file, usable).flatMap((region) => rightsOf(action).map((right) => ({ action, region, right }))),
  );
  const permissions = await concurrently(attempts, WIDTH, async (attempt): Promise<PermissionFact> => {
    const { region, right } = attempt;
    const subjects = subjectsIn(region, file, instances.get(region)?.value ?? [], own);
    if (right.needs !== undefined && subjects[right.needs] === undefined) {
      return { ...attempt, permission: { kind: 'untried' } };
    }
    return { ...attempt, permission: await examiner.tries(place(region), right.right, subjects) };
  });
  return {
    file,
    capacity,
    at,
    regions,
    keys,
    sealKey,
    quotas,
    instances,
    membersInstances,
    volumes,
    images,
    restores,
    drills,
    drillsThere,
    ...(profile && { drillProfile: profile }),
    permissions,
    entrances,
  };
}

/** What of `restore` is about regions that are asked. */
function mappingsOf({ restore }: PolicyFile, usable: readonly Region[]): (readonly [Region, RestoreMapping])[] {
  return usable.flatMap((region) => {
    const mapping = restore[region];
    return mapping ? [[region, mapping] as const] : [];
  });
}

async function restoreFact(
  target: Target,
  mapping: RestoreMapping,
  launches: GatherPorts['launches'],
  clock: Clock,
): Promise<RestoreFact> {
  const { subnets, securityGroups, keyName, instanceTypes } = standInsOf(mapping);
  const [subnetsThere, groups, pairs, types] = await Promise.all([
    thoseThere(subnets, 'subnets', clock, (id) => launches.subnet(target, id)),
    securityGroups.length > 0
      ? launches.securityGroups(target, securityGroups)
      : completeReading('security groups', clock.now(), []),
    thoseThere(keyName, 'key pairs', clock, (name) => launches.keyPair(target, name)),
    instanceTypes.length > 0
      ? launches.types(target, instanceTypes)
      : completeReading('instance types', clock.now(), new Map<string, never>()),
  ]);
  return {
    ...target,
    there: {
      subnets: subnetsThere,
      securityGroups: mapReading(groups, (found) => new Set(found.map(({ id }) => id))),
      keyName: pairs,
      instanceTypes: mapReading(types, (found) => new Set(found.keys())),
    },
  };
}

/** Those of the names that a read, asked for one at a time, tells of. */
async function thoseThere(
  names: readonly string[],
  source: string,
  clock: Clock,
  read: (name: string) => Promise<Reading<unknown>>,
): Promise<Reading<ReadonlySet<string>>> {
  const readings = await concurrently(names, WIDTH, async (name) => ({ name, reading: await read(name) }));
  const there = new Set(readings.flatMap(({ name, reading }) => (reading.value ? [name] : [])));
  for (const { reading } of readings) {
    if (!reading.complete) return partialReading(source, reading.at, there, reading.problem);
  }
  return completeReading(source, clock.now(), there);
}

async function drillFact(
  { deployment, policies }: PolicyFile,
  target: Target,
  images: readonly Image[],
  { examiner, reads, launches, clock }: GatherPorts,
): Promise<DrillFact> {
  const { region } = target;
  const there = policies.flatMap(({ name, drill }) => (drill?.regions.includes(region) ? [{ name, drill }] : []));
  const networks = there.flatMap(({ drill }) => drillNetworkAt(drill, target) ?? []);
  const recipeTypes = recipeTypesOf(images, deployment);
  const types = [...new Set(there.flatMap(({ name, drill }) => typesOf(name, drill, { recipeTypes })))];
  const scope = {
    subnets: [...new Set(networks.flatMap(({ subnets }) => subnets))],
    groups: [...new Set(networks.map(({ securityGroup }) => securityGroup))],
  };
  const [read, known, vcpus] = await Promise.all([
    reads.networks(target, scope),
    types.length > 0
      ? launches.types(target, types)
      : completeReading('instance types', clock.now(), new Map<string, never>()),
    launches.vcpuQuota(target),
  ]);
  const isAsked = there.some(({ drill }) => drill.check === 'command');
  const vpcs = [...new Set(read.value.subnets.map(({ vpc }) => vpc))];
  const endpoints = isAsked && vpcs.length > 0 ? await examiner.endpoints(target, vpcs) : undefined;
  return { ...target, networks: read, types: known, vcpus, recipeTypes, ...(endpoints && { endpoints }) };
}

/** By policy, the types of the servers that images are of, as far as their seals prove them. */
function recipeTypesOf(images: readonly Image[], deployment: string): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const image of images) {
    const owned = readOwnership(image, deployment);
    const type = image.recipe?.sealed ? readRecipe(image.recipe).settings.type : undefined;
    if (owned.kind !== 'ours' || type === undefined) continue;
    const { policy } = owned.stamp;
    found.set(policy, (found.get(policy) ?? new Set()).add(type));
  }
  return new Map([...found].map(([policy, types]) => [policy, [...types].sort()]));
}

/** Of the instances that policies select, less what those leave out. */
async function volumesToImage(
  file: PolicyFile,
  target: Target,
  instances: readonly Instance[],
  reads: Pick<Reads, 'volumes' | 'volumesWith'>,
): Promise<Reading<readonly Volume[]>> {
  const parts = await concurrently(
    file.policies.filter((policy) => isSourceOf(policy, file, target)),
    WIDTH,
    async (policy) => {
      const byTag = await reads.volumesWith(target, policy.image.excludeVolumes);
      return instances
        .filter((instance) => explainSelection(policy.select, instance).selected)
        .flatMap((instance) => {
          const left = leftOut(policy, instance, byTag.value);
          return instance.volumes.filter((volume) => !left.includes(volume)).map(({ id }) => id);
        });
    },
  );
  return reads.volumes(target, [...new Set(parts.flat())]);
}

function regionsNamed(
  named: readonly Region[],
  all: Fact<ReadonlyMap<string, boolean>>,
): Fact<ReadonlyMap<Region, boolean | undefined>> {
  return all.known ? { known: true, value: new Map(named.map((region) => [region, all.value.get(region)])) } : all;
}

/** Each key once, however many policies name it; those in vaults are for who is at home there to look at. */
export function keysOf(file: PolicyFile, usable: readonly Region[]): Pick<KeyFact, 'region' | 'name'>[] {
  const named = file.policies.flatMap(({ copies }) =>
    copies.flatMap(({ region, kmsKey, account }) =>
      kmsKey === undefined || account !== undefined ? [] : [{ region, name: kmsKey }],
    ),
  );
  const once = new Map(named.map((key) => [`${key.region} ${key.name}`, key]));
  return [...once.values()].filter(({ region }) => usable.includes(region));
}

/** Those of copies, and those that what is restored is encrypted with. */
function keysNamed(file: PolicyFile, usable: readonly Region[]): Pick<KeyFact, 'region' | 'name'>[] {
  const ofCopies = keysOf(file, usable);
  const ofRestores = mappingsOf(file, usable).flatMap(([region, { kmsKey: name }]) =>
    name === undefined || ofCopies.some((key) => key.region === region && key.name === name) ? [] : [{ region, name }],
  );
  return [...ofCopies, ...ofRestores];
}

function quotasOf(regions: readonly Region[]): Pick<QuotaFact, 'region' | 'quota'>[] {
  return regions.flatMap((region) => [
    { region, quota: 'images' as const },
    { region, quota: 'snapshots' as const },
  ]);
}

/** Where the calls of a function are made. */
function regionsOf(action: TriedAction, file: PolicyFile, usable: readonly Region[]): Region[] {
  switch (action) {
    case 'snapshot':
      return usable.filter((region) => file.regions.includes(region));
    case 'copy':
      return usable.filter((region) =>
        file.policies.some(({ copies }) => copies.some((copy) => copy.region === region && copy.account === undefined)),
      );
    case 'retire':
      return [...usable];
    case 'drill':
      return usable.filter((region) => file.policies.some(({ drill }) => drill?.regions.includes(region)));
  }
}

/** The newest usable image of the deployment in each region. */
function ownImages(file: PolicyFile, images: Facts['images']): Map<Region, Image> {
  return new Map(
    [...images].flatMap(([region, { value }]): [Region, Image][] => {
      const [newest] = value
        .filter((image) => image.state === 'available' && readOwnership(image, file.deployment).kind === 'ours')
        .sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1));
      return newest ? [[region, newest]] : [];
    }),
  );
}

function subjectsIn(
  region: Region,
  file: PolicyFile,
  instances: readonly Instance[],
  own: ReadonlyMap<Region, Image>,
): Subjects {
  const instance = instances.find(
    (candidate) =>
      candidate.rootDevice === 'ebs' &&
      file.policies.some(({ select }) => explainSelection(select, candidate).selected),
  );
  const image = own.get(region);
  const snapshot = image?.devices.find((device) => device.snapshot !== undefined)?.snapshot;
  const source = file.regions.map((from) => own.get(from)).find((candidate) => candidate !== undefined);
  return {
    deployment: file.deployment,
    ...(instance && { instance: instance.id }),
    ...(image && { image: image.id }),
    ...(snapshot !== undefined && { snapshot }),
    ...(source && { source: { image: source.id, region: source.region } }),
  };
}
