import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../lib/aws/calls/clients.ts';
import { region as toRegion } from '../../lib/model/ids.ts';

/** A network out of which nothing leads, set apart for the drills of one deployment. */
export interface SealedNetwork {
  readonly region: string;
  readonly deployment: string;
  readonly subnets: readonly string[];
  readonly group: string;
  readonly routeTable: string;
}

const TAG = 'amikeep:drill-network';
const ANYWHERE = '0.0.0.0/0';
const TO_ANYWHERE = { IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] };

/** Makes such a network of two subnets, as people do before they write its ids into their policies. */
export async function furnishNetwork(clients: Clients, region: string, deployment: string): Promise<SealedNetwork> {
  const client = clients.ec2(toRegion(region));
  const tagged = (ResourceType: 'subnet' | 'security-group') => [
    { ResourceType, Tags: [{ Key: TAG, Value: deployment }] },
  ];
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.99.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId, ClientToken: `${VpcId}-routes` }));
  const routeTable = RouteTable?.RouteTableId ?? '';
  const subnets: string[] = [];
  for (const [index, letter] of ['a', 'b'].entries()) {
    const { Subnet } = await client.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.99.${index}.0/24`,
        AvailabilityZone: `${region}${letter}`,
        TagSpecifications: tagged('subnet'),
      }),
    );
    const SubnetId = Subnet?.SubnetId ?? '';
    await client.send(new AssociateRouteTableCommand({ RouteTableId: routeTable, SubnetId }));
    subnets.push(SubnetId);
  }
  const { GroupId: group = '' } = await client.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName: `drills-${deployment}`,
      Description: 'drills',
      TagSpecifications: tagged('security-group'),
    }),
  );
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: [TO_ANYWHERE] }));
  return { region, deployment, subnets, group, routeTable };
}

/** A way in which people open a network, and how they close it again. */
interface Opening {
  readonly text: string;
  readonly open: (client: EC2Client, network: SealedNetwork) => Promise<unknown>;
  readonly close: (client: EC2Client, network: SealedNetwork) => Promise<unknown>;
}

const OPENINGS: readonly Opening[] = [
  {
    text: 'a route to an internet gateway',
    open: (client, { routeTable: RouteTableId }) =>
      client.send(
        new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: ANYWHERE, GatewayId: 'igw-0123456789abcdef0' }),
      ),
    close: (client, { routeTable: RouteTableId }) =>
      client.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: ANYWHERE })),
  },
  {
    text: 'a rule that lets out to anywhere',
    open: (client, { group: GroupId }) =>
      client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [TO_ANYWHERE] })),
    close: (client, { group: GroupId }) =>
      client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [TO_ANYWHERE] })),
  },
  {
    text: 'its tags taken off',
    open: (client, { subnets, group }) =>
      client.send(new DeleteTagsCommand({ Resources: [...subnets, group], Tags: [{ Key: TAG }] })),
    close: (client, { subnets, group, deployment }) =>
      client.send(new CreateTagsCommand({ Resources: [...subnets, group], Tags: [{ Key: TAG, Value: deployment }] })),
  },
  {
    text: 'the tag of one subnet for another deployment',
    open: (client, { subnets }) =>
      client.send(new CreateTagsCommand({ Resources: subnets.slice(0, 1), Tags: [{ Key: TAG, Value: 'others' }] })),
    close: (client, { subnets, deployment }) =>
      client.send(new CreateTagsCommand({ Resources: subnets.slice(0, 1), Tags: [{ Key: TAG, Value: deployment }] })),
  },
];

/** The ways in which a network can be opened, each as something that is done to it and undone. */
export function openingsOf(clients: Clients, network: SealedNetwork) {
  const client = clients.ec2(toRegion(network.region));
  return OPENINGS.map(({ text, open, close }) => ({
    text: `the network of drills in ${network.region} has ${text}`,
    open: () => open(client, network),
    close: () => close(client, network),
  }));
}
