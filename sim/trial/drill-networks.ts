import {
  AuthorizeSecurityGroupEgressCommand,
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../lib/aws/calls/clients.ts';
import { region as toRegion } from '../../lib/model/ids.ts';
import { furnishNetwork, type SealedNetwork } from '../networks.ts';

/** A sealed network, and whose drills it is set apart for. */
export interface DrillingGround extends SealedNetwork {
  readonly region: string;
  readonly deployment: string;
}

const TAG = 'amikeep:drill-network';
const ANYWHERE = '0.0.0.0/0';
const TO_ANYWHERE = { IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] };

/** Makes one, as people do before they write its ids into their policies. */
export async function furnishGround(clients: Clients, region: string, deployment: string): Promise<DrillingGround> {
  const network = await furnishNetwork(clients.ec2(toRegion(region)), deployment);
  return { ...network, region, deployment };
}

/** A way in which people open a network, and how they close it again. */
interface Opening {
  readonly text: string;
  readonly open: (client: EC2Client, network: DrillingGround) => Promise<unknown>;
  readonly close: (client: EC2Client, network: DrillingGround) => Promise<unknown>;
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
    open: (client, { securityGroup: GroupId }) =>
      client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [TO_ANYWHERE] })),
    close: (client, { securityGroup: GroupId }) =>
      client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [TO_ANYWHERE] })),
  },
  {
    text: 'its tags taken off',
    open: (client, { subnets, securityGroup }) =>
      client.send(new DeleteTagsCommand({ Resources: [...subnets, securityGroup], Tags: [{ Key: TAG }] })),
    close: (client, { subnets, securityGroup, deployment }) =>
      client.send(
        new CreateTagsCommand({ Resources: [...subnets, securityGroup], Tags: [{ Key: TAG, Value: deployment }] }),
      ),
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
export function openingsOf(clients: Clients, network: DrillingGround) {
  const client = clients.ec2(toRegion(network.region));
  return OPENINGS.map(({ text, open, close }) => ({
    text: `the network of drills in ${network.region} has ${text}`,
    open: () => open(client, network),
    close: () => close(client, network),
  }));
}
