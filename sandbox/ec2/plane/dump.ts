import type {
  Address,
  Image,
  KeyPairInfo,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Snapshot,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { BehaviourDump } from '../behaviour/book.ts';
import { use } from '../bin/binned.ts';
import { snapshotIds } from '../images/lifecycle.ts';
import { addInterface, emptyNetworks, type InterfaceEntry, type Networks, type SubnetEntry } from './networks.ts';
import type { Collection, Entry } from './records.ts';
import type {
  AccountRegion,
  Binned,
  ImageEntry,
  ImageFailure,
  InstanceEntry,
  LaunchTemplateEntry,
  MetadataDefaults,
  NameHolder,
  Plane,
  RootReplacementEntry,
  SnapshotDeletionFailure,
  SnapshotEntry,
  TokenUse,
  UsageReportEntry,
  VolumeEntry,
} from './state.ts';
import type { DueTransition } from './timeline.ts';
import { view } from './views.ts';

const format = 'ec2-image-plane/1';

/** An entry whose two views are one object most of the time, and then written once. */
type Written<E> = Omit<E, 'shown'> & { readonly shown?: unknown; readonly showsCurrent: boolean };

type WrittenInBin<E> = Omit<Binned<E>, 'entry'> & { readonly entry: Written<E> };

interface NetworksDump {
  readonly vpcs: readonly Written<Entry<Vpc>>[];
  readonly subnets: readonly Written<SubnetEntry>[];
  readonly routeTables: readonly Written<Entry<RouteTable>>[];
  readonly securityGroups: readonly Written<Entry<SecurityGroup>>[];
  readonly interfaces: readonly Written<InterfaceEntry>[];
  /** Absent in a state that was written before there were any. */
  readonly endpoints?: readonly Written<Entry<VpcEndpoint>>[];
  readonly addresses?: readonly Written<Entry<Address>>[];
}

interface PlaceDump {
  readonly account: string;
  readonly region: string;
  readonly images: readonly Written<ImageEntry>[];
  readonly snapshots: readonly Written<SnapshotEntry>[];
  readonly volumes: readonly Written<VolumeEntry>[];
  readonly instances: readonly Written<InstanceEntry>[];
  readonly launchTemplates: readonly Written<LaunchTemplateEntry>[];
  /** Absent in a state that was written before there were any. */
  readonly usageReports?: readonly Written<UsageReportEntry>[];
  readonly keyPairs?: readonly Written<Entry<KeyPairInfo>>[];
  readonly metadataDefaults?: MetadataDefaults;
  /** Absent also where nothing has asked for networks yet. */
  readonly networks?: NetworksDump;
  readonly rootReplacements?: readonly Written<RootReplacementEntry>[];
  readonly imageNames: readonly (readonly [string, NameHolder])[];
  readonly goneImages: readonly (readonly [string, number])[];
  readonly copiesInProgress: readonly string[];
  readonly clientTokens: readonly (readonly [string, TokenUse])[];
  readonly bin: {
    readonly images: readonly WrittenInBin<ImageEntry>[];
    readonly snapshots: readonly WrittenInBin<SnapshotEntry>[];
  };
}

interface PlaneDump {
  readonly format: typeof format;
  readonly issued: Plane['issued'];
  readonly behaviours: BehaviourDump;
  readonly imageFailures: readonly ImageFailure[];
  readonly snapshotDeletionFailures: readonly (readonly [string, SnapshotDeletionFailure])[];
  readonly places: readonly PlaceDump[];
  readonly due: readonly DueTransition[];
}

/** The whole state as plain JSON: transitions to come and failures laid on included, public images not. */
export function dumpPlane(plane: Plane): unknown {
  const dump: PlaneDump = {
    format,
    issued: plane.issued,
    behaviours: plane.behaviours.dump(),
    imageFailures: plane.imageFailures,
    snapshotDeletionFailures: [...plane.snapshotDeletionFailures],
    places: [...plane.places.values()].map(dumpPlace),
    due: plane.timeline.dump(),
  };
  return encode(dump);
}

/** @throws TypeError for anything but what `dumpPlane` gave. */
export function loadPlane(plane: Plane, state: unknown): void {
  const dump = decode(state);
  if (!isDump(dump)) throw new TypeError(`the state of the image plane must be of the format '${format}'`);
  clearPlane(plane);
  plane.issued = { ...dump.issued };
  plane.behaviours.load(dump.behaviours);
  plane.imageFailures = [...dump.imageFailures];
  for (const [id, failure] of dump.snapshotDeletionFailures) plane.snapshotDeletionFailures.set(id, failure);
  for (const place of dump.places) loadPlace(plane, plane.in(place.account, place.region), place);
  for (const transition of dump.due) plane.timeline.schedule(transition);
}

/** Leaves no resource, no transition to come and no failure laid on. */
export function clearPlane(plane: Plane): void {
  plane.timeline.clear();
  plane.places.clear();
  plane.sharedImages.clear();
  plane.sharedSnapshots.clear();
  plane.imageFailures = [];
  plane.snapshotDeletionFailures.clear();
  plane.issued = { ids: 0, seq: 0 };
}

function dumpPlace(place: AccountRegion): PlaceDump {
  return {
    account: place.account,
    region: place.region,
    images: place.images.inOrder.map(written),
    snapshots: place.snapshots.inOrder.map(written),
    volumes: place.volumes.inOrder.map(written),
    instances: place.instances.inOrder.map(written),
    launchTemplates: place.launchTemplates.inOrder.map(written),
    usageReports: place.usageReports.inOrder.map(written),
    keyPairs: place.keyPairs.inOrder.map(written),
    ...(place.metadataDefaults && { metadataDefaults: place.metadataDefaults }),
    ...(place.networks && { networks: dumpNetworks(place.networks) }),
    rootReplacements: place.rootReplacements.inOrder.map(written),
    imageNames: [...place.imageNames],
    goneImages: [...place.goneImages],
    copiesInProgress: [...place.copiesInProgress],
    clientTokens: [...place.clientTokens],
    bin: {
      images: [...place.bin.images.values()].map(writtenInBin),
      snapshots: [...place.bin.snapshots.values()].map(writtenInBin),
    },
  };
}

function dumpNetworks({
  vpcs,
  subnets,
  routeTables,
  securityGroups,
  interfaces,
  endpoints,
  addresses,
}: Networks): NetworksDump {
  return {
    vpcs: vpcs.inOrder.map(written),
    subnets: subnets.inOrder.map(written),
    routeTables: routeTables.inOrder.map(written),
    securityGroups: securityGroups.inOrder.map(written),
    interfaces: interfaces.inOrder.map(written),
    endpoints: endpoints.inOrder.map(written),
    addresses: addresses.inOrder.map(written),
  };
}

function loadNetworks(dump: NetworksDump): Networks {
  const networks = emptyNetworks();
  restore(networks.vpcs, dump.vpcs);
  restore(networks.subnets, dump.subnets);
  restore(networks.routeTables, dump.routeTables);
  restore(networks.securityGroups, dump.securityGroups);
  restore(networks.endpoints, dump.endpoints ?? []);
  restore(networks.addresses, dump.addresses ?? []);
  for (const entry of dump.interfaces) addInterface(networks, restored<NetworkInterface, InterfaceEntry>(entry));
  return networks;
}

function loadPlace(plane: Plane, place: AccountRegion, dump: PlaceDump): void {
  restore(place.images, dump.images);
  restore(place.snapshots, dump.snapshots);
  restore(place.volumes, dump.volumes);
  restore(place.instances, dump.instances);
  restore(place.launchTemplates, dump.launchTemplates);
  restore(place.usageReports, dump.usageReports ?? []);
  restore(place.keyPairs, dump.keyPairs ?? []);
  if (dump.metadataDefaults) place.metadataDefaults = dump.metadataDefaults;
  if (dump.networks) place.networks = loadNetworks(dump.networks);
  restore(place.rootReplacements, dump.rootReplacements ?? []);
  for (const [name, holder] of dump.imageNames) place.imageNames.set(name, holder);
  for (const [id, at] of dump.goneImages) place.goneImages.set(id, at);
  for (const id of dump.copiesInProgress) place.copiesInProgress.add(id);
  for (const [token, use] of dump.clientTokens) place.clientTokens.set(token, use);
  for (const entry of place.snapshots.inOrder) plane.sharedSnapshots.note(place.region, entry);
  for (const entry of place.images.inOrder) {
    plane.sharedImages.note(place.region, entry);
    if (place.goneImages.has(entry.id)) continue;
    use(place.snapshotUsers, snapshotIds(entry), entry.id);
  }
  for (const { entry: dumped, ...rest } of dump.bin.images) {
    // One that reads still show is the same record, in both places.
    const entry = place.images.get(rest.id) ?? restored<Image, ImageEntry>(dumped);
    place.bin.images.set(rest.id, { ...rest, entry });
    use(place.bin.snapshotUsers, snapshotIds(entry), entry.id);
  }
  for (const { entry, ...rest } of dump.bin.snapshots) {
    place.bin.snapshots.set(rest.id, { ...rest, entry: restored<Snapshot, SnapshotEntry>(entry) });
  }
}

function written<View extends object, E extends Entry<View>>(entry: E): Written<E> {
  const { shown, ...rest } = entry;
  return shown === entry.current ? { ...rest, showsCurrent: true } : { ...rest, shown, showsCurrent: false };
}

function writtenInBin<View extends object, E extends Entry<View>>({ entry, ...rest }: Binned<E>): WrittenInBin<E> {
  return { ...rest, entry: written<View, E>(entry) };
}

function restore<View extends object, E extends Entry<View>>(
  collection: Collection<View, E>,
  dumped: readonly Written<E>[],
): void {
  for (const entry of dumped) collection.add(restored<View, E>(entry));
}

function restored<View extends object, E extends Entry<View>>({ showsCurrent, ...rest }: Written<E>): E {
  // What `written` took apart, put together again: the compiler can't follow a generic Omit back to its type.
  const entry = rest as unknown as E;
  entry.current = view(entry.current);
  entry.shown = showsCurrent ? entry.current : entry.shown && view(entry.shown);
  return entry;
}

function isDump(state: unknown): state is PlaneDump {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === format;
}

/** JSON has no dates: one is written as an object of this one member. */
const dateMember = '$date';

function encode(value: unknown): unknown {
  if (value instanceof Date) return { [dateMember]: value.toISOString() };
  if (Array.isArray(value)) return value.map(encode);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, encode(member)]])),
  );
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  if (dateMember in value && typeof value[dateMember] === 'string') return new Date(value[dateMember]);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decode(member)]));
}
