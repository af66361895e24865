import type {
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  InstanceStatus,
  InstanceStatusSummary,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { tooManyInstanceIds } from '../errors.ts';
import type { AccountRegion, InstanceEntry, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { allHold, asText, compileFilters, filterTable, present } from '../requests/filters.ts';
import { instanceStatusNotModelled } from '../requests/filters-not-modelled.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { type Verdict, verdictAt } from './checks.ts';
import { ownInstances } from './lookup.ts';
import { isOfNitro } from './nitro.ts';

const filters = filterTable<InstanceStatus>(
  {
    'attached-ebs-status.status': (status) => status.AttachedEbsStatus?.Status,
    'availability-zone': (status) => status.AvailabilityZone,
    'instance-state-code': (status) => asText(status.InstanceState?.Code),
    'instance-state-name': (status) => status.InstanceState?.Name,
    'instance-status.reachability': (status) => reachability(status.InstanceStatus),
    'instance-status.status': (status) => status.InstanceStatus?.Status,
    'system-status.reachability': (status) => reachability(status.SystemStatus),
    'system-status.status': (status) => status.SystemStatus?.Status,
  },
  instanceStatusNotModelled,
);

const pageRule: PageRule = {
  operation: 'DescribeInstanceStatus',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'instancesSet',
};

/** API reference, DescribeInstanceStatus, InstanceIds. */
const mostIds = 100;

export function describeInstanceStatusOperations(plane: Plane) {
  return {
    DescribeInstanceStatus: operation<DescribeInstanceStatusCommandInput, Answer<DescribeInstanceStatusCommandOutput>>(
      ['InstanceIds', 'Filters', 'MaxResults', 'NextToken', 'IncludeAllInstances'],
      (input, context) => describeInstanceStatus(plane, input, context),
    ),
  };
}

/** Of running instances, unless all are asked for: also by their ids. */
function describeInstanceStatus(
  plane: Plane,
  input: DescribeInstanceStatusCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { InstanceIds: ids = [], IncludeAllInstances: all = false } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  if (ids.length > mostIds) throw tooManyInstanceIds(behaviour.tooManyInstanceIdsCode, mostIds);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const entries = ids.length > 0 ? ownInstances(place, ids).toSorted((a, b) => a.seq - b.seq) : place.instances.inOrder;
  const accept = (entry: InstanceEntry) => {
    if (!all && entry.current.State?.Name !== 'running') return undefined;
    const status = statusOf(plane, place, entry);
    return allHold(compiled, status) ? status : undefined;
  };
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { InstanceStatuses: items, ...(nextToken && { NextToken: nextToken }) };
}

function statusOf(plane: Plane, place: AccountRegion, entry: InstanceEntry): InstanceStatus {
  const { id, current } = entry;
  const isRunning = current.State?.Name === 'running';
  const verdict = verdictAt(plane, place, entry, plane.clock.now());
  // What fails here is the system inside: the host and the volumes are well once their checks have been made.
  const around: Verdict = verdict.status === 'impaired' ? { status: 'ok' } : verdict;
  const { attachedEbsCheckOfXen } = plane.behaviour(place.region);
  const hasVolumeCheck = isRunning && isOfNitro(current.InstanceType);
  return view<InstanceStatus>({
    InstanceId: id,
    AvailabilityZone: current.Placement?.AvailabilityZone,
    InstanceState: current.State,
    InstanceStatus: isRunning ? summary(verdict) : { Status: 'not-applicable' },
    SystemStatus: isRunning ? summary(around) : { Status: 'not-applicable' },
    ...(hasVolumeCheck && { AttachedEbsStatus: summary(around) }),
    ...(!hasVolumeCheck &&
      attachedEbsCheckOfXen === 'not-applicable' && { AttachedEbsStatus: { Status: 'not-applicable' } }),
    Events: [],
  });
}

const outcomes = { initializing: 'initializing', ok: 'passed', impaired: 'failed' } as const;

function summary(verdict: Verdict): InstanceStatusSummary {
  const since = verdict.status === 'impaired' ? { ImpairedSince: secondsDate(verdict.since) } : {};
  return {
    Status: verdict.status,
    Details: [{ Name: 'reachability', Status: outcomes[verdict.status], ...since }],
  };
}

function reachability(summary: InstanceStatusSummary | undefined): readonly string[] {
  return present((summary?.Details ?? []).map(({ Status }) => Status));
}
