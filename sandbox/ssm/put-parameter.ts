import type { PutParameterCommandInput, PutParameterCommandOutput } from '@aws-sdk/client-ssm';
import type { CallContext } from '../contract.ts';
import { isId } from '../ec2/plane/ids.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import {
  hierarchyTooDeep,
  invalid,
  notModelled,
  notWithin,
  oldestVersionLabelled,
  parameterTaken,
  typeFixed,
} from './errors.ts';
import { checkedName } from './lookup.ts';
import {
  currentVersion,
  type DataType,
  type ParameterEntry,
  type ParameterKind,
  type ParameterState,
  type ParameterVersion,
} from './state.ts';

/** Systems Manager User Guide: characters of a standard parameter's value, levels of a name, versions that are kept. */
const mostCharacters = 4_096;
const mostLevels = 15;
const mostVersions = 100;

export function putParameterOperations(state: ParameterState) {
  return {
    PutParameter: operation<PutParameterCommandInput, Answer<PutParameterCommandOutput>>(
      ['Name', 'Description', 'Value', 'Type', 'Overwrite', 'DataType'],
      (input, context) => ({ Version: putParameter(state, input, context), Tier: 'Standard' }),
    ),
  };
}

/** @returns the number of the new version. */
function putParameter(state: ParameterState, input: PutParameterCommandInput, context: CallContext): number {
  const { parameters } = state.in(context.account, context.region);
  const name = checkedNewName(input.Name ?? '');
  const before = parameters.get(name);
  if (before && !input.Overwrite) throw parameterTaken();
  const entry = before ? checkedChange(before, input) : newEntry(state, name, input);
  const value = checkedValue(entry, input.Value ?? '');
  const newest = before && currentVersion(before);
  const description = input.Description ?? newest?.description;
  const version: ParameterVersion = {
    version: (newest?.version ?? 0) + 1,
    value,
    ...(description !== undefined && { description }),
    writtenAt: state.clock.now(),
    labels: [],
  };
  entry.versions = [...keptVersions(entry), version];
  parameters.set(name, entry);
  return version.version;
}

function checkedNewName(text: string): string {
  const name = checkedName(text);
  if (/^\/?(?:aws|ssm)/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.endsWith('/')) throw invalid('Parameter name must not end with slash.');
  const levels = name.replace(/^\//, '').split('/').length;
  if (levels > 1 && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  if (levels > mostLevels) throw hierarchyTooDeep(mostLevels);
  return name;
}

function newEntry(state: ParameterState, name: string, input: PutParameterCommandInput): ParameterEntry {
  const { Type: type, DataType: dataType } = input;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  return { name, seq: state.nextSeq(), type: modelledType(type), dataType: modelledDataType(dataType), versions: [] };
}

/** Type and data type are those that a parameter was created with, whether they are said again or not. */
function checkedChange(entry: ParameterEntry, { Type: type, DataType: dataType }: PutParameterCommandInput) {
  if (type !== undefined && modelledType(type) !== entry.type) throw typeFixed(entry.name, entry.type);
  if (dataType !== undefined && modelledDataType(dataType) !== entry.dataType) {
    throw invalid(`The data type of the parameter ${entry.name} is ${entry.dataType}, which can't be changed.`);
  }
  return entry;
}

function modelledType(type: string): ParameterKind {
  if (type === 'String' || type === 'StringList') return type;
  if (type === 'SecureString') throw notModelled('parameters of the type SecureString');
  throw notWithin(type, 'type', 'a value of enum value set: [SecureString, StringList, String]');
}

function modelledDataType(dataType = 'text'): DataType {
  if (dataType === 'text' || dataType === 'aws:ec2:image') return dataType;
  throw notModelled(`parameters of the data type ${dataType}`);
}

/** Parameter Store checks later that the image exists, which is not modelled; what is no image id is refused at once. */
function checkedValue({ type, dataType }: ParameterEntry, value: string): string {
  if (value === '') throw notWithin(value, 'value', 'length greater than or equal to 1');
  if (value.length > mostCharacters) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${mostCharacters} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
  if (dataType === 'aws:ec2:image' && (type !== 'String' || !isId('ami', value))) {
    throw invalid('A parameter of the data type aws:ec2:image is a String whose value is the ID of an AMI, ami-...');
  }
  return value;
}

/** Room is made for one more by the oldest, unless somebody put a label on it. */
function keptVersions({ name, versions }: ParameterEntry): readonly ParameterVersion[] {
  const [oldest, ...rest] = versions;
  if (!oldest || versions.length < mostVersions) return versions;
  if (oldest.labels.length > 0) throw oldestVersionLabelled(name, oldest.version);
  return rest;
}
