import type {
  DescribeInstanceInformationCommandInput,
  DescribeInstanceInformationCommandOutput,
  InstanceInformation,
  InstanceInformationStringFilter,
} from '@aws-sdk/client-ssm';
import type { CallContext } from '../../contract.ts';
import { view } from '../../ec2/plane/views.ts';
import { type Answer, operation } from '../../ec2/requests/operation.ts';
import { nodeFiltersMixed, nodeFilterUnknown, nodeFilterValueInvalid, nodesUnknown, notModelled } from '../errors.ts';
import { ofNodes, pageOf } from '../paging.ts';
import { type Node, nodeOf } from './node.ts';
import type { CommandState } from './state.ts';

export function nodeOperations(state: CommandState) {
  return {
    DescribeInstanceInformation: operation<
      DescribeInstanceInformationCommandInput,
      Answer<DescribeInstanceInformationCommandOutput>
    >(['Filters.Key', 'Filters.Values', 'MaxResults', 'NextToken'], (input, context) =>
      describeNodes(state, input, context),
    ),
  };
}

function describeNodes(
  state: CommandState,
  { Filters: filters = [], ...page }: DescribeInstanceInformationCommandInput,
  { account, region }: CallContext,
) {
  const machines = state.machines(account, region);
  checkFilters(state, region, filters);
  refuseUnknown(
    machines.map(({ id }) => id),
    filters,
  );
  const nodes = machines.flatMap((machine) => nodeOf(state, region, machine) ?? []);
  const entries = nodes
    .filter((node) => filters.every((filter) => holds(filter, node)))
    .map((node) => ({ seq: node.machine.seq, node }));
  const { items, nextToken } = pageOf(
    state,
    'DescribeInstanceInformation',
    region,
    page,
    entries,
    ({ node }) => shown(node),
    ofNodes,
  );
  return { InstanceInformationList: items, ...(nextToken && { NextToken: nextToken }) };
}

const fields: ReadonlyMap<string, (node: Node) => readonly string[]> = new Map([
  ['InstanceIds', ({ machine }: Node) => [machine.id]],
  ['PingStatus', ({ ping }: Node) => [ping]],
  ['PlatformTypes', () => [platform]],
  ['ResourceType', () => [resourceType]],
]);

/** Systems Manager API reference, InstanceInformationStringFilter. */
const keysNotModelled: ReadonlySet<string> = new Set([
  'ActivationIds',
  'AgentVersion',
  'AssociationStatus',
  'IamRole',
  'SourceIds',
  'SourceTypes',
]);

function isByTag(key: string): boolean {
  return key === 'tag-key' || key.startsWith('tag:');
}

/** @throws InvalidFilterKey, InvalidInstanceInformationFilterValue, and the behaviour's code for tags beside others. */
function checkFilters(state: CommandState, region: string, filters: readonly InstanceInformationStringFilter[]): void {
  const keys = filters.map(({ Key: key = '' }) => key);
  for (const { Key: key = '', Values: values = [] } of filters) {
    if (keysNotModelled.has(key)) throw notModelled(`the filter '${key}'`);
    if (!isByTag(key) && !fields.has(key)) throw nodeFilterUnknown(key);
    if (values.length === 0) throw nodeFilterValueInvalid(key);
  }
  if (keys.some(isByTag) && !keys.every(isByTag)) throw nodeFiltersMixed(state.behaviour(region).mixedNodeFiltersCode);
}

/** @throws InvalidInstanceId for an instance that the account does not have; one that is no node is left out. */
function refuseUnknown(known: readonly string[], filters: readonly InstanceInformationStringFilter[]): void {
  const asked = filters.flatMap(({ Key, Values = [] }) => (Key === 'InstanceIds' ? Values : []));
  const unknown = asked.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw nodesUnknown(unknown);
}

function holds({ Key: key = '', Values: values = [] }: InstanceInformationStringFilter, node: Node): boolean {
  const { Tags: tags = [] } = node.machine.instance;
  if (key === 'tag-key') return tags.some(({ Key = '' }) => values.includes(Key));
  if (isByTag(key)) {
    return tags.some(({ Key, Value = '' }) => `tag:${Key}` === key && values.includes(Value));
  }
  return (
    fields
      .get(key)?.(node)
      .some((value) => values.includes(value)) ?? false
  );
}

const platform = 'Linux';
const resourceType = 'EC2Instance';

function shown({ machine, ping, registeredAt, pingedAt }: Node): InstanceInformation {
  return view<InstanceInformation>({
    InstanceId: machine.id,
    PingStatus: ping,
    LastPingDateTime: new Date(pingedAt),
    RegistrationDate: new Date(registeredAt),
    AgentVersion: '3.3.3050.0',
    IsLatestVersion: true,
    PlatformType: platform,
    ResourceType: resourceType,
  });
}
