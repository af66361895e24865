import type {
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  Instance,
  Reservation,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import type { InstanceEntry, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, asText, compileFilters, present, taggedFilterTable } from '../requests/filters.ts';
import { instancesNotModelled } from '../requests/filters-not-modelled.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, narrow, type PageRule, readCursor } from '../requests/paging.ts';
import { ownInstances } from './lookup.ts';

const filters = taggedFilterTable<Instance>(
  {
    architecture: (instance) => instance.Architecture,
    'availability-zone': (instance) => instance.Placement?.AvailabilityZone,
    'availability-zone-id': (instance) => instance.Placement?.AvailabilityZoneId,
    'block-device-mapping.attach-time': (instance) => ofDevices(instance, (ebs) => ebs.AttachTime?.toISOString()),
    'block-device-mapping.delete-on-termination': (instance) =>
      ofDevices(instance, (ebs) => asText(ebs.DeleteOnTermination)),
    'block-device-mapping.device-name': (instance) =>
      present((instance.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName)),
    'block-device-mapping.status': (instance) => ofDevices(instance, (ebs) => ebs.Status),
    'block-device-mapping.volume-id': (instance) => ofDevices(instance, (ebs) => ebs.VolumeId),
    'client-token': (instance) => instance.ClientToken,
    'image-id': (instance) => instance.ImageId,
    'instance-id': (instance) => instance.InstanceId,
    'instance.group-id': (instance) => present((instance.SecurityGroups ?? []).map(({ GroupId }) => GroupId)),
    'instance.group-name': (instance) => present((instance.SecurityGroups ?? []).map(({ GroupName }) => GroupName)),
    'instance-state-code': (instance) => asText(instance.State?.Code),
    'instance-state-name': (instance) => instance.State?.Name,
    'instance-type': (instance) => instance.InstanceType,
    'iam-instance-profile.arn': (instance) => instance.IamInstanceProfile?.Arn,
    'ip-address': (instance) => instance.PublicIpAddress,
    'key-name': (instance) => instance.KeyName,
    'launch-time': (instance) => instance.LaunchTime?.toISOString(),
    'network-interface.network-interface-id': (instance) =>
      present((instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId }) => NetworkInterfaceId)),
    platform: (instance) => instance.Platform,
    'private-ip-address': (instance) => instance.PrivateIpAddress,
    'root-device-name': (instance) => instance.RootDeviceName,
    'root-device-type': (instance) => instance.RootDeviceType,
    'state-reason-code': (instance) => instance.StateReason?.Code,
    'subnet-id': (instance) => instance.SubnetId,
    'vpc-id': (instance) => instance.VpcId,
  },
  instancesNotModelled,
);

/** By the API reference a page holds 5 to 1000; a greater number was seen to be taken. */
const pageRule: PageRule = {
  operation: 'DescribeInstances',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'instancesSet',
};

export function describeInstancesOperations(plane: Plane) {
  return {
    DescribeInstances: operation<DescribeInstancesCommandInput, Answer<DescribeInstancesCommandOutput>>(
      ['InstanceIds', 'Filters', 'MaxResults', 'NextToken'],
      (input, context) => describeInstances(plane, input, context),
    ),
  };
}

function describeInstances(plane: Plane, input: DescribeInstancesCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { InstanceIds: ids = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const byId = [...ownInstances(place, ids)].sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    ids.length > 0 ? { entries: byId, filters: compiled } : narrow(place.instances, compiled);
  const accept = (entry: InstanceEntry) => (entry.shown && allHold(rest, entry.shown) ? entry : undefined);
  const unitOf = behaviour.instancePageUnit === 'reservations' ? reservationOf : undefined;
  const { items, nextToken } = fillPage([entries], cursor, accept, unitOf);
  return { Reservations: reservations(items, account), ...(nextToken && { NextToken: nextToken }) };
}

function reservationOf({ reservationId }: InstanceEntry): string {
  return reservationId;
}

/**
 * The instances under the launches that they came from. A launch whose instances are unchanged is the same object
 * in every answer, as the instances are.
 */
function reservations(entries: readonly InstanceEntry[], account: string): Reservation[] {
  const byLaunch = new Map<string, Instance[]>();
  for (const { reservationId, current } of entries) {
    const instances = byLaunch.get(reservationId);
    if (instances) instances.push(current);
    else byLaunch.set(reservationId, [current]);
  }
  return [...byLaunch].map(([id, instances]) => {
    const [first] = instances;
    const known = first && reservationOfFirst.get(first);
    if (known?.Instances?.length === instances.length && instances.every((one, at) => one === known.Instances?.[at])) {
      return known;
    }
    const reservation = view<Reservation>({ ReservationId: id, OwnerId: account, Groups: [], Instances: instances });
    if (first) reservationOfFirst.set(first, reservation);
    return reservation;
  });
}

/** The last reservation that was answered with an instance in the first place. */
const reservationOfFirst = new WeakMap<Instance, Reservation>();

type Ebs = NonNullable<NonNullable<Instance['BlockDeviceMappings']>[number]['Ebs']>;

function ofDevices(instance: Instance, value: (ebs: Ebs) => string | undefined): readonly string[] {
  return present((instance.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs && value(Ebs)));
}
