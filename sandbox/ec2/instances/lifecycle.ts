import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2';
import { INSTANCE_STATE_CHANGE } from '../../contract.ts';
import { failImage } from '../images/lifecycle.ts';
import type { AccountRegion, InstanceEntry, InstanceStart, Plane } from '../plane/state.ts';
import { secondsText, view } from '../plane/views.ts';
import { closeToPublic, leaveInterfaces, openToPublic } from './interfaces.ts';
import { fits } from './rules.ts';

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

/**
 * The event "EC2 Instance State-change Notification" (EC2 User Guide, Monitor state changes of your instances). It has
 * the id and the state, and nothing else of the instance.
 */
export function tellInstanceState(plane: Plane, { account, region }: AccountRegion, entry: InstanceEntry): void {
  plane.emit({
    'detail-type': INSTANCE_STATE_CHANGE,
    source: 'aws.ec2',
    account,
    region,
    time: secondsText(plane.clock.now()).replace('.000Z', 'Z'),
    resources: [`arn:aws:ec2:${region}:${account}:instance/${entry.id}`],
    detail: { 'instance-id': entry.id, state: entry.current.State?.Name },
    bus: 'default',
  });
}

/** Where an instance goes by itself from a state, and after how many milliseconds. */
export function scheduleMove(plane: Plane, place: AccountRegion, entry: InstanceEntry): void {
  const { instanceStartMs, instanceFailMs, instanceStopMs, instanceTerminateMs } = plane.behaviour(place.region);
  const now = plane.clock.now();
  switch (entry.current.State?.Name) {
    case 'pending':
      entry.start = { askedAt: now };
      plane.later('instance-moved', place, entry.id, now + (entry.failure ? instanceFailMs : instanceStartMs));
      break;
    case 'stopping':
      plane.later('instance-moved', place, entry.id, now + instanceStopMs);
      break;
    case 'shutting-down':
      plane.later('instance-moved', place, entry.id, now + instanceTerminateMs);
      break;
  }
}

/** Its newest start; where none was kept, it is taken to have run since it was launched. */
export function startOf({ start, current }: InstanceEntry): InstanceStart {
  const launchedAt = current.LaunchTime?.getTime() ?? 0;
  return start ?? { askedAt: launchedAt, runningAt: launchedAt };
}

/** Changes an instance; reads see it at once. */
export function changeInstance(place: AccountRegion, entry: InstanceEntry, change: Instance): void {
  entry.current = view<Instance>({ ...entry.current, ...change });
  place.instances.show(entry);
}

/** What an instance says while it comes up, at first and again after each start (as recorded from RunInstances). */
export const comingUp = {
  StateReason: { Code: 'pending', Message: 'pending' },
  StateTransitionReason: '',
} satisfies Partial<Instance>;

/** Sends an instance on its way into a state, on behalf of its user unless it has reasons of its own. */
export function beginMove(
  plane: Plane,
  place: AccountRegion,
  entry: InstanceEntry,
  to: InstanceStateName,
  reasons: Partial<Instance> = byUser(plane),
): void {
  if (entry.current.State?.Name === 'running') entry.start = { ...startOf(entry), endedAt: plane.clock.now() };
  changeInstance(place, entry, { State: instanceState(to), ...(to === 'pending' ? comingUp : reasons) });
  tellInstanceState(plane, place, entry);
  scheduleMove(plane, place, entry);
}

function byUser({ clock }: Plane): Partial<Instance> {
  const stamp = secondsText(clock.now()).replace('T', ' ').replace('.000Z', ' GMT');
  return {
    StateTransitionReason: `User initiated (${stamp})`,
    StateReason: {
      Code: 'Client.UserInitiatedShutdown',
      Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  };
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
      if (entry.failure) {
        terminate(plane, place, entry);
        break;
      }
      changeInstance(place, entry, {
        State: instanceState('running'),
        StateReason: undefined,
        ...openToPublic(plane, place, entry),
      });
      beginToRun(plane, entry);
      plane.later('instance-up', place, entry.id, plane.clock.now() + plane.behaviour(place.region).statusCheckMs);
      tellInstanceState(plane, place, entry);
      break;
    case 'stopping':
      changeInstance(place, entry, { State: instanceState('stopped'), ...closeToPublic(place, entry) });
      tellInstanceState(plane, place, entry);
      break;
    case 'shutting-down':
      terminate(plane, place, entry);
      break;
  }
}

/** From now on its system comes up: after a start, or once it has been rebooted with another root volume. */
export function beginToRun(plane: Plane, entry: InstanceEntry): void {
  const now = plane.clock.now();
  entry.start = { askedAt: entry.start?.askedAt ?? now, runningAt: now, devices: devicesOf(entry) };
}

/** The devices that an instance has a volume on. */
export function devicesOf({ current }: InstanceEntry): readonly string[] {
  return (current.BlockDeviceMappings ?? []).flatMap(({ DeviceName }) => DeviceName ?? []);
}

/**
 * Volumes and interfaces go with the instance or are left unattached, and images of it that are still in the making
 * fail. A launch that came to nothing leaves nothing, unless a rule says so.
 */
function terminate(plane: Plane, place: AccountRegion, entry: InstanceEntry): void {
  const { leftBehindRules, terminatedVisibleMs, terminatedInstanceNetwork } = plane.behaviour(place.region);
  const goesWithIt = (what: 'volumes' | 'interfaces', deleteOnTermination = false) =>
    (deleteOnTermination || entry.failure !== undefined) &&
    !leftBehindRules.some((rule) => rule.leaves === what && fits(rule, place.region, entry));
  for (const { Ebs } of entry.current.BlockDeviceMappings ?? []) {
    const volume = place.volumes.get(Ebs?.VolumeId ?? '');
    if (!volume) continue;
    if (goesWithIt('volumes', Ebs?.DeleteOnTermination)) {
      place.volumes.remove(volume);
    } else {
      volume.current = view({ ...volume.current, Attachments: [], State: 'available' });
      place.volumes.show(volume);
    }
  }
  leaveInterfaces(place, entry, (attachment) => goesWithIt('interfaces', attachment?.DeleteOnTermination));
  changeInstance(place, entry, {
    State: instanceState('terminated'),
    BlockDeviceMappings: [],
    NetworkInterfaces: [],
    PublicIpAddress: undefined,
    PublicDnsName: '',
    ...(terminatedInstanceNetwork === 'emptied' && noNetwork),
    ...(entry.failure && {
      StateReason: { Code: entry.failure.code, Message: entry.failure.message },
      StateTransitionReason: entry.failure.code,
    }),
  });
  tellInstanceState(plane, place, entry);
  for (const imageId of entry.imagesInProgress) {
    const image = place.images.get(imageId);
    if (image) failImage(plane, place, image, instanceTerminated);
  }
  plane.later('instance-purged', place, entry.id, plane.clock.now() + terminatedVisibleMs);
}

/** What a terminated instance no longer tells. */
const noNetwork: Partial<Instance> = {
  SubnetId: undefined,
  VpcId: undefined,
  PrivateIpAddress: undefined,
  PrivateDnsName: '',
  SecurityGroups: [],
};

const instanceTerminated = {
  code: 'Client.InstanceTerminated',
  message: 'Client.InstanceTerminated: The instance was terminated or rebooted during AMI creation',
};
