import {
  DescribeInstancesCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { SealedNetwork } from '../../../sim/networks.ts';
import { furnishProfile } from '../../../sim/profiles.ts';
import { aWorldWithNetworks, type Networks, networkText } from '../drill-network.ts';
import { ACCOUNT, FRANKFURT, NIGHTLY, tagOf, type World, type WorldOptions } from '../world.ts';

/** Makes an instance profile with a role in it. */
export function aProfile({ sandbox, clock }: World, name: string): Promise<void> {
  return clock.run(() => furnishProfile(sandbox, ACCOUNT, name));
}

export interface DrillWorld {
  readonly world: World;
  readonly network: SealedNetwork;
  /** The drills that live, as EC2 shows them. */
  readonly drills: () => Promise<Instance[]>;
  /** The instances that bear a drill's tag, whatever their state. */
  readonly all: () => Promise<Instance[]>;
  /** The verdict on the newest image: `passed` or `drilled` with what it says. */
  readonly verdict: () => string;
  /** Sweeps every five minutes for so long. */
  readonly sweepFor: (minutes: number) => Promise<unknown[]>;
  readonly policies: string;
}

export interface DrillWorldOptions extends Omit<WorldOptions, 'policies'> {
  /** What stands in `drill` beside what every drill here has, in YAML's flow style. */
  readonly drill?: string;
  readonly servers?: number;
}

const MINUTE = 60_000;

/** A deployment with one night behind it, and a network in which its images may be started. */
export async function aDrillWorld({
  drill = '',
  servers = 1,
  ...options
}: DrillWorldOptions = {}): Promise<DrillWorld> {
  const drilling = (made: Networks | undefined) =>
    made === undefined
      ? NIGHTLY
      : NIGHTLY.replace(
          /\n$/,
          `
    drill:
      every: { days: 30 }
      regions: [eu-central-1]
      maxAgeDays: 45
      network: ${networkText(made)}
${(/check:/.test(drill) ? drill : `check: status\n${drill}`).replaceAll(/^/gm, '      ').trimEnd()}
`,
        );
  const { world, networks } = await aWorldWithNetworks([FRANKFURT], drilling, options);
  const { [FRANKFURT]: network } = networks;
  if (!network) throw new TypeError('there is no network to drill in');
  await world.launch(servers, { Backup: 'nightly', Name: 'web' });
  const errors = await world.night('2026-11-02');
  if (errors.length > 0) throw errors[0];
  const all = async () => {
    const { Reservations = [] } = await world.send(FRANKFURT, (client) =>
      client.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag-key', Values: ['amikeep:drill'] }] })),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  };
  return {
    world,
    network,
    policies: drilling(networks),
    all,
    drills: async () =>
      (await all()).filter(({ State }) => State?.Name !== 'terminated' && State?.Name !== 'shutting-down'),
    verdict: () => {
      const image = world.images().at(-1);
      const [passed, drilled] = ['passed', 'drilled'].map((key) => tagOf(image, `amikeep:${key}`));
      return [passed && `passed ${passed}`, drilled && `drilled ${drilled}`].filter(Boolean).join('; ');
    },
    sweepFor: async (minutes) => {
      const failures: unknown[] = [];
      for (let passed = 0; passed < minutes; passed += 5) {
        await world.clock.advance(5 * MINUTE);
        await world.invoke('drill', { sweep: true }).catch((error) => failures.push(error));
        failures.push(...(await world.deliver()));
      }
      return failures;
    },
  };
}

/** Starts what is due, at once. */
export async function startDrills({ world }: Pick<DrillWorld, 'world'>, payload: object = {}): Promise<Error[]> {
  await world.invoke('drill', payload);
  return world.deliver();
}

/** Launches an instance under nearly the token of a drill and with its tags, as nobody but another run of ours does. */
export function launchLike(
  { world, network }: Pick<DrillWorld, 'world' | 'network'>,
  drill: Instance | undefined,
  other: Partial<RunInstancesCommandInput>,
): Promise<unknown> {
  return world.send(FRANKFURT, (client) =>
    client.send(
      new RunInstancesCommand({
        ImageId: drill?.ImageId,
        InstanceType: 'm1.small',
        MinCount: 1,
        MaxCount: 1,
        ClientToken: drill?.ClientToken?.replace(/.{4}$/, 'abcd'),
        SubnetId: network.subnets[0],
        SecurityGroupIds: [network.securityGroup],
        TagSpecifications: [{ ResourceType: 'instance', Tags: drill?.Tags }],
        ...other,
      }),
    ),
  );
}
