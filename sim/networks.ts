import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { DrillNetwork, Policy, PolicyFile } from '../lib/policy/policy.ts';
import { DRILL_NETWORK } from '../lib/tagging/tag-keys.ts';
import { VirtualClock } from '../sandbox/clock.ts';
import { connectInProcess } from '../sandbox/in-process.ts';
import { createSandbox } from '../sandbox/sandbox.ts';

/** As many as a region of the sandbox has. */
const ZONES = ['a', 'b', 'c'];

/**
 * Makes a sealed network for each that the policies name for drills, as deploy/drill-network.yml makes them.
 *
 * @returns the policies with the networks that were made in the place of those that they named
 */
export async function furnishNetworks(file: PolicyFile, client: (region: string) => EC2Client): Promise<PolicyFile> {
  const made = new Map<string, DrillNetwork>();
  const policies: Policy[] = [];
  for (const policy of file.policies) {
    const network: Record<string, DrillNetwork> = {};
    for (const [region, named] of Object.entries(policy.drill?.network ?? {})) {
      const key = JSON.stringify([region, named]);
      const known = made.get(key) ?? (await makeNetwork(client(region), region, named.subnets.length, file.deployment));
      made.set(key, known);
      network[region] = known;
    }
    policies.push(policy.drill ? { ...policy, drill: { ...policy.drill, network } } : policy);
  }
  return { ...file, policies };
}

/**
 * The policies with the networks that will be furnished for them. Which ids these get hangs on the seed and on the order of the
 * calls alone, so that they are the same if they are the first that is made.
 */
export async function withNetworks(file: PolicyFile, seed: number, account: string): Promise<PolicyFile> {
  const sandbox = createSandbox({ clock: new VirtualClock(0), seed });
  const clients: EC2Client[] = [];
  const furnished = await furnishNetworks(file, (region) => {
    const client = new EC2Client({ region, credentials: { accessKeyId: account, secretAccessKey: 'sandbox' } });
    connectInProcess(sandbox, client, { account });
    clients.push(client);
    return client;
  });
  for (const client of clients) client.destroy();
  return furnished;
}

async function makeNetwork(
  client: EC2Client,
  region: string,
  count: number,
  deployment: string,
): Promise<DrillNetwork> {
  const Tags: Tag[] = [{ Key: DRILL_NETWORK, Value: deployment }];
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.99.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId }));
  const subnets: string[] = [];
  for (let index = 0; index < count; index++) {
    const { Subnet } = await client.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.99.${index}.0/24`,
        AvailabilityZone: `${region}${ZONES[index % ZONES.length]}`,
        TagSpecifications: [{ ResourceType: 'subnet', Tags }],
      }),
    );
    const SubnetId = Subnet?.SubnetId ?? '';
    await client.send(new AssociateRouteTableCommand({ RouteTableId: RouteTable?.RouteTableId, SubnetId }));
    subnets.push(SubnetId);
  }
  const { GroupId: securityGroup = '' } = await client.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName: 'drills',
      Description: 'lets nothing in or out',
      TagSpecifications: [{ ResourceType: 'security-group', Tags }],
    }),
  );
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId: securityGroup, IpPermissions: [everywhere] }));
  return { subnets, securityGroup };
}
