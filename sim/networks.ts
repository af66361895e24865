import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
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
      const furnished = async () => {
        const { subnets, securityGroup } = await furnishNetwork(client(region), file.deployment, named.subnets.length);
        return { subnets, securityGroup };
      };
      const known = made.get(key) ?? (await furnished());
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

/** A network out of which nothing leads, set apart for the drills of one deployment. */
export interface SealedNetwork extends DrillNetwork {
  readonly vpc: string;
  readonly routeTable: string;
}

/**
 * Makes a sealed network in the region of a client, as deploy/drill-network.yml does.
 *
 * @param count of its subnets, each in a zone of its own as far as there are zones
 */
export async function furnishNetwork(client: EC2Client, deployment: string, count = 2): Promise<SealedNetwork> {
  const tagged = (ResourceType: 'subnet' | 'security-group') => [
    { ResourceType, Tags: [{ Key: DRILL_NETWORK, Value: deployment }] },
  ];
  const region = await client.config.region();
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.99.0.0/16' }));
  const vpc = Vpc?.VpcId ?? '';
  // The client would make a token up, and no two worlds of one seed would be the same.
  const table = { VpcId: vpc, ClientToken: `${vpc}-routes` };
  const { RouteTable } = await client.send(new CreateRouteTableCommand(table));
  const routeTable = RouteTable?.RouteTableId ?? '';
  const subnets: string[] = [];
  for (let index = 0; index < count; index++) {
    const { Subnet } = await client.send(
      new CreateSubnetCommand({
        VpcId: vpc,
        CidrBlock: `10.99.${index}.0/24`,
        AvailabilityZone: `${region}${ZONES[index % ZONES.length]}`,
        TagSpecifications: tagged('subnet'),
      }),
    );
    const SubnetId = Subnet?.SubnetId ?? '';
    await client.send(new AssociateRouteTableCommand({ RouteTableId: routeTable, SubnetId }));
    subnets.push(SubnetId);
  }
  const { GroupId: securityGroup = '' } = await client.send(
    new CreateSecurityGroupCommand({
      VpcId: vpc,
      GroupName: `drills-${deployment}`,
      Description: 'lets nothing in or out',
      TagSpecifications: tagged('security-group'),
    }),
  );
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId: securityGroup, IpPermissions: [everywhere] }));
  return { vpc, subnets, securityGroup, routeTable };
}
