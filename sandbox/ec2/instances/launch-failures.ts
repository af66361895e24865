import type { BlockDeviceMapping } from '@aws-sdk/client-ec2';
import { snapshotOfImage } from '../images/shared.ts';
import type { Zone } from '../networks/zones.ts';
import type { AccountRegion, ImageEntry, Plane, PlannedFailure } from '../plane/state.ts';
import { isShort } from './capacity.ts';
import { canUse, volumeKey } from './volume-keys.ts';

interface LaunchParts {
  readonly image: ImageEntry;
  readonly type: string;
  readonly zone: Zone;
  readonly devices: readonly BlockDeviceMapping[];
}

/**
 * Why the instances of a launch will come to nothing although the call is answered with them (Guide, Instance
 * terminates immediately; API reference, StateReason).
 */
export function launchFailure(
  plane: Plane,
  place: AccountRegion,
  { image, type, zone, devices }: LaunchParts,
): PlannedFailure | undefined {
  if (isShort(plane.behaviour(place.region), 'pending', zone, type)) return noRoom;
  for (const { Ebs: ebs = {} } of devices) {
    const source = ebs.SnapshotId ? snapshotOfImage(plane, place.region, image, ebs.SnapshotId) : undefined;
    if (ebs.SnapshotId && !source && image.origin !== 'public') return noSnapshot;
    const key = volumeKey(plane, place, image, ebs);
    const arn = source?.current.KmsKeyId;
    const canRead = arn === undefined || canUse(plane, place, { region: place.region, arn });
    if (!canRead || (key && !canUse(plane, place, key))) return noKey;
  }
  return undefined;
}

const noRoom: PlannedFailure = {
  code: 'Server.InsufficientInstanceCapacity',
  message:
    'Server.InsufficientInstanceCapacity: There was insufficient capacity available to satisfy the launch request',
};

const noSnapshot: PlannedFailure = {
  code: 'Client.InvalidSnapshot.NotFound',
  message: 'Client.InvalidSnapshot.NotFound: The specified snapshot was not found',
};

const noKey: PlannedFailure = {
  code: 'Client.InternalError',
  message: 'Client.InternalError: Client error on launch',
};
