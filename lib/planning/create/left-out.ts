import type { VolumeId } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { AttachedVolume, Image, Instance, Volume } from '../../model/resources.ts';
import type { Policy } from '../../policy/policy.ts';
import { type OwnedImage, readOwnership } from '../../tagging/ownership.ts';
import { LINEAGE } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision } from '../decision.ts';
import { isFinished } from '../lineages.ts';

/** The volumes that an image of an instance leaves out. The root stays whatever matches it: an image without its root is none. */
export function leftOut(
  { image: { excludeDevices } }: Policy,
  { volumes, rootDeviceName }: Instance,
  byTag: ReadonlySet<VolumeId>,
): AttachedVolume[] {
  return volumes
    .filter(({ id, device }) => device !== rootDeviceName && (excludeDevices.includes(device) || byTag.has(id)))
    .sort((one, other) => (one.device < other.device ? -1 : 1));
}

/** `/dev/sdf (500 GiB)`, or the device alone where the size is not known. */
export function withSize({ id, device }: AttachedVolume, volumes: readonly Volume[]): string {
  const size = volumes.find((volume) => volume.id === id)?.size;
  return size === undefined ? device : `${device} (${size} GiB)`;
}

/**
 * What the newest image of a lineage has and the next one will lack. Whoever may tag a volume can bring that about, and a
 * person who meant it knows; the image after next has nothing to be compared with any more.
 */
export function newlyLeftOut(decisions: readonly Decision[], images: readonly Image[], deployment: string): string[] {
  const creations = decisions.flatMap((decision) =>
    decision.action === 'create' && decision.change.excludeDevices.length > 0 ? [decision.change] : [],
  );
  const newest = newestOf(new Set(creations.map(({ stamp }) => stamp.lineage)), images, deployment);
  return creations.flatMap(({ instance, stamp, excludeDevices }) => {
    const last = newest.get(stamp.lineage);
    const has = new Set(last?.image.devices.map(({ device }) => device));
    const lost = excludeDevices.filter((device) => has.has(device));
    if (!last || lost.length === 0) return [];
    return [
      `the next image of ${instance} leaves out ${lost.join(', ')}, which ${last.image.id} (${versionOf(last.stamp.slot)}) has: see that image.excludeDevices and image.excludeVolumes of policy ${stamp.policy}, and the tags of the volume, are meant so`,
    ];
  });
}

/** The newest finished image of each of these lineages; of others nothing is asked, since most leave nothing out. */
function newestOf(
  lineages: ReadonlySet<string>,
  images: readonly Image[],
  deployment: string,
): ReadonlyMap<string, OwnedImage> {
  const newest = new Map<string, OwnedImage>();
  for (const image of images) {
    if (!lineages.has(image.tags[LINEAGE] ?? '')) continue;
    const owned = readOwnership(image, deployment);
    if (owned.kind !== 'ours' || !isFinished(owned)) continue;
    const { lineage, slot } = owned.stamp;
    if ((newest.get(lineage)?.stamp.slot ?? Number.NEGATIVE_INFINITY) < slot) newest.set(lineage, owned);
  }
  return newest;
}

/** As many devices as a warning names. */
const MOST_NAMED = 6;

/** Conditions that were written to leave something out and that match nothing of any instance that a policy selects. */
export function idleExclusions(
  { name, image: { excludeDevices, excludeVolumes } }: Policy,
  selected: readonly Instance[],
  byTag: Reading<ReadonlySet<VolumeId>>,
  region: string,
): string[] {
  if (selected.length === 0) return [];
  const beside = selected.flatMap(({ volumes, rootDeviceName }) =>
    volumes.filter(({ device }) => device !== rootDeviceName),
  );
  const devices = [...new Set(beside.map(({ device }) => device))].sort();
  const some = devices.slice(0, MOST_NAMED).join(', ') + (devices.length > MOST_NAMED ? ' and others' : '');
  const there = devices.length === 0 ? 'they have no volume beside the root' : `beside their roots they have ${some}`;
  const idle = excludeDevices
    .filter((device) => !devices.includes(device))
    .map(
      (device) =>
        `policy ${name} leaves out ${device}, which no instance that it selects in ${region} has beside its root: ${there}; write the name that EC2 attached the volume under, not the system's`,
    );
  const keys = Object.keys(excludeVolumes);
  if (keys.length > 0 && byTag.complete && !beside.some(({ id }) => byTag.value.has(id))) {
    idle.push(
      `policy ${name} leaves out volumes by their tags (${keys.join(', ')}), and no volume beside the roots of the instances that it selects in ${region} has any of these: mend excludeVolumes, or tag the volumes`,
    );
  }
  return idle;
}
