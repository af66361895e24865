import type { Image, Instance, NetworkInterface, Snapshot, Tag, Volume } from '@aws-sdk/client-ec2';
import { type Verdict, verdictAt } from '../instances/checks.ts';
import { snapshotAsShown } from '../snapshots/lifecycle.ts';
import { isLocked } from '../snapshots/locks.ts';
import type { Permission } from './permissions.ts';
import type { AccountRegion, Plane, Reboot } from './state.ts';

/** Which accounts and regions to look at: all, where nothing is said. */
export interface Scope {
  readonly account?: string;
  readonly region?: string;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

export interface InspectedImage extends Place {
  /** As it is, whether reads show it yet or not. */
  readonly image: Image;
  /** Whom it is shared with. */
  readonly permissions: readonly Permission[];
}

export interface InspectedSnapshot extends Place {
  readonly snapshot: Snapshot;
  /** Ids of the registered images that are made of it. */
  readonly images: readonly string[];
  /** Whom it is shared with. */
  readonly permissions: readonly Permission[];
}

export interface InspectedInstance extends Place {
  readonly instance: Instance;
  /** The reboots that CreateImage caused, which no API tells of. */
  readonly reboots: readonly Reboot[];
}

export interface InspectedVolume extends Place {
  readonly volume: Volume;
}

export interface InspectedInterface extends Place {
  readonly networkInterface: NetworkInterface;
}

export interface InspectedInBin extends Place {
  /** Of an image or of a snapshot. */
  readonly id: string;
  readonly tags: readonly Tag[];
  /** Milliseconds since the Unix epoch. */
  readonly enteredAt: number;
  readonly exitsAt: number;
}

/**
 * What there really is, for tests and observers: no lag, no owner, no page, no throttle. Each list is in the order of
 * creation within a region.
 */
export function inspection(plane: Plane) {
  const places = ({ account, region }: Scope) =>
    [...plane.places.values()].filter(
      (place) => (account ?? place.account) === place.account && (region ?? place.region) === place.region,
    );
  const where = ({ account, region }: AccountRegion): Place => ({ account, region });
  return {
    /** Images that are registered, in whatever state. */
    images: (scope: Scope = {}): readonly InspectedImage[] =>
      places(scope).flatMap((place) =>
        place.images.inOrder
          .filter(({ id }) => !place.goneImages.has(id))
          .map(({ current, sharing }) => ({
            ...where(place),
            image: current,
            permissions: sharing?.current ?? [],
          })),
      ),
    /** One image by its id, if it is registered. */
    image: (account: string, region: string, id: string): Image | undefined => {
      const place = plane.in(account, region);
      return place.goneImages.has(id) ? undefined : place.images.get(id)?.current;
    },
    /** One instance by its id, for as long as EC2 lists it. */
    instance: (account: string, region: string, id: string): Instance | undefined =>
      plane.in(account, region).instances.get(id)?.current,
    /** What the status checks of an instance say at this moment; undefined unless it runs. */
    checks: (account: string, region: string, id: string): Verdict['status'] | undefined => {
      const place = plane.in(account, region);
      const entry = place.instances.get(id);
      return entry?.current.State?.Name === 'running'
        ? verdictAt(plane, place, entry, plane.clock.now()).status
        : undefined;
    },
    /** One snapshot by its id, with the ids of the registered images that are made of it, and whether it is locked. */
    snapshot: (
      account: string,
      region: string,
      id: string,
    ): (Pick<InspectedSnapshot, 'snapshot' | 'images' | 'permissions'> & { readonly locked: boolean }) | undefined => {
      const place = plane.in(account, region);
      const entry = place.snapshots.get(id);
      const snapshot = entry && (snapshotAsShown(plane, place, entry) ?? entry.current);
      if (!entry || !snapshot) return undefined;
      const locked = isLocked(entry, plane.clock.now());
      const permissions = entry.sharing?.current ?? [];
      return { snapshot, images: [...(place.snapshotUsers.get(id) ?? [])], permissions, locked };
    },
    snapshots: (scope: Scope = {}): readonly InspectedSnapshot[] =>
      places(scope).flatMap((place) =>
        place.snapshots.inOrder.map((entry) => ({
          ...where(place),
          snapshot: snapshotAsShown(plane, place, entry) ?? entry.current,
          images: [...(place.snapshotUsers.get(entry.id) ?? [])],
          permissions: entry.sharing?.current ?? [],
        })),
      ),
    /** Instances, terminated ones for as long as EC2 lists them. */
    instances: (scope: Scope = {}): readonly InspectedInstance[] =>
      places(scope).flatMap((place) =>
        place.instances.inOrder.map(({ current, reboots }) => ({
          ...where(place),
          instance: current,
          reboots: [...reboots],
        })),
      ),
    /** What the Recycle Bin holds, in the order of entering. */
    recycleBin: (scope: Scope = {}): readonly InspectedInBin[] =>
      places(scope).flatMap((place) =>
        [...place.bin.images.values(), ...place.bin.snapshots.values()]
          .sort((a, b) => a.seq - b.seq)
          .map(({ id, entry, enteredAt, exitsAt }) => ({
            ...where(place),
            id,
            tags: entry.current.Tags ?? [],
            enteredAt,
            exitsAt,
          })),
      ),
    /** Network interfaces, where there is anything in a network. */
    interfaces: (scope: Scope = {}): readonly InspectedInterface[] =>
      places(scope).flatMap((place) =>
        (place.networks?.interfaces.inOrder ?? []).map(({ current }) => ({
          ...where(place),
          networkInterface: current,
        })),
      ),
    volumes: (scope: Scope = {}): readonly InspectedVolume[] =>
      places(scope).flatMap((place) =>
        place.volumes.inOrder.map(({ current }) => ({ ...where(place), volume: current })),
      ),
  };
}
