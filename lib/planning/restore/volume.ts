import type { InstanceId } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Instance } from '../../model/resources.ts';
import { MINUTE } from '../../model/time.ts';
import { RESTORED_FROM } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import { earlierVolumeFindings, type RestoredVolume } from './earlier-volumes.ts';
import { blocked, note, ok, unknown } from './findings.ts';
import { imageFindings } from './image-checks.ts';
import type { RestoreInventory, VolumeKind } from './inventory.ts';
import { type Finding, type NewVolume, type RestorePlan, verdictOf } from './plan.ts';
import { tokenOf } from './token.ts';
import type { Wishes } from './wishes.ts';

/** What a volume is made of, and for whom. */
export interface VolumeInventory
  extends Pick<RestoreInventory, 'target' | 'image' | 'details' | 'keys' | 'snapshots' | 'unlisted' | 'now'> {
  readonly wishes: Wishes;
  /** The instance that it is attached to, if one is named. */
  readonly attachTo: Reading<Instance | undefined>;
  /** What earlier restores have made of the image. */
  readonly earlier: Reading<readonly RestoredVolume[]>;
  /** Whether one more is made though there is one. */
  readonly another: boolean;
}

/** Plans a volume of one device of an image, attached to an instance if that is asked for. */
export function planVolume(
  why: string,
  { device, attach }: { readonly device: string; readonly attach?: InstanceId },
  inventory: VolumeInventory,
): RestorePlan {
  const { image: owned, wishes, attachTo } = inventory;
  const isInItsRegion = owned.image.region === owned.stamp.source.region;
  const zoneId = attach ? attachTo.value?.launch?.zoneId : isInItsRegion ? wishes.known?.settings.zoneId : undefined;
  const kind = inventory.details.value?.volumes.get(device);
  const free = attach ? freeDevice(attachTo.value) : undefined;
  const snapshot = owned.image.devices.find((one) => one.device === device)?.snapshot;
  const attachment = attach && free ? { instance: attach, device: free } : undefined;
  const findings = [
    ...imageFindings(inventory).filter(({ about }) => about !== 'product codes'),
    ...inventory.unlisted.map((problem) => unknown('images', `there may be a better one: ${problem}`)),
    ...deviceFindings(device, inventory),
    ...zoneFindings(attach, zoneId, inventory),
    ...(attach && attachTo.value && !free ? [blocked('attachment', noneFree(attach))] : []),
    ...(attach
      ? [note('attachment', 'a copy of a disk beside its original has the same UUID: mount XFS with nouuid')]
      : []),
    ...earlierVolumeFindings(inventory.earlier, snapshot, inventory.another, {
      region: inventory.target.region,
      attachment,
    }),
  ];
  const making: Omit<NewVolume, 'token'> | undefined =
    snapshot && zoneId !== undefined
      ? {
          snapshot,
          zoneId,
          ...(kind && { kind }),
          ...(attachment && { attachment }),
          ...(wishes.kmsKey && { kmsKey: wishes.kmsKey.value }),
          tags: { [RESTORED_FROM]: owned.image.id },
        }
      : undefined;
  return {
    verdict: verdictOf(findings),
    image: owned.image.id,
    version: versionOf(owned.stamp.slot),
    why,
    settings: [
      { name: 'device', value: device, source: 'flag', proven: true },
      ...(zoneId === undefined ? [] : [zoneSetting(zoneId, attach, wishes)]),
      ...(kind ? [{ name: 'kind', value: kindText(kind), source: 'default' as const, proven: true }] : []),
      ...(attach && free
        ? [{ name: 'attached as', value: `${free} of ${attach}`, source: 'default' as const, proven: true }]
        : []),
    ],
    lost: ['all other volumes of the image'],
    findings,
    estimate: 'seconds until it is there; it is fetched from S3 as it is read, so it is slow at first',
    making: {
      kind: 'volume',
      ...(making && { volume: { ...making, token: volumeToken(making, inventory) } }),
    },
  };
}

/**
 * For how long the same volume asked for again is one volume, though EC2 does not list it yet: it does so within seconds. After
 * that what is listed counts. A token that stayed for ever would be answered with a volume that was deleted long ago.
 */
const ONE_ASKING = 5 * MINUTE;

function volumeToken(
  { attachment, ...parameters }: Omit<NewVolume, 'token'>,
  { earlier, now }: Pick<VolumeInventory, 'earlier' | 'now'>,
): string {
  const before = earlier.value.map(({ id }) => id).sort();
  return tokenOf('volume', parameters, attachment?.instance, before, Math.floor(now / ONE_ASKING));
}

function zoneSetting(value: string, attach: InstanceId | undefined, { known }: Wishes) {
  const { source, proven } = attach || !known ? { source: 'instance' as const, proven: true } : known;
  return { name: 'zone', value, source, proven };
}

function deviceFindings(device: string, { image: { image } }: VolumeInventory): Finding[] {
  const found = image.devices.find((one) => one.device === device);
  const names = image.devices.map((one) => `${one.device} (${one.size} GiB)`).join(', ');
  if (!found) return [blocked('device', `the image has no ${device}: it has ${names}`)];
  if (!found.snapshot)
    return [blocked('device', `the image does not name the snapshot of ${device} yet: wait until it is available`)];
  return [ok('device', `${device} is of ${found.snapshot}, ${found.size} GiB`)];
}

function zoneFindings(
  attach: InstanceId | undefined,
  zoneId: string | undefined,
  { attachTo, target }: VolumeInventory,
): Finding[] {
  if (!attach) {
    return zoneId === undefined
      ? [
          blocked(
            'zone',
            'in which zone the server was is not known: name an instance with --attach, in whose zone it is made',
          ),
        ]
      : [];
  }
  if (!attachTo.complete) {
    return [
      blocked(
        'attachment',
        `${attach} could not be read (${attachTo.problem}), so its zone is not known: mend that first`,
      ),
    ];
  }
  const state = attachTo.value?.state;
  if (state === undefined) return [blocked('attachment', `there is no instance ${attach} in ${target.region}`)];
  return state === 'running' || state === 'stopped'
    ? [ok('attachment', `${attach} is ${state}`)]
    : [blocked('attachment', `${attach} is ${state}: a volume is attached to what is running or stopped`)];
}

/** Names that EC2 recommends for data volumes (EC2 User Guide, device_naming). */
const DEVICES = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`);

function freeDevice(instance: Instance | undefined): string | undefined {
  const taken = new Set(instance?.volumes.map(({ device }) => device));
  return DEVICES.find((device) => !taken.has(device));
}

function noneFree(instance: InstanceId): string {
  return `${instance} has no device name free from ${DEVICES[0]} to ${DEVICES.at(-1)}: detach one of its volumes, or leave --attach out and attach the volume by hand under another name`;
}

function kindText({ type, iops, throughput }: VolumeKind): string {
  const rates = [
    ...(iops === undefined ? [] : [`${iops} IOPS`]),
    ...(throughput === undefined ? [] : [`${throughput} MiB/s`]),
  ];
  return [type, ...rates].join(', ');
}
