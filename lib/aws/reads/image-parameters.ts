import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { type ImageId, imageId, type Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import { MINUTE, SECOND } from '../../model/time.ts';
import type { Caller } from '../calls/caller.ts';
import { readPages } from '../calls/pages.ts';
import { readParameters } from './parameters.ts';

/** As many as DescribeParameters gives a page. */
const PAGE = 50;

/** A list that takes longer is not read again for each second look, which would be over before it had begun... */
const LONG_LIST = 15 * SECOND;
/** ...but for as long as this after it was begun, it holds. */
const HOLDS_FOR = 5 * MINUTE;

/** The parameters that name images, each with those that it names. */
export type ImageParameters = ReadonlyMap<string, readonly ImageId[]>;

interface KnownValue {
  /** Of the value that was read: version and time. */
  readonly stamp: string;
  readonly images: readonly ImageId[];
}

interface KnownPlace {
  readonly values: Map<string, KnownValue>;
  /** The last complete reading, if its list took long. */
  long?: Reading<ImageParameters>;
}

/** What was read of parameters in a run, by account and region. */
export type KnownParameters = Map<string, KnownPlace>;

/**
 * Every parameter of the types String and StringList whose value names images, be its data type `aws:ec2:image` or
 * `text`: people, pipelines and tools write both. A SecureString is not read, which would take a right to decrypt.
 *
 * Only DescribeParameters tells what there is, at three calls a second, and only GetParameters tells values. So values
 * are read once a run, and again where version or time say that they have changed.
 */
export async function readImageParameters(
  caller: Caller,
  target: Target,
  known: KnownParameters,
): Promise<Reading<ImageParameters>> {
  const place = placeOf(known, target);
  const at = caller.now();
  if (place.long && at - place.long.at < HOLDS_FOR) return place.long;
  const source = 'image parameters';
  const listed = await listParameters(caller, target);
  const long = caller.now() - at > LONG_LIST;
  const changed = listed.value.filter(({ name, stamp }) => place.values.get(name)?.stamp !== stamp);
  const read = await readParameters(
    caller,
    target,
    changed.map(({ name }) => name),
  );
  const values = new Map(read.value.map(({ name, value }) => [name, value]));
  for (const { name, stamp } of changed) {
    const value = values.get(name);
    // What could not be read is read the next time; until then it is what it was, and the reading partial.
    if (value !== undefined) place.values.set(name, { stamp, images: imagesIn(value) });
  }
  const named = new Map(
    listed.value.flatMap(({ name }): [string, readonly ImageId[]][] => {
      const images = place.values.get(name)?.images ?? [];
      return images.length > 0 ? [[name, images]] : [];
    }),
  );
  const problems = [listed, read].flatMap((reading) => (reading.complete ? [] : [reading.problem]));
  if (problems.length > 0) return partialReading(source, at, named, problems.join('; '));
  const reading = completeReading(source, at, named);
  if (long) place.long = reading;
  return reading;
}

function placeOf(known: KnownParameters, { account, region }: Target): KnownPlace {
  const key = `${account}/${region}`;
  const place = known.get(key) ?? { values: new Map() };
  known.set(key, place);
  return place;
}

interface ListedParameter {
  readonly name: string;
  readonly stamp: string;
}

function listParameters(caller: Caller, target: Target): Promise<Reading<readonly ListedParameter[]>> {
  return readPages(caller.to('ssm'), target, 'image parameters', 'DescribeParameters', async (client, token) => {
    const filter = { Key: 'Type', Option: 'Equals', Values: ['String', 'StringList'] };
    const answer = await client.send(
      new DescribeParametersCommand({ ParameterFilters: [filter], MaxResults: PAGE, NextToken: token }),
    );
    const items = (answer.Parameters ?? []).flatMap(({ Name, Version, LastModifiedDate }) =>
      // One that went and came again has the same version, and another time.
      Name ? [{ name: Name, stamp: `${Version} ${LastModifiedDate?.getTime()}` }] : [],
    );
    return { items, next: answer.NextToken };
  });
}

/** Anywhere in a value: lists have commas, and tools write JSON. */
const IMAGE = /ami-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![0-9a-f])/g;

function imagesIn(value: string): readonly ImageId[] {
  return [...new Set(value.match(IMAGE))].map(imageId);
}
