import type {
  AutoScalingGroup,
  CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
  Filter,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { CallContext } from '../contract.ts';
import { view } from '../ec2/plane/views.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import {
  capacityOutOfBounds,
  filterNotModelled,
  groupInUse,
  groupTaken,
  groupUnknown,
  noPlace,
  oneNewSourceOnly,
  oneSourceOnly,
  sizesContradict,
  tooManyNames,
  updatedGroupUnknown,
} from './errors.ts';
import { heededSource, namedSource } from './launch-source.ts';
import { defaultPage, pageOf } from './paging.ts';
import type { GroupEntry, ScalingPlace, ScalingState } from './state.ts';

const heededGroup = [
  'AutoScalingGroupName',
  ...heededSource,
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'AvailabilityZones',
  'VPCZoneIdentifier',
];

export function groupOperations(state: ScalingState) {
  return {
    CreateAutoScalingGroup: operation<CreateAutoScalingGroupCommandInput, object>(
      [...heededGroup, 'Tags'],
      (input, context) => createGroup(state, input, context),
    ),
    UpdateAutoScalingGroup: operation<UpdateAutoScalingGroupCommandInput, object>(heededGroup, (input, context) =>
      updateGroup(state, input, context),
    ),
    DeleteAutoScalingGroup: operation<DeleteAutoScalingGroupCommandInput, object>(
      ['AutoScalingGroupName', 'ForceDelete'],
      ({ AutoScalingGroupName: name, ForceDelete: force }, { account, region }) => {
        const place = state.in(account, region);
        const { group } = knownGroup(place, name);
        // No instances are launched, so the capacity that is wanted stands for those that would be in the group.
        if (!force && (group.DesiredCapacity ?? 0) > 0) throw groupInUse();
        place.groups.delete(group.AutoScalingGroupName ?? '');
        return {};
      },
    ),
    DescribeAutoScalingGroups: operation<
      DescribeAutoScalingGroupsCommandInput,
      Answer<DescribeAutoScalingGroupsCommandOutput>
    >(['AutoScalingGroupNames', 'Filters', 'MaxRecords', 'NextToken'], (input, context) =>
      describeGroups(state, input, context),
    ),
  };
}

function createGroup(
  state: ScalingState,
  input: CreateAutoScalingGroupCommandInput,
  { account, region }: CallContext,
): object {
  const { AutoScalingGroupName: name = '', MinSize: least = 0, MaxSize: most = 0, Tags: tags = [] } = input;
  const place = state.in(account, region);
  if (place.groups.has(name)) throw groupTaken(name);
  const source = namedSource(state, place, input, oneSourceOnly);
  if (!source) throw oneSourceOnly();
  if (!input.VPCZoneIdentifier && !input.AvailabilityZones?.length) throw noPlace();
  const seq = state.nextSeq();
  const group = view({
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${state.uuid(seq)}:autoScalingGroupName/${name}`,
    ...source,
    ...checkedSizes(least, most, input.DesiredCapacity ?? least),
    DefaultCooldown: 300,
    AvailabilityZones: input.AvailabilityZones ?? [`${region}a`],
    VPCZoneIdentifier: input.VPCZoneIdentifier ?? '',
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    Instances: [],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    SuspendedProcesses: [],
    EnabledMetrics: [],
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    Tags: tags.map(({ Key, Value = '', PropagateAtLaunch = true }) => ({
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      Key,
      Value,
      PropagateAtLaunch,
    })),
  });
  place.groups.set(name, { seq, createdAt: state.clock.now(), group });
  return {};
}

function updateGroup(
  state: ScalingState,
  input: UpdateAutoScalingGroupCommandInput,
  { account, region }: CallContext,
): object {
  const place = state.in(account, region);
  const entry = place.groups.get(input.AutoScalingGroupName ?? '');
  if (!entry) throw updatedGroupUnknown();
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy, ...rest } = entry.group;
  const source = namedSource(state, place, input, oneNewSourceOnly) ?? {
    LaunchConfigurationName,
    LaunchTemplate,
    MixedInstancesPolicy,
  };
  const least = input.MinSize ?? rest.MinSize ?? 0;
  const most = input.MaxSize ?? rest.MaxSize ?? 0;
  // New bounds move the capacity that is wanted along, unless the call says what it is to be.
  const desired = input.DesiredCapacity ?? Math.min(most, Math.max(least, rest.DesiredCapacity ?? 0));
  const group = view({
    ...rest,
    ...source,
    ...checkedSizes(least, most, desired),
    AvailabilityZones: input.AvailabilityZones ?? rest.AvailabilityZones,
    VPCZoneIdentifier: input.VPCZoneIdentifier ?? rest.VPCZoneIdentifier,
  });
  place.groups.set(group.AutoScalingGroupName ?? '', { ...entry, group });
  return {};
}

function checkedSizes(least: number, most: number, desired: number) {
  if (most < least) throw sizesContradict(least, most);
  if (desired < least || desired > most) throw capacityOutOfBounds(desired, least, most);
  return { MinSize: least, MaxSize: most, DesiredCapacity: desired };
}

function knownGroup({ groups }: ScalingPlace, name = ''): GroupEntry {
  const entry = groups.get(name);
  if (!entry) throw groupUnknown(name);
  return entry;
}

function describeGroups(
  state: ScalingState,
  input: DescribeAutoScalingGroupsCommandInput,
  { account, region }: CallContext,
) {
  const { AutoScalingGroupNames: names = [], Filters: filters = [], MaxRecords: most = defaultPage } = input;
  if (names.length > most) throw tooManyNames(most);
  const tests = filters.map(filterTest);
  const entries = [...state.in(account, region).groups.values()].filter(
    ({ group }) =>
      (names.length === 0 || names.includes(group.AutoScalingGroupName ?? '')) && tests.every((test) => test(group)),
  );
  const { items, nextToken } = pageOf(state, 'DescribeAutoScalingGroups', region, input, entries, shown);
  return { AutoScalingGroups: items, ...(nextToken && { NextToken: nextToken }) };
}

/** API reference, Filter: the values of one are alternatives, and all filters must hold. */
function filterTest({ Name: name = '', Values: values = [] }: Filter): (group: GroupEntry['group']) => boolean {
  const has = (text: string | undefined) => text !== undefined && values.includes(text);
  if (name === 'tag-key') return ({ Tags = [] }) => Tags.some(({ Key }) => has(Key));
  if (name === 'tag-value') return ({ Tags = [] }) => Tags.some(({ Value }) => has(Value));
  if (!name.startsWith('tag:')) throw filterNotModelled(name);
  const key = name.slice('tag:'.length);
  return ({ Tags = [] }) => Tags.some(({ Key, Value }) => Key === key && has(Value));
}

function shown({ group, createdAt }: GroupEntry): AutoScalingGroup {
  return { ...group, CreatedTime: new Date(createdAt) };
}
