import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  type ResourceType,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../lib/model/ids.ts';
import { drillProfile } from '../../lib/planning/drill/profile.ts';
import { furnishProfile } from '../../sim/profiles.ts';
import { ACCOUNT, aWorld, type World, type WorldOptions } from './world.ts';

/** The network of drills in one region, as `drill.network` of a policy names it. */
export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export type Networks = Readonly<Record<string, Network>>;

/** As deploy/drill-network.yml makes one without endpoints: sealed whole, in two zones. */
export async function furnishNetwork(client: EC2Client, deployment: string): Promise<Network> {
  const tagged = (ResourceType: ResourceType) => [
    { ResourceType, Tags: [{ Key: 'amikeep:drill-network', Value: deployment }] },
  ];
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.255.0.0/24' }));
  const VpcId = Vpc?.VpcId ?? '';
  const subnets: string[] = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const input = { VpcId, CidrBlock: `10.255.0.${index * 64}/26`, TagSpecifications: tagged('subnet') };
    const AvailabilityZone = `${await client.config.region()}${zone}`;
    const { Subnet } = await client.send(new CreateSubnetCommand({ ...input, AvailabilityZone }));
    subnets.push(Subnet?.SubnetId ?? '');
  }
  const group = { GroupName: 'drills', Description: 'drills', VpcId, TagSpecifications: tagged('security-group') };
  const { GroupId = '' } = await client.send(new CreateSecurityGroupCommand(group));
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] }));
  const nothing = { IpProtocol: '-1', IpRanges: [{ CidrIp: '127.0.0.1/32' }] };
  await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [nothing] }));
  return { subnets, securityGroup: GroupId };
}

async function furnishAll(world: World, regions: readonly Region[]): Promise<Networks> {
  const made: [string, Network][] = [];
  for (const region of regions) {
    made.push([region, await world.send(region, (client) => furnishNetwork(client, world.file.deployment))]);
  }
  return Object.fromEntries(made);
}

/**
 * A world with a network for drills in each of the regions, and with the instance profile of drills. What it names the policies have to name first, so it is made
 * twice: in the same world everything has the same id.
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
