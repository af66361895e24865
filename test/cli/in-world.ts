import { main } from '../../cli/main.ts';
import { awsFor } from '../../lib/aws/aws.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { ACCOUNT, sealKeyOf, type World } from '../handlers/world.ts';
import { aFile, type Ended } from './world.ts';

/** Runs the command against a world's sandbox, in its time. */
export function amikeep(world: World, policies: string, ...args: string[]): Promise<Ended> {
  return world.clock.run(() => amikeepWithin(world, policies, ...args));
}

/** The same while the world's clock runs already. */
export async function amikeepWithin(world: World, policies: string, ...args: string[]): Promise<Ended> {
  const { clients, clock } = world;
  const said = { out: '', err: '' };
  const pace = new Pace(clock, 1);
  const status = await main([...args, '--policies', aFile(policies)], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    environment: {},
    clock,
    connectForCheckUp: () => {
      throw new Error('nobody asked for a check-up');
    },
    connect: async () => ({
      account: ACCOUNT,
      aws: (_event, stopAt) =>
        awsFor({ clients, pace, clock, random: () => 0.5, sealKey: sealKeyOf(world) }, ACCOUNT, stopAt),
      close: () => {},
    }),
  });
  return { status, ...said };
}
