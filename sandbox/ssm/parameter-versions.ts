import type {
  GetParameterHistoryCommandInput,
  GetParameterHistoryCommandOutput,
  LabelParameterVersionCommandInput,
  LabelParameterVersionCommandOutput,
  ParameterHistory,
} from '@aws-sdk/client-ssm';
import { view } from '../ec2/plane/views.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import { notWithin, tooManyLabels, versionUnknown } from './errors.ts';
import { knownParameter } from './lookup.ts';
import { pageOf } from './paging.ts';
import {
  currentVersion,
  type ParameterEntry,
  type ParameterPlace,
  type ParameterState,
  type ParameterVersion,
} from './state.ts';

/** Systems Manager User Guide, Working with parameter labels. */
const mostLabels = 10;
const labelForm = /^(?!\d|aws|ssm)[a-zA-Z0-9_.-]{1,100}$/i;

export function parameterVersionOperations(state: ParameterState) {
  return {
    GetParameterHistory: operation<GetParameterHistoryCommandInput, Answer<GetParameterHistoryCommandOutput>>(
      ['Name', 'WithDecryption', 'MaxResults', 'NextToken'],
      (input, { account, region }) => {
        const place = state.in(account, region);
        const entry = knownParameter(place, input.Name ?? '');
        const placed = entry.versions.map((version) => ({ seq: version.version, version }));
        const { items, nextToken } = pageOf(state, 'GetParameterHistory', region, input, placed, ({ version }) =>
          shown(place, entry, version),
        );
        return { Parameters: items, ...(nextToken && { NextToken: nextToken }) };
      },
    ),
    LabelParameterVersion: operation<LabelParameterVersionCommandInput, Answer<LabelParameterVersionCommandOutput>>(
      ['Name', 'ParameterVersion', 'Labels'],
      ({ Name: name = '', ParameterVersion: named, Labels: labels = [] }, { account, region }) => {
        const entry = knownParameter(state.in(account, region), name);
        const number = named ?? currentVersion(entry).version;
        if (labels.length === 0 || labels.length > mostLabels) {
          throw notWithin(labels, 'labels', `length from 1 to ${mostLabels}`);
        }
        label(entry, number, new Set(labels.filter((text) => labelForm.test(text))));
        return { InvalidLabels: labels.filter((text) => !labelForm.test(text)), ParameterVersion: number };
      },
    ),
  };
}

/** A label that another version has moves over. */
function label(entry: ParameterEntry, number: number, labels: ReadonlySet<string>): void {
  const chosen = entry.versions.find(({ version }) => version === number);
  if (!chosen) throw versionUnknown(entry.name, String(number));
  const all = [...new Set([...chosen.labels, ...labels])];
  if (all.length > mostLabels) throw tooManyLabels(mostLabels);
  entry.versions = entry.versions.map((version) =>
    version === chosen
      ? { ...version, labels: all }
      : { ...version, labels: version.labels.filter((text) => !labels.has(text)) },
  );
}

function shown(
  { account }: ParameterPlace,
  { name, type, dataType }: ParameterEntry,
  { version, value, description, writtenAt, labels }: ParameterVersion,
): ParameterHistory {
  return view({
    Name: name,
    Type: type,
    LastModifiedDate: new Date(writtenAt),
    LastModifiedUser: `arn:aws:iam::${account}:user/sandbox`,
    Description: description,
    Value: value,
    Version: version,
    Labels: [...labels],
    Tier: 'Standard',
    Policies: [],
    DataType: dataType,
  });
}
