import { GetParametersCommand, type Parameter } from '@aws-sdk/client-ssm';
import { type ImageId, isImageId, type Target } from '../../model/ids.ts';
import { completeReading, mapReading, partialReading, type Reading } from '../../model/reading.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { joinReadings } from '../calls/pages.ts';

/** As many as GetParameters takes. */
const MOST_NAMES = 10;

const PREFIX = 'resolve:ssm:';

/** How a launch template names a parameter in an image's place: `resolve:ssm:/golden`, `resolve:ssm:/golden:prod`. */
export type ParameterReference = `${typeof PREFIX}${string}`;

export function isParameterReference(text: string): text is ParameterReference {
  return text.startsWith(PREFIX);
}

/** The parameter with its version or label, as GetParameters takes it: `/golden:prod`. */
export function parameterOf(reference: ParameterReference): string {
  return reference.slice(PREFIX.length);
}

export interface ResolvedParameters {
  readonly images: ReadonlyMap<string, ImageId>;
  /** Parameters, versions and labels that do not exist, and those that hold no image id: nothing is launched from them. */
  readonly unresolved: readonly string[];
}

/**
 * The images that parameters stand for now.
 *
 * @param names as in `resolve:ssm:`, without that: `name`, `name:version`, `name:label`
 */
export async function resolveImageParameters(
  caller: Caller,
  target: Target,
  names: readonly string[],
): Promise<Reading<ResolvedParameters>> {
  return mapReading(await readParameters(caller, target, names), (all) => ({
    images: new Map(all.flatMap(({ name, value }): [string, ImageId][] => (isImageId(value) ? [[name, value]] : []))),
    unresolved: all.flatMap(({ name, value }) => (isImageId(value) ? [] : [name])),
  }));
}

interface NamedValue {
  readonly name: string;
  /** Empty where there is none of this name. */
  readonly value: string;
}

/**
 * What parameters hold now, ten a call.
 *
 * @param names `name`, `name:version`, `name:label`
 */
export async function readParameters(
  caller: Caller,
  target: Target,
  names: readonly string[],
): Promise<Reading<readonly NamedValue[]>> {
  const parts = chunks([...new Set(names)], MOST_NAMES).map((part) => readValues(caller.to('ssm'), target, part));
  return joinReadings('parameters', caller.now(), await Promise.all(parts));
}

async function readValues(
  caller: Caller<'ssm'>,
  target: Target,
  names: readonly string[],
): Promise<Reading<readonly NamedValue[]>> {
  const source = 'parameters';
  const at = caller.now();
  const answer = await caller.call(target, 'GetParameters', (client) =>
    client.send(new GetParametersCommand({ Names: [...names] })),
  );
  if (!answer.ok) {
    const { failure } = answer;
    if (failure.code !== 'ValidationException') return partialReading(source, at, [], describeFailure(failure));
    // One name that can't be a parameter's fails the call for all: each is asked for alone, and that one has no value.
    const [only = '', ...others] = names;
    if (others.length === 0) return completeReading(source, at, [{ name: only, value: '' }]);
    return joinReadings(source, at, await Promise.all(names.map((name) => readValues(caller, target, [name]))));
  }
  const { Parameters = [], InvalidParameters = [] } = answer.value;
  const values = new Map([
    ...InvalidParameters.map((name) => [name, ''] as const),
    ...Parameters.flatMap((parameter) => namesOf(parameter).map((name) => [name, parameter.Value ?? ''] as const)),
  ]);
  const found = names.flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  if (found.length === names.length) return completeReading(source, at, found);
  const silent = names.filter((name) => !values.has(name));
  return partialReading(source, at, found, `no answer for ${silent.join(', ')}`);
}

/** What a parameter may have been asked for by: a name or an ARN, with the version or label behind it if there was one. */
function namesOf({ Name = '', ARN = '', Selector = '' }: Parameter): readonly string[] {
  const selector = Selector === '' || Selector.startsWith(':') ? Selector : `:${Selector}`;
  return [`${Name}${selector}`, `${ARN}${selector}`];
}
