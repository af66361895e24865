import type { ImageEntry, InstanceEntry, Plane } from '../plane/state.ts';

/**
 * The instances that the system of an image comes from, the first of them first: each was imaged and, but for the last,
 * launched again. Snapshots hold this, so that copies and images that are registered from snapshots have it as well.
 */
export function originsOfImage(plane: Plane, region: string, { mappings, current }: ImageEntry): readonly string[] {
  const root = mappings.find(({ DeviceName }) => DeviceName === current.RootDeviceName);
  return originsOfSnapshot(plane, region, root?.Ebs?.SnapshotId) ?? [];
}

/** What an image of an instance comes from: the instance, and all before it. */
export function originsOfNewImage({ id, originIds = [] }: InstanceEntry): readonly string[] {
  return [...originIds.filter((one) => one !== id), id];
}

/** Nothing is known of a snapshot that is gone, or is one of AWS's. */
export function originsOfSnapshot(plane: Plane, region: string, id = ''): readonly string[] | undefined {
  for (const place of plane.places.values()) {
    const entry = place.region === region ? place.snapshots.get(id) : undefined;
    if (entry) return entry.originIds ?? [];
  }
  return undefined;
}
