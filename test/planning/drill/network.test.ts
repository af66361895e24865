import { describe, expect, it } from 'vitest';
import {
  type DrillGroup,
  type DrillSubnet,
  leaksOf,
  type NetworkFacts,
  type RouteTable,
} from '../../../lib/planning/drill/network.ts';

const TAGS = { 'amikeep:drill-network': 'prod' };
const SUBNET: DrillSubnet = {
  id: 'subnet-01',
  vpc: 'vpc-01',
  zoneId: 'euw1-az1',
  tags: TAGS,
  givesPublicAddresses: false,
};
const GROUP: DrillGroup = { id: 'sg-01', vpc: 'vpc-01', tags: TAGS, egress: [] };
const TABLE: RouteTable = {
  id: 'rtb-01',
  vpc: 'vpc-01',
  isMain: false,
  subnets: ['subnet-01'],
  routes: [{ destination: '10.9.0.0/16', target: 'local' }],
};

const WHERE = { subnet: 'subnet-01', group: 'sg-01' };

interface Changes {
  readonly subnet?: Partial<DrillSubnet>;
  readonly group?: Partial<DrillGroup>;
  readonly routes?: RouteTable['routes'];
  readonly tables?: readonly RouteTable[];
  readonly outer?: readonly DrillGroup[];
}

function leaks({ subnet = {}, group = {}, routes = [], tables, outer = [] }: Changes = {}): string[] {
  const facts: NetworkFacts = {
    subnets: [{ ...SUBNET, ...subnet }],
    groups: [{ ...GROUP, ...group }, ...outer],
    routeTables: tables ?? [{ ...TABLE, routes: [...TABLE.routes, ...routes] }],
  };
  return leaksOf('prod', WHERE, facts);
}

describe('P17: a network for drills', () => {
  it('is sealed where nothing leads out of it', () => {
    expect(leaks()).toEqual([]);
  });

  it('may lead to endpoints of its VPC, by their group and by the prefix list of a gateway', () => {
    const endpoints = { id: 'sg-02', vpc: 'vpc-01', tags: TAGS, egress: ['0.0.0.0/0'] };
    const routes = [{ destination: 'pl-63a5400a', target: 'vpce-01' }];
    expect(leaks({ group: { egress: ['sg-02', 'pl-63a5400a'] }, routes, outer: [endpoints] })).toEqual([]);
  });

  it.each(['igw-01', 'nat-01', 'tgw-01', 'pcx-01', 'vgw-01', 'eni-01', 'eigw-01', 'lgw-01'])(
    'is not sealed where a route leads to %s',
    (target) => {
      expect(leaks({ routes: [{ destination: '0.0.0.0/0', target }] })).toEqual([
        `the route table rtb-01 leads 0.0.0.0/0 to ${target}`,
      ]);
    },
  );

  it('is not sealed where a route leads to the endpoint of a load balancer, behind which there may be anything', () => {
    expect(leaks({ routes: [{ destination: '0.0.0.0/0', target: 'vpce-01' }] })).toEqual([
      'the route table rtb-01 leads 0.0.0.0/0 to vpce-01',
    ]);
  });

  it('is sealed where its group lets out to the loopback alone, as CloudFormation makes one that lets out to nothing', () => {
    expect(leaks({ group: { egress: ['127.0.0.1/32'] } })).toEqual([]);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/8', '127.0.0.0/8', 'sg-09', 'pl-0123456789abcdef0'])(
    'is not sealed where its group lets out to %s',
    (to) => {
      expect(leaks({ group: { egress: [to] }, outer: [{ ...GROUP, id: 'sg-09', tags: {} }] })).toHaveLength(1);
    },
  );

  it('goes by the main routes where the subnet has none of its own, and by none that are not known', () => {
    const main = { ...TABLE, isMain: true, subnets: [], routes: [{ destination: '0.0.0.0/0', target: 'igw-01' }] };
    expect(leaks({ tables: [main] })).toHaveLength(1);
    expect(leaks({ tables: [main, TABLE] })).toEqual([]);
    expect(leaks({ tables: [{ ...main, vpc: 'vpc-09' }] })).toEqual(['which routes subnet-01 has is not known']);
  });

  it.each<[string, Changes, string]>([
    ['a subnet that gives public addresses', { subnet: { givesPublicAddresses: true } }, 'public addresses'],
    ['a subnet without the tag', { subnet: { tags: {} } }, 'lacks the tag'],
    ['a subnet of another deployment', { subnet: { tags: { 'amikeep:drill-network': 'test' } } }, "drills of 'test'"],
    ['a group without the tag', { group: { tags: {} } }, 'lacks the tag'],
    ['a group of another VPC', { group: { vpc: 'vpc-09' } }, 'is not of vpc-01'],
  ])('is none with %s', (_, changes, problem) => {
    expect(leaks(changes)).toEqual([expect.stringContaining(problem)]);
  });

  it('is none where subnet or group is not there', () => {
    const facts = { subnets: [SUBNET], groups: [GROUP], routeTables: [TABLE] };
    expect(leaksOf('prod', WHERE, { ...facts, subnets: [] })).toEqual(['the subnet subnet-01 is not there']);
    expect(leaksOf('prod', WHERE, { ...facts, groups: [] })).toEqual(['the security group sg-01 is not there']);
  });
});
