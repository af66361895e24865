import {
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type Subnet,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../lib/model/ids.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { ACCOUNT, aWorld, FRANKFURT, NIGHTLY, type World, type WorldOptions } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';
import type { Ended } from './world.ts';

const HOUR = 3_600_000;

/** What a server is called, and by which tag it is selected. */
export const TAGS = { Name: 'web-1', Backup: 'nightly', Team: 'shop' };

/** A server with two nights of images, and what it was. */
export interface Scene {
  readonly world: World;
  readonly id: string;
  readonly before: Instance;
}

export interface SceneOptions extends WorldOptions {
  /** Of a t3.micro in the first zone, unless told. */
  readonly launch?: (world: World) => Promise<Partial<RunInstancesCommandInput>>;
}

export async function aServer({ launch = async () => ({}), ...options }: SceneOptions = {}): Promise<Scene> {
  const world = aWorld(options);
  const extra = await launch(world);
  const input: RunInstancesCommandInput = {
    ImageId: publicImageId(FRANKFURT, 'al2023'),
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: [
      { ResourceType: 'instance', Tags: Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value })) },
    ],
    ...extra,
  };
  await world.send(FRANKFURT, (client) => client.send(new RunInstancesCommand(input)));
  await world.clock.advance(60_000);
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  const [before = {}] = await instancesIn(world);
  return { world, id: before.InstanceId ?? '', before };
}

/** The same, after somebody has terminated it and EC2 tells of it no more. */
export async function aLostServer(options: SceneOptions = {}): Promise<Scene> {
  const scene = await aServer(options);
  await lose(scene);
  return scene;
}

export async function lose({ world, id }: Pick<Scene, 'world' | 'id'>, place = FRANKFURT): Promise<void> {
  await world.send(place, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [id] })));
  await world.clock.advance(2 * HOUR);
}

/** Makes the instance profile `web`, with a role; gives what a launch takes of it. */
export async function aProfile({ clock, sandbox }: World): Promise<Partial<RunInstancesCommandInput>> {
  const call = (operation: string, input: object) =>
    clock.run(() => sandbox.call({ service: 'iam', operation, region: FRANKFURT, account: ACCOUNT, input }));
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await call('CreateInstanceProfile', { InstanceProfileName: 'web' });
  await call('CreateRole', { RoleName: 'web-role', AssumeRolePolicyDocument });
  await call('AddRoleToInstanceProfile', { InstanceProfileName: 'web', RoleName: 'web-role' });
  return { IamInstanceProfile: { Name: 'web' } };
}

/** Some other instance, in a subnet; gives its id. */
export async function launchIn(world: World, SubnetId: string | undefined, place: Region = FRANKFURT): Promise<string> {
  const input = { ImageId: publicImageId(place, 'al2023'), MinCount: 1, MaxCount: 1, ...(SubnetId && { SubnetId }) };
  const { Instances = [] } = await world.send(place, (client) => client.send(new RunInstancesCommand(input)));
  await world.clock.advance(60_000);
  return Instances[0]?.InstanceId ?? '';
}

export async function instancesIn(world: World, region: Region = FRANKFURT): Promise<Instance[]> {
  const { Reservations = [] } = await world.send(region, (client) => client.send(new DescribeInstancesCommand({})));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

/** Those that are neither gone nor going. */
export async function livingIn(world: World, region: Region = FRANKFURT): Promise<Instance[]> {
  const gone: readonly (string | undefined)[] = ['terminated', 'shutting-down'];
  return (await instancesIn(world, region)).filter(({ State }) => !gone.includes(State?.Name));
}

/** The default subnets of a region, in the order of their zones. */
export async function subnetsIn(world: World, region: Region = FRANKFURT): Promise<Subnet[]> {
  const { Subnets = [] } = await world.send(region, (client) => client.send(new DescribeSubnetsCommand({})));
  return Subnets.toSorted((one, other) =>
    (one.AvailabilityZone ?? '').localeCompare(other.AvailabilityZone ?? '', 'en'),
  );
}

/** `amikeep restore`, by the policy file of the world unless another one is given. */
export function restore(world: World, ...args: readonly string[]): Promise<Ended> {
  return restoreBy(NIGHTLY, world, ...args);
}

export function restoreBy(policies: string, world: World, ...args: readonly string[]): Promise<Ended> {
  return amikeep(world, policies, 'restore', ...args);
}

/** All that there is in a sandbox, but for the time. */
export function stateOf({ sandbox }: World): object {
  const { time: _, ...state } = sandbox.dump();
  return state;
}

/** The lines about one thing under `checks:`, with what they come to: `blocked  image  it is disabled`. */
export function checksOf({ out }: Ended, about: string): string[] {
  return out
    .split('\n')
    .filter((line) => new RegExp(`^ {2}(?:ok|note|degraded|unknown|blocked) +${about} {2}`).test(line));
}
