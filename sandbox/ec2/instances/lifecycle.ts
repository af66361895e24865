import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2';
import { failImage } from '../images/lifecycle.ts';
import type { AccountRegion, InstanceEntry, Plane } from '../plane/state.ts';
import { secondsText, view } from '../plane/views.ts';

/** The numbers of the states (API reference, InstanceState); the high byte, which clients mask, is zero. */
const stateCodes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function instanceState(name: InstanceStateName) {
  return view({ Code: stateCodes[name], Name: name });
}

/** Where an instance goes by itself from a state, and after how many milliseconds. */
export function scheduleMove(plane: Plane, place: AccountRegion, entry: InstanceEntry): void {
  const { instanceStartMs, instanceStopMs, instanceTerminateMs } = plane.behaviour(place.region);
  const now = plane.clock.now();
  switch (entry.current.State?.Name) {
    case 'pending':
      plane.later('instance-moved', place, entry.id, now + instanceStartMs);
      break;
    case 'stopping':
      plane.later('instance-moved', place, entry.id, now + instanceStopMs);
      break;
    case 'shutting-down':
      plane.later('instance-moved', place, entry.id, now + instanceTerminateMs);
      break;
  }
}

/** Changes an instance; reads see it at once. */
export function changeInstance(place: AccountRegion, entry: InstanceEntry, change: Instance): void {
  entry.current = view<Instance>({ ...entry.current, ...change });
  place.instances.show(entry);
}

/** Sends an instance on its way into a state, on behalf of its user. */
export function beginMove(plane: Plane, place: AccountRegion, entry: InstanceEntry, to: InstanceStateName): void {
  const stamp = secondsText(plane.clock.now()).replace('T', ' ').replace('.000Z', ' GMT');
  changeInstance(place, entry, {
    State: instanceState(to),
    ...(to !== 'pending' && {
      StateTransitionReason: `User initiated (${stamp})`,
      StateReason: {
        Code: 'Client.UserInitiatedShutdown',
        Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      },
    }),
  });
  scheduleMove(plane, place, entry);
}

export function handleInstanceTransitions(plane: Plane): void {
  plane.timeline.handle('instance-moved', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.instances.get(id);
    if (entry) arrive(plane, place, entry);
  });
  plane.timeline.handle('instance-purged', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.instances.get(id);
    if (entry) place.instances.remove(entry);
  });
}

function arrive(plane: Plane, place: AccountRegion, entry: InstanceEntry): void {
  switch (entry.current.State?.Name) {
    case 'pending':
      changeInstance(place, entry, { State: instanceState('running') });
      break;
    case 'stopping':
      changeInstance(place, entry, { State: instanceState('stopped') });
      break;
    case 'shutting-down':
      terminate(plane, place, entry);
      break;
  }
}

/** Volumes go with the instance or are left unattached, and images of it that are still in the making fail. */
function terminate(plane: Plane, place: AccountRegion, entry: InstanceEntry): void {
  for (const { Ebs } of entry.current.BlockDeviceMappings ?? []) {
    const volume = place.volumes.get(Ebs?.VolumeId ?? '');
    if (!volume) continue;
    if (Ebs?.DeleteOnTermination) {
      place.volumes.remove(volume);
    } else {
      volume.current = view({ ...volume.current, Attachments: [], State: 'available' });
      place.volumes.show(volume);
    }
  }
  changeInstance(place, entry, { State: instanceState('terminated'), BlockDeviceMappings: [] });
  for (const imageId of entry.imagesInProgress) {
    const image = place.images.get(imageId);
    if (image) failImage(plane, place, image, instanceTerminated);
  }
  const { terminatedVisibleMs } = plane.behaviour(place.region);
  plane.later('instance-purged', place, entry.id, plane.clock.now() + terminatedVisibleMs);
}

const instanceTerminated = {
  code: 'Client.InstanceTerminated',
  message: 'Client.InstanceTerminated: The instance was terminated or rebooted during AMI creation',
};
