import type { VolumeId } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { AttachedVolume, Instance } from '../../model/resources.ts';
import type { Policy } from '../../policy/policy.ts';

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
