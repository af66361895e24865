import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import { type ImageId, type SnapshotId, type Target, type VolumeId, volumeId } from '../../model/ids.ts';
import { mapReading, type Reading } from '../../model/reading.ts';
import type { Image, Instance, Snapshot, Volume } from '../../model/resources.ts';
import type { Selector, TagPatterns } from '../../policy/policy.ts';
import type { ImageScope, Reads } from '../../run/ports.ts';
import { nameStart } from '../../tagging/name.ts';
import { readOwnership } from '../../tagging/ownership.ts';
import { ADOPTED, DEPLOYMENT, HOLD, LINEAGE, POLICY, SOURCE_REGION } from '../../tagging/tag-keys.ts';
import { chunks } from '../calls/batches.ts';
import type { Caller } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { toImage, toInstance, toInstanceWithLaunch } from '../convert.ts';
import { imageAuthenticator, snapshotAuthenticator } from './authenticated.ts';
import { readBinnedImage } from './binned-image.ts';
import { DefaultKeys } from './default-keys.ts';
import { readNetworks } from './drill-networks.ts';
import { readCommands, readConsoles, readDrills, readHealth, readNodes, readRemnants } from './drills.ts';
import { exactly, MOST_FILTER_VALUES, MOST_FILTERS, tagFilter } from './filters.ts';
import { readImageEvidence } from './image-evidence.ts';
import { readLeftovers } from './leftovers.ts';
import { readBinnedImages } from './recycle-bin.ts';
import { readRecycleBinRules } from './recycle-bin-rules.ts';
import { readSharing } from './sharing.ts';
import { readSnapshotEvidence } from './snapshot-evidence.ts';
import { type Keeping, snapshotsBy } from './snapshots.ts';
import { type KnownUses, readUses } from './uses.ts';

/** As many as EC2 gives a page: fewer calls, of which there are only so many a second. */
const PAGE = 1000;

/** EC2's read side for one run. */
export function createReads(caller: Caller, sealKey: SealKey): Reads {
  const defaultKeys = new DefaultKeys(caller);
  const known: KnownUses = { templates: new Map(), parameters: new Map() };
  const instancesBy = (
    target: Target,
    filters: readonly Filter[],
    toOurs = toInstance,
  ): Promise<Reading<readonly Instance[]>> =>
    readPages(caller, target, 'instances', 'DescribeInstances', async (client, token) => {
      const answer = await client.send(
        new DescribeInstancesCommand({ Filters: [...filters], MaxResults: PAGE, NextToken: token }),
      );
      const found = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
      return { items: found.map((instance) => toOurs(instance, target)), next: answer.NextToken };
    });

  const imagesBy = async (
    target: Target,
    filters: readonly Filter[],
    source: string,
    keep: Keeping<Image> = () => true,
  ): Promise<Reading<readonly Image[]>> => {
    const authenticate = await imageAuthenticator(caller, sealKey);
    return readPages(caller, target, source, 'DescribeImages', async (client, token) => {
      const answer = await client.send(
        new DescribeImagesCommand({
          Owners: ['self'],
          IncludeDisabled: true,
          Filters: [...filters],
          MaxResults: PAGE,
          NextToken: token,
        }),
      );
      const items = (answer.Images ?? []).map((image) => toImage(image, target)).filter(keep);
      return { items: items.map(authenticate), next: answer.NextToken };
    });
  };

  /** By their names, which nobody can change as tags can be; only what was adopted has another. */
  const namedOrAdopted = async (target: Target, scope: ImageScope): Promise<Reading<readonly Image[]>> => {
    const readings = await Promise.all([
      imagesBy(target, nameFilters(scope, target), 'images'),
      imagesBy(target, [...scopeFilters(scope), exactly('tag-key', ADOPTED)], 'images'),
    ]);
    return mapReading(joinReadings('images', caller.now(), readings), (images) => {
      const distinct = new Map(images.map((image) => [image.id, image]));
      return [...distinct.values()].filter((image) => mayBeIn(scope, image));
    });
  };

  return {
    instances: (target, select) => instancesBy(target, selectionFilters(select), toInstanceWithLaunch),

    allInstances: async (target, ids) => {
      if (!ids) return instancesBy(target, []);
      const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
        instancesBy(target, [exactly('instance-id', ...part)], toInstanceWithLaunch),
      );
      return joinReadings('instances', caller.now(), await Promise.all(parts));
    },

    instancesAmong: async (target, { ids, tags }) => {
      const filters = [
        ...chunks(ids, MOST_FILTER_VALUES).map((part) => exactly('instance-id', ...part)),
        ...[...tags].flatMap(([key, values]) => chunks(values, MOST_FILTER_VALUES).map((part) => tagFilter(key, part))),
      ];
      const parts = await Promise.all(filters.map((filter) => instancesBy(target, [filter])));
      return mapReading(joinReadings('instances', caller.now(), parts), (found) => [
        ...new Map(found.map((instance) => [instance.id, instance])).values(),
      ]);
    },

    heldInstances: (target) => instancesBy(target, [exactly('tag-key', HOLD)]),

    volumes: async (target, ids) => {
      const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
        volumesBy(caller, target, exactly('volume-id', ...part)),
      );
      return joinReadings('volumes', caller.now(), await Promise.all(parts));
    },

    volumesWith: (target, tags) => readVolumes(caller, target, tags),

    images: async (target, scope) => {
      if (!scope.lineages) return namedOrAdopted(target, scope);
      const parts = chunks(scope.lineages, MOST_FILTER_VALUES).map((part) =>
        imagesBy(target, [...scopeFilters(scope), exactly(`tag:${LINEAGE}`, ...part)], 'images'),
      );
      return joinReadings('images', caller.now(), await Promise.all(parts));
    },

    image: async (target, id) =>
      mapReading(await imagesBy(target, [exactly('image-id', id)], 'image'), ([image]) => image),

    imagesAmong: async (target, ids) => {
      const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
        imagesBy(target, [exactly('image-id', ...part)], 'images'),
      );
      return joinReadings('images', caller.now(), await Promise.all(parts));
    },

    copiesInFlight: async (target) => {
      const pending = await imagesBy(target, [exactly('state', 'pending')], 'copies in flight');
      return mapReading(pending, (images) => images.filter(({ sourceInstance }) => !sourceInstance).length);
    },

    uses: (target, scope) => readUses(caller, target, scope, known),

    imagesWith: (target, tags) =>
      imagesBy(
        target,
        Object.entries(tags).map(([key, patterns]) => tagFilter(key, patterns)),
        'images',
      ),

    imageEvidence: (target, images) => readImageEvidence(caller, defaultKeys, target, images),

    sharing: (target, images) => readSharing(caller, defaultKeys, target, images),

    snapshots: (target, deployment, ids) => readSnapshots(caller, sealKey, target, deployment, ids),

    heldSnapshots: (target) => snapshotsBy(caller, target, [exactly('tag-key', HOLD)], 'snapshots on hold'),

    snapshotEvidence: (target, ids) => readSnapshotEvidence(caller, defaultKeys, target, ids),

    leftovers: (target, scope) =>
      readLeftovers(caller, sealKey, target, scope, (of, keep) => imagesBy(of, [], 'images', keep)),

    binRules: (target) => readRecycleBinRules(caller, target),

    binnedImages: (target) => readBinnedImages(caller, target),

    binnedImage: (target, id) => readBinnedImage(caller, target, id),

    drills: (target, deployment, image) => readDrills(caller, target, deployment, image),

    remnants: (target, deployment) => readRemnants(caller, sealKey, target, deployment),

    networks: (target, scope) => readNetworks(caller, target, scope),

    health: (target, ids) => readHealth(caller, target, ids),

    consoles: (target, ids) => readConsoles(caller, target, ids),

    nodes: (target, ids) => readNodes(caller, target, ids),

    commands: (target, ids) => readCommands(caller, target, ids),

    snapshotUses: async (target, ids) => {
      const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
        imagesBy(target, [exactly('block-device-mapping.snapshot-id', ...part)], 'images by snapshot'),
      );
      const reading = joinReadings('images by snapshot', caller.now(), await Promise.all(parts));
      return mapReading(reading, usersOfSnapshots);
    },
  };
}

/**
 * EC2 selects by what it can: it knows no negation, and takes only so many filters and values. What it cannot is left to
 * the planner, which selects anyway.
 */
function selectionFilters({ tags, instances, states }: Selector): Filter[] {
  const filters = [
    exactly('instance-state-name', ...states),
    ...(instances ? [exactly('instance-id', ...instances)] : []),
    ...Object.entries(tags).map(([key, patterns]) => tagFilter(key, patterns)),
  ];
  return filters.filter(({ Values = [] }) => Values.length <= MOST_FILTER_VALUES).slice(0, MOST_FILTERS);
}

function scopeFilters({ deployment, policy, sourceRegion }: ImageScope): Filter[] {
  return [
    exactly(`tag:${DEPLOYMENT}`, deployment),
    ...(policy === undefined ? [] : [exactly(`tag:${POLICY}`, policy)]),
    ...(sourceRegion === undefined ? [] : [exactly(`tag:${SOURCE_REGION}`, sourceRegion)]),
  ];
}

/** EC2 tells the source region of copies alone: what was made in the region itself can't be selected by it. */
function nameFilters({ deployment, policy, sourceRegion }: ImageScope, { region }: Target): Filter[] {
  return [
    { Name: 'name', Values: [`${nameStart(deployment, policy)}*`] },
    ...(sourceRegion === undefined || sourceRegion === region ? [] : [exactly('source-image-region', sourceRegion)]),
  ];
}

/** What is not what its tags say, be they another image's with a seal that holds, may be of any region. */
function mayBeIn({ deployment, sourceRegion }: ImageScope, image: Image): boolean {
  if (sourceRegion === undefined) return true;
  const owned = readOwnership(image, deployment);
  return owned.kind !== 'ours' || owned.stamp.source.region === sourceRegion;
}

/** Volumes that carry any of the tags: one read for each key, since the filters of one read all have to match. */
async function readVolumes(caller: Caller, target: Target, tags: TagPatterns): Promise<Reading<ReadonlySet<VolumeId>>> {
  const parts = Object.entries(tags).map(([key, patterns]) => volumesBy(caller, target, tagFilter(key, patterns)));
  return mapReading(
    joinReadings('volumes', caller.now(), await Promise.all(parts)),
    (volumes) => new Set(volumes.map(({ id }) => id)),
  );
}

function volumesBy(caller: Caller, target: Target, filter: Filter): Promise<Reading<readonly Volume[]>> {
  return readPages(caller, target, 'volumes', 'DescribeVolumes', async (client, token) => {
    const answer = await client.send(
      new DescribeVolumesCommand({ Filters: [filter], MaxResults: PAGE, NextToken: token }),
    );
    const items = (answer.Volumes ?? []).flatMap(({ VolumeId, Size = 0, KmsKeyId }): Volume[] =>
      VolumeId === undefined
        ? []
        : [{ id: volumeId(VolumeId), ...target, size: Size, ...(KmsKeyId !== undefined && { kmsKey: KmsKeyId }) }],
    );
    return { items, next: answer.NextToken };
  });
}

async function readSnapshots(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  deployment: string,
  ids: readonly SnapshotId[],
): Promise<Reading<readonly Snapshot[]>> {
  const authenticate = await snapshotAuthenticator(caller, sealKey);
  const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
    snapshotsBy(
      caller,
      target,
      [exactly(`tag:${DEPLOYMENT}`, deployment), exactly('snapshot-id', ...part)],
      'snapshots',
    ),
  );
  const reading = joinReadings('snapshots', caller.now(), await Promise.all(parts));
  return mapReading(reading, (found) => found.map(authenticate));
}

function usersOfSnapshots(images: readonly Image[]): ReadonlyMap<SnapshotId, ImageId> {
  return new Map(
    images.flatMap(({ id, devices }) =>
      devices.flatMap(({ snapshot }): [SnapshotId, ImageId][] => (snapshot ? [[snapshot, id]] : [])),
    ),
  );
}
