import { readFileSync } from 'node:fs';
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  type IpPermission,
  ModifySubnetAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { leaksOf } from '../../lib/planning/drill/network.ts';
import { drillProfile } from '../../lib/planning/drill/profile.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT } from '../handlers/world.ts';

const value = z.union([z.string(), z.object({ Ref: z.string() }), z.object({ 'Fn::Sub': z.string() })]);
type Value = z.output<typeof value>;
const tags = z.array(z.object({ Key: z.string(), Value: value }));
const rules = z.array(z.object({ IpProtocol: z.string(), CidrIp: z.string() }).loose()).optional();

const template = z
  .object({
    Conditions: z.record(z.string(), z.unknown()),
    Resources: z.record(
      z.string(),
      z.object({
        Type: z.string(),
        Condition: z.string().optional(),
        Properties: z
          .object({
            Tags: tags.optional(),
            SecurityGroupEgress: rules,
            MapPublicIpOnLaunch: z.boolean().optional(),
            SubnetId: value.optional(),
            RouteTableId: value.optional(),
            GroupId: value.optional(),
            DestinationSecurityGroupId: value.optional(),
            RoleName: value.optional(),
            InstanceProfileName: value.optional(),
          })
          .loose(),
      }),
    ),
  })
  .parse(parse(readFileSync('deploy/drill-network.yml', 'utf8')));

type Endpoints = 'none' | 'ssm';
const CONDITIONS: Readonly<Record<string, (endpoints: Endpoints) => boolean>> = {
  HasThirdZone: () => false,
  HasEndpoints: (endpoints) => endpoints === 'ssm',
  MakesProfile: (endpoints) => endpoints === 'ssm',
};

/** What a stack of the template makes. */
function made(type: string, endpoints: Endpoints) {
  return Object.entries(template.Resources).flatMap(([id, { Type, Condition, Properties }]) => {
    const isMade = Condition === undefined || CONDITIONS[Condition]?.(endpoints);
    return Type === `AWS::EC2::${type}` && isMade ? [{ id, properties: Properties }] : [];
  });
}

/** What a stack for the deployment `test` fills in, with what it has made. */
function filled(one: Value | undefined, ids: ReadonlyMap<string, string> = new Map()): string {
  if (typeof one === 'string') return one;
  if (one && 'Ref' in one) return one.Ref === 'Deployment' ? 'test' : (ids.get(one.Ref) ?? '');
  return one ? one['Fn::Sub'].replaceAll(/\$\{Deployment\}/g, 'test') : '';
}

/** Makes in a sandbox what a stack of the template would, as CloudFormation does it; gives back what has which id. */
async function deploy(client: EC2Client, endpoints: Endpoints): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const tagged = (found: z.output<typeof tags> = []) => found.map(({ Key, Value }) => ({ Key, Value: filled(Value) }));
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.255.0.0/24' }));
  const VpcId = Vpc?.VpcId ?? '';
  for (const { id } of made('RouteTable', endpoints)) {
    const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId }));
    ids.set(id, RouteTable?.RouteTableId ?? '');
  }
  for (const [index, { id, properties }] of made('Subnet', endpoints).entries()) {
    const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: tagged(properties.Tags) }];
    const CidrBlock = `10.255.0.${index * 64}/26`;
    const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId, CidrBlock, TagSpecifications }));
    const MapPublicIpOnLaunch = { Value: properties.MapPublicIpOnLaunch };
    await client.send(new ModifySubnetAttributeCommand({ SubnetId: Subnet?.SubnetId, MapPublicIpOnLaunch }));
    ids.set(id, Subnet?.SubnetId ?? '');
  }
  for (const { properties } of made('SubnetRouteTableAssociation', endpoints)) {
    const [SubnetId, RouteTableId] = [properties.SubnetId, properties.RouteTableId].map((one) => filled(one, ids));
    await client.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId }));
  }
  for (const { id, properties } of made('SecurityGroup', endpoints)) {
    const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags: tagged(properties.Tags) }];
    const group = { GroupName: id, Description: id, VpcId, TagSpecifications };
    const { GroupId = '' } = await client.send(new CreateSecurityGroupCommand(group));
    ids.set(id, GroupId);
    const egress = properties.SecurityGroupEgress ?? [];
    // Without any the way out that EC2 makes stays.
    if (egress.length === 0) continue;
    await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [EVERYWHERE] }));
    const IpPermissions = egress.map(({ IpProtocol, CidrIp }) => ({ IpProtocol, IpRanges: [{ CidrIp }] }));
    await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  }
  for (const { properties } of made('SecurityGroupEgress', endpoints)) {
    const [GroupId, to] = [properties.GroupId, properties.DestinationSecurityGroupId].map((one) => filled(one, ids));
    const UserIdGroupPairs = [{ GroupId: to }];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs }];
    await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  }
  return ids;
}

const EVERYWHERE: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

describe('P17: a stack of deploy/drill-network.yml', () => {
  it.each(['none', 'ssm'] as const)('is held to be sealed with the endpoints %s', async (endpoints) => {
    const world = aWorld();
    const ids = await world.send(FRANKFURT, (client) => deploy(client, endpoints));
    const group = ids.get('DrillGroup') ?? '';
    const subnets = made('Subnet', endpoints).map(({ id }) => ids.get(id) ?? '');
    expect(subnets).toHaveLength(2);
    const target = { account: ACCOUNT, region: FRANKFURT };
    const { value: facts } = await world.clock.run(() =>
      awsOf(world).reads.networks(target, { subnets, groups: [group] }),
    );
    expect(subnets.map((subnet) => leaksOf('test', { subnet, group }, facts))).toEqual([[], []]);
    const lets = facts.groups.find(({ id }) => id === group)?.egress;
    expect(lets).toEqual(['127.0.0.1/32', ...(endpoints === 'ssm' ? [ids.get('EndpointGroup')] : [])]);
  });

  it('has no route and no gateway in it', () => {
    const types = Object.values(template.Resources).map(({ Type }) => Type.replace('AWS::EC2::', ''));
    expect(types.filter((type) => /^Route$|Gateway|Peering|Transit|EIP|NetworkInterface/.test(type))).toEqual([]);
  });

  it('makes role and profile by the name that drills are launched with', () => {
    const { DrillRole, DrillProfile } = template.Resources;
    const names = [DrillRole?.Properties.RoleName, DrillProfile?.Properties.InstanceProfileName];
    expect(names.map((name) => filled(name))).toEqual([drillProfile('test'), drillProfile('test')]);
  });

  it('names neither as a role of another account’s stack is named, whatever that has for a prefix', () => {
    const roles = readFileSync('deploy/member-account.yml', 'utf8').matchAll(/RoleName: .*\$\{RolePrefix\}(-\w+)/g);
    const ends = [...roles].map(([, end = '']) => end);
    expect(ends).toContain('-drill');
    expect(ends.filter((end) => drillProfile('test').endsWith(end))).toEqual([]);
  });

  it('is made under no condition but those that this test knows', () => {
    expect(Object.keys(template.Conditions).sort()).toEqual(Object.keys(CONDITIONS).sort());
  });
});
