import type {
  DeleteParameterCommandInput,
  DeleteParametersCommandInput,
  DeleteParametersCommandOutput,
  GetParameterCommandInput,
  GetParameterCommandOutput,
  GetParametersCommandInput,
  GetParametersCommandOutput,
  Parameter,
} from '@aws-sdk/client-ssm';
import { view } from '../ec2/plane/views.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import { notWithin } from './errors.ts';
import { checkedName, checkReference, type FoundVersion, findVersion, knownParameter, knownVersion } from './lookup.ts';
import { type ParameterPlace, type ParameterState, parameterArn } from './state.ts';

/** API reference, GetParameters and DeleteParameters. */
const mostNames = 10;

export function parameterOperations(state: ParameterState) {
  return {
    GetParameter: operation<GetParameterCommandInput, Answer<GetParameterCommandOutput>>(
      ['Name', 'WithDecryption'],
      ({ Name: name = '' }, { account, region }) => {
        const place = state.in(account, region);
        return { Parameter: shown(place, knownVersion(place, name)) };
      },
    ),
    GetParameters: operation<GetParametersCommandInput, Answer<GetParametersCommandOutput>>(
      ['Names', 'WithDecryption'],
      ({ Names: names = [] }, { account, region }) => {
        const place = state.in(account, region);
        for (const name of names) checkReference(name);
        const asked = checkedNames(names).map((name) => ({ name, found: findVersion(place, name) }));
        return {
          Parameters: asked
            .flatMap(({ found }) => (found ? [shown(place, found)] : []))
            .sort((one, other) => ((one.Name ?? '') < (other.Name ?? '') ? -1 : 1)),
          InvalidParameters: asked.flatMap(({ name, found }) => (found ? [] : [name])),
        };
      },
    ),
    DeleteParameter: operation<DeleteParameterCommandInput, object>(
      ['Name'],
      ({ Name: name = '' }, { account, region }) => {
        const place = state.in(account, region);
        place.parameters.delete(knownParameter(place, name).name);
        return {};
      },
    ),
    DeleteParameters: operation<DeleteParametersCommandInput, Answer<DeleteParametersCommandOutput>>(
      ['Names'],
      ({ Names: names = [] }, { account, region }) => {
        const { parameters } = state.in(account, region);
        const deleted = new Set(checkedNames(names).filter((name) => parameters.delete(checkedName(name))));
        return {
          DeletedParameters: [...deleted],
          InvalidParameters: names.filter((name) => !deleted.has(name)),
        };
      },
    ),
  };
}

function checkedNames(names: readonly string[]): readonly string[] {
  if (names.length === 0) throw notWithin(names, 'names', 'length greater than or equal to 1');
  if (names.length > mostNames) throw notWithin(names, 'names', `length less than or equal to ${mostNames}`);
  return [...new Set(names)];
}

function shown(place: ParameterPlace, { entry, version, selector }: FoundVersion): Parameter {
  return view({
    Name: entry.name,
    Type: entry.type,
    Value: version.value,
    Version: version.version,
    Selector: selector,
    LastModifiedDate: new Date(version.writtenAt),
    ARN: parameterArn(place, entry.name),
    DataType: entry.dataType,
  });
}
