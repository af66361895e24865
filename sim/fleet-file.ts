import { z } from 'zod';
import { InputError } from '../lib/run/input-error.ts';
import { describeProblems } from '../sandbox/problems.ts';
import type { InstanceSpec } from './fleet.ts';
import { counted } from './tables.ts';

/** More problems than this are of one kind, mostly. */
const MOST_PROBLEMS = 5;

/** A fleet that was read from a file, and what had to be assumed or left out for it to be launched here. */
export interface ReadFleet {
  readonly specs: readonly InstanceSpec[];
  /** A sentence each. */
  readonly assumptions: readonly string[];
}

/** `describe-instances` names volumes by id and says nothing of their size. */
const ASSUMED_GIB = 50;

const ID_REMEDY = 'write an instance id, such as i-0123456789abcdef0';
const STATE_REMEDY = 'write { "Name": "running" } or another state';
const ZONE_REMEDY = 'write an availability zone, such as eu-central-1a, which names the region';

const LIST_REMEDY = 'leave it as `aws ec2 describe-instances --output json` prints it';

const instanceSchema = z.object(
  {
    InstanceId: z.string(ID_REMEDY).regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, ID_REMEDY),
    State: z.object({ Name: z.string(STATE_REMEDY) }, STATE_REMEDY),
    Placement: z.object(
      { AvailabilityZone: z.string(ZONE_REMEDY).regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d/, ZONE_REMEDY) },
      ZONE_REMEDY,
    ),
    RootDeviceName: z.string(LIST_REMEDY).default('/dev/xvda'),
    RootDeviceType: z.string(LIST_REMEDY).default('ebs'),
    BlockDeviceMappings: z.array(z.object({ DeviceName: z.string(LIST_REMEDY) }, LIST_REMEDY), LIST_REMEDY).default([]),
    Tags: z
      .array(z.object({ Key: z.string(LIST_REMEDY), Value: z.string(LIST_REMEDY) }, LIST_REMEDY), LIST_REMEDY)
      .default([]),
  },
  'write instances as `aws ec2 describe-instances --output json` prints them, with all of their members',
);

const FILE_REMEDY = 'write what `aws ec2 describe-instances --output json` prints';

const fileSchema = z.object(
  {
    Reservations: z.array(
      z.object(
        { OwnerId: z.string(LIST_REMEDY).optional(), Instances: z.array(instanceSchema, LIST_REMEDY) },
        LIST_REMEDY,
      ),
      FILE_REMEDY,
    ),
    NextToken: z
      .undefined(
        'the file is cut off there; write all with `aws ec2 describe-instances --output json`, without --max-items, --max-results and --no-paginate',
      )
      .optional(),
  },
  FILE_REMEDY,
);

type DescribedInstance = z.output<typeof instanceSchema>;

/**
 * Reads a fleet from files of what `aws ec2 describe-instances --output json` prints, one region a file as a rule.
 *
 * @throws InputError naming file, place, value and remedy
 */
export function readFleet(files: readonly { readonly path: string; readonly text: string }[]): ReadFleet {
  const read = files.map(({ path, text }) => contentOf(path, text));
  const owners = [...new Set(read.flatMap((content) => content.owners))].sort();
  if (owners.length > 1) {
    throw new InputError([
      `--fleet: the instances are of ${owners.length} accounts, ${owners.join(', ')}; rehearse one at a time: instances of different accounts never share a lineage`,
    ]);
  }
  const described = read.flatMap(({ instances }) => instances);
  const there = described.filter(({ State }) => !['terminated', 'shutting-down'].includes(State.Name));
  const names = new Map<string, number>();
  for (const instance of there) names.set(nameOf(instance), (names.get(nameOf(instance)) ?? 0) + 1);
  const specs = there.map((instance) => {
    const name = nameOf(instance);
    return specOf(instance, (names.get(name) ?? 0) > 1 ? `${name} ${instance.InstanceId}` : name);
  });
  return { specs, assumptions: assumptionsOf(described, there, specs) };
}

interface Content {
  readonly instances: readonly DescribedInstance[];
  /** The accounts that the instances are of, where the file says so. */
  readonly owners: readonly string[];
}

function contentOf(path: string, text: string): Content {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([`${path}: it is not JSON (${reason}): ${FILE_REMEDY}`]);
  }
  // A query, `Reservations[].Instances[]` or `Reservations[].Instances`, takes the reservations away.
  if (Array.isArray(data)) {
    const instances = z.array(instanceSchema).safeParse(data.flat());
    if (instances.success) return { instances: instances.data, owners: [] };
    throw refused(path, instances.error, data.flat());
  }
  const read = fileSchema.safeParse(data);
  if (!read.success) throw refused(path, read.error, data);
  const { Reservations: reservations } = read.data;
  return {
    instances: reservations.flatMap(({ Instances }) => Instances),
    owners: reservations.flatMap(({ OwnerId, Instances }) => (Instances.length > 0 && OwnerId ? [OwnerId] : [])),
  };
}

function refused(path: string, error: z.ZodError, data: unknown): InputError {
  const problems = describeProblems(error, data, 'the file').split('\n');
  const more = problems.length - MOST_PROBLEMS;
  return new InputError([
    ...problems.slice(0, MOST_PROBLEMS).map((problem) => `${path}: ${problem}`),
    ...(more > 0 ? [`${path}: ${counted(more, 'problem')} more`] : []),
  ]);
}

function specOf(instance: DescribedInstance, name: string): InstanceSpec {
  const zone = instance.Placement.AvailabilityZone;
  return {
    name,
    origin: instance.InstanceId,
    zone,
    region: /^[a-z]{2,4}(?:-[a-z]+)+-\d+/.exec(zone)?.[0] ?? zone,
    state: instance.State.Name === 'stopped' || instance.State.Name === 'stopping' ? 'stopped' : 'running',
    tags: Object.fromEntries(
      instance.Tags.filter(({ Key }) => !isReserved(Key)).map(({ Key, Value }): [string, string] => [Key, Value]),
    ),
    volumes: instance.BlockDeviceMappings.filter(({ DeviceName }) => DeviceName !== instance.RootDeviceName).map(
      ({ DeviceName }) => ({ device: DeviceName, size: ASSUMED_GIB, tags: {} }),
    ),
  };
}

function nameOf({ Tags, InstanceId }: DescribedInstance): string {
  return Tags.find(({ Key }) => Key === 'Name')?.Value || InstanceId;
}

/** AWS's own tags nobody can write. */
function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

function assumptionsOf(
  described: readonly DescribedInstance[],
  there: readonly DescribedInstance[],
  specs: readonly InstanceSpec[],
): string[] {
  const gone = described.length - there.length;
  const volumes = specs.reduce((sum, { volumes: data }) => sum + data.length, 0);
  const reserved = there.filter(({ Tags }) => Tags.some(({ Key }) => isReserved(Key))).length;
  const stores = there.filter(({ RootDeviceType }) => RootDeviceType !== 'ebs').length;
  return [
    'instance ids are new, since nobody can choose them; --json maps yours to them',
    `the sizes of ${counted(volumes, 'data volume')} are not in the file: ${ASSUMED_GIB} GiB each are assumed, and 8 GiB for roots`,
    'volume tags are not in the file, so none are there to exclude volumes by',
    ...(gone > 0 ? [`${counted(gone, 'instance')} terminated, or about to be: left out`] : []),
    ...(reserved > 0 ? [`tags under aws: can't be written and are left out, on ${counted(reserved, 'instance')}`] : []),
    ...(stores > 0
      ? [`${counted(stores, 'instance')} with an instance-store root: launched with an EBS root here`]
      : []),
  ];
}
