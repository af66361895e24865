import type { Region } from '../../lib/model/ids.ts';
import { drillProfile } from '../../lib/planning/drill/profile.ts';
import { furnishNetwork, type SealedNetwork } from '../../sim/networks.ts';
import { furnishProfile } from '../../sim/profiles.ts';
import { ACCOUNT, aWorld, type World, type WorldOptions } from './world.ts';

export type Networks = Readonly<Record<string, SealedNetwork>>;

async function furnishAll(world: World, regions: readonly Region[]): Promise<Networks> {
  const made: [string, SealedNetwork][] = [];
  for (const region of regions) {
    made.push([region, await world.send(region, (client) => furnishNetwork(client, world.file.deployment))]);
  }
  return Object.fromEntries(made);
}

/**
 * A world with a network for drills in each of the regions, and with the instance profile of drills. What it names the
 * policies have to name first, so it is made twice: in the same world everything has the same id.
 *
 * @param policies the text of the policy file, with the networks put in; without any it has no drills
 */
export async function aWorldWithNetworks(
  regions: readonly Region[],
  policies: (networks: Networks | undefined) => string,
  options: WorldOptions = {},
): Promise<{ readonly world: World; readonly networks: Networks }> {
  const { watcher: _, onInvocation: __, ...same } = options;
  const before = aWorld({ ...same, policies: policies(undefined) });
  const networks = await furnishAll(before, regions);
  const world = aWorld({ ...options, policies: policies(networks) });
  const again = await furnishAll(world, regions);
  if (JSON.stringify(again) !== JSON.stringify(networks)) throw new TypeError('the same world has other ids');
  await world.clock.run(() => furnishProfile(world.sandbox, ACCOUNT, drillProfile(world.file.deployment)));
  return { world, networks };
}

/** In YAML, as a policy names them. */
export function networkText(networks: Networks): string {
  const each = Object.entries(networks).map(
    ([region, { subnets, securityGroup }]) =>
      `${region}: { subnets: [${subnets.join(', ')}], securityGroup: ${securityGroup} }`,
  );
  return `{ ${each.join(', ')} }`;
}
