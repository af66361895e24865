import type {
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput,
  ParameterMetadata,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import type { CallContext } from '../contract.ts';
import { view } from '../ec2/plane/views.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import {
  filterKeyTwice,
  filterKeyUnknown,
  filterLabelInvalid,
  filterOptionInvalid,
  filterValuesMissing,
  notModelled,
} from './errors.ts';
import { pageOf } from './paging.ts';
import {
  currentVersion,
  type ParameterEntry,
  type ParameterPlace,
  type ParameterState,
  parameterArn,
} from './state.ts';

export function describeParametersOperations(state: ParameterState) {
  return {
    DescribeParameters: operation<DescribeParametersCommandInput, Answer<DescribeParametersCommandOutput>>(
      ['ParameterFilters.Key', 'ParameterFilters.Option', 'ParameterFilters.Values', 'MaxResults', 'NextToken'],
      (input, context) => describeParameters(state, input, context),
    ),
  };
}

function describeParameters(state: ParameterState, input: DescribeParametersCommandInput, context: CallContext) {
  const place = state.in(context.account, context.region);
  const tests = filterTests(input.ParameterFilters ?? []);
  const entries = [...place.parameters.values()].filter((entry) => tests.every((test) => test(entry)));
  const { items, nextToken } = pageOf(state, 'DescribeParameters', context.region, input, entries, (entry) =>
    shown(place, entry),
  );
  return { Parameters: items, ...(nextToken && { NextToken: nextToken }) };
}

const fields: ReadonlyMap<string, (entry: ParameterEntry) => string> = new Map([
  ['Name', ({ name }: ParameterEntry) => name],
  ['Type', ({ type }: ParameterEntry) => type],
  ['DataType', ({ dataType }: ParameterEntry) => dataType],
]);
const keysNotModelled = /^(?:KeyId|Path|Tier|tag:.+)$/;

/** The pattern of keys comes first, as all that the API model says; then what this operation makes of them. */
function filterTests(filters: readonly ParameterStringFilter[]): readonly ((entry: ParameterEntry) => boolean)[] {
  const keys = filters.map(({ Key: key = '' }) => key);
  for (const [index, key] of keys.entries()) {
    if (key !== 'Label' && !fields.has(key) && !keysNotModelled.test(key)) throw filterKeyUnknown(key, index + 1);
  }
  if (keys.includes('Label')) throw filterLabelInvalid();
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  if (twice !== undefined) throw filterKeyTwice(twice);
  return filters.map(filterTest);
}

/** API reference, ParameterStringFilter: the values of one are alternatives, and all filters must hold. */
function filterTest(filter: ParameterStringFilter): (entry: ParameterEntry) => boolean {
  const { Key: key = '', Option: option = 'Equals', Values: values = [] } = filter;
  const field = fields.get(key);
  if (!field) throw notModelled(`the filter '${key}'`);
  if (values.length === 0) throw filterValuesMissing(key);
  const matches = comparison(key, option);
  return (entry) => values.some((value) => matches(field(entry), value));
}

function comparison(key: string, option: string): (text: string, value: string) => boolean {
  if (option === 'Equals') return (text, value) => text === value;
  if (option === 'BeginsWith') return (text, value) => text.startsWith(value);
  if (option === 'Contains' && key === 'Name') return (text, value) => text.includes(value);
  throw filterOptionInvalid(option);
}

function shown(place: ParameterPlace, entry: ParameterEntry): ParameterMetadata {
  const { version, description, writtenAt } = currentVersion(entry);
  return view({
    Name: entry.name,
    ARN: parameterArn(place, entry.name),
    Type: entry.type,
    LastModifiedDate: new Date(writtenAt),
    LastModifiedUser: `arn:aws:iam::${place.account}:user/sandbox`,
    Description: description,
    Version: version,
    Tier: 'Standard',
    Policies: [],
    DataType: entry.dataType,
  });
}
