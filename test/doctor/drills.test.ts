import { describe, expect, it } from 'vitest';
import { drillLines } from '../../lib/doctor/drills.ts';
import type { DrillFact, Facts } from '../../lib/doctor/facts.ts';
import type { Line } from '../../lib/doctor/line.ts';
import type { Endpoint } from '../../lib/doctor/ports.ts';
import type { DrillInstance } from '../../lib/model/drills.ts';
import { imageId } from '../../lib/model/ids.ts';
import { completeReading, partialReading } from '../../lib/model/reading.ts';
import { MINUTE } from '../../lib/model/time.ts';
import type { NetworkFacts } from '../../lib/planning/drill/network.ts';
import type { DrillSettings } from '../../lib/policy/policy.ts';
import { drillToken } from '../../lib/tagging/drill-token.ts';
import { AN_INSTANCE_ID, aDrill, aPolicy, aPolicyFile, DR } from '../builders.ts';
import { facts, NOW } from './facts.ts';

const TAGS = { 'amikeep:drill-network': 'prod' };
const [SUBNET, GROUP] = ['subnet-0a1b2c3d', 'sg-0a1b2c3d'];

function network(
  egress: readonly string[] = ['127.0.0.1/32'],
  target = 'local',
  zones: Readonly<Record<string, string>> = { [SUBNET]: 'euw1-az1' },
): NetworkFacts {
  const common = { vpc: 'vpc-1', tags: TAGS };
  return {
    subnets: Object.entries(zones).map(([id, zoneId]) => ({ id, ...common, zoneId, givesPublicAddresses: false })),
    groups: [
      { id: GROUP, ...common, egress },
      { id: 'sg-0e', ...common, egress: [] },
    ],
    routeTables: [
      { id: 'rtb-1', vpc: 'vpc-1', isMain: true, subnets: [], routes: [{ destination: '0.0.0.0/0', target }] },
    ],
  };
}

function fact(overrides: Partial<DrillFact> = {}): DrillFact {
  return {
    ...DR,
    networks: completeReading('networks', NOW, network()),
    types: completeReading('instance types', NOW, new Map([['m7g.large', { vcpus: 2 }]])),
    vcpus: completeReading('quotas', NOW, 32),
    recipeTypes: new Map(),
    ...overrides,
  };
}

const COMMAND = { check: 'command', document: 'health' } as const;

function endpoint(service: string, overrides: Partial<Endpoint> = {}): Endpoint {
  const name = `com.amazonaws.eu-west-1.${service}`;
  return { vpc: 'vpc-1', service: name, isAvailable: true, hasPrivateDns: true, groups: ['sg-0e'], ...overrides };
}

function endpoints(overrides: Partial<Endpoint> = {}): Pick<DrillFact, 'endpoints'> {
  return { endpoints: { known: true, value: ['ssm', 'ssmmessages'].map((name) => endpoint(name, overrides)) } };
}

/** A network with endpoints that its group lets out to. */
const REACHED: Partial<DrillFact> = {
  networks: completeReading('networks', NOW, network(['127.0.0.1/32', 'sg-0e'])),
  ...endpoints(),
};

const THERE = completeReading('instance profiles', NOW, { role: 'amikeep-prod-drilled' });

function lines(drill: Partial<DrillSettings>, of: Partial<DrillFact> = {}, profile: Facts['drillProfile'] = THERE) {
  const file = aPolicyFile({ policies: [aPolicy({ drill: aDrill(drill) })] });
  return drillLines(facts({ file, drills: [fact(of)], drillProfile: profile }));
}

function amiss(all: readonly Line[]): Line[] {
  return all.filter(({ verdict }) => verdict !== 'ok');
}

/** What is said of a network of these subnets, each in its zone. */
function linesInZones(zones: Readonly<Record<string, string>>) {
  const there = { [DR.region]: { subnets: Object.keys(zones), securityGroup: GROUP } };
  return lines({ network: there }, { networks: completeReading('networks', NOW, network(undefined, 'local', zones)) });
}

describe('where a policy drills', () => {
  it('has as many zones as its subnets are of', () => {
    expect(linesInZones({ 'subnet-0a': 'euw1-az1', 'subnet-0b': 'euw1-az2' })).toEqual([
      expect.objectContaining({ verdict: 'ok', text: 'its network is sealed, of 2 zones' }),
    ]);
  });

  it('has a problem where two of its subnets share a zone', () => {
    const zones = { 'subnet-0a': 'euw1-az1', 'subnet-0b': 'euw1-az2', 'subnet-0c': 'euw1-az1' };
    expect(linesInZones(zones)).toEqual([
      {
        check: 'drill',
        subject: 'nightly in eu-west-1',
        verdict: 'problem',
        text: 'its subnets subnet-0a and subnet-0c are of the one zone euw1-az1: where that has no room, a second try there is in vain',
        remedy: 'write subnets under drill.network that are each of a zone of its own',
      },
    ]);
  });

  it('is all in order where its network is sealed and there is room', () => {
    expect(lines({ instanceType: ['m7g.large'] })).toEqual([
      { check: 'drill', subject: 'nightly in eu-west-1', verdict: 'ok', text: 'its network is sealed, of one zone' },
    ]);
  });

  it.each<[string, Partial<DrillSettings>, Partial<DrillFact>, string, RegExp]>([
    [
      'a way out of its network',
      {},
      { networks: completeReading('networks', NOW, network([], 'igw-1')) },
      'problem',
      /is not sealed, so nothing is launched there: the route table rtb-1 leads 0\.0\.0\.0\/0 to igw-1/,
    ],
    [
      'a network that could not be read',
      {},
      { networks: partialReading('networks', NOW, network(), 'UnauthorizedOperation') },
      'unknown',
      /could not be read: UnauthorizedOperation/,
    ],
    [
      'too few vCPUs',
      { instanceType: ['m7g.large'], atMost: 20 },
      {},
      'problem',
      /20 at a time take up to 40 vCPUs, and the account may run 32 there/,
    ],
    ['a type that is not there', { instanceType: ['m9g.large'] }, {}, 'problem', /the region has no m9g\.large/],
    [
      'a quota that could not be read',
      { instanceType: ['m7g.large'] },
      { vcpus: partialReading('quotas', NOW, undefined, 'AccessDenied') },
      'unknown',
      /could not be told: AccessDenied/,
    ],
  ])('says what to do about %s', (_, drill, of, verdict, text) => {
    expect(amiss(lines(drill, of))).toEqual([
      expect.objectContaining({ verdict, text: expect.stringMatching(text), remedy: expect.any(String) }),
    ]);
  });

  it.each([
    [
      'problem',
      completeReading('instance profiles', NOW, undefined),
      /the instance profile amikeep-prod-drilled is not there/,
    ],
    ['problem', completeReading('instance profiles', NOW, {}), /the instance profile amikeep-prod-drilled has no role/],
    ['unknown', partialReading('instance profiles', NOW, undefined, 'AccessDenied'), /could not be read: AccessDenied/],
  ] as const)(
    'is a %s for a command where the profile of drills is not known to be there',
    (verdict, profile, text) => {
      expect(lines(COMMAND, REACHED, profile)).toEqual([
        expect.objectContaining({ verdict, text: expect.stringMatching(text) }),
      ]);
      expect(lines({}, {}, profile)).toMatchObject([{ verdict: 'ok' }]);
    },
  );

  it('takes a command for possible where its group lets out to endpoints of what an agent calls', () => {
    expect(lines(COMMAND, REACHED)).toMatchObject([{ verdict: 'ok' }]);
  });

  it.each<[string, Partial<DrillFact>, string, RegExp]>([
    ['lets out to nothing', { networks: completeReading('networks', NOW, network()) }, 'problem', /ssm or ssmmessages/],
    ['has no endpoints', { endpoints: { known: true, value: [] } }, 'problem', /of ssm or ssmmessages/],
    [
      'has one of the two',
      { endpoints: { known: true, value: [endpoint('ssm')] } },
      'problem',
      /endpoint of ssmmessages /,
    ],
    ['has them in another VPC', endpoints({ vpc: 'vpc-2' }), 'problem', /vpc-1 has no available endpoint/],
    [
      'has them in a group that it does not let out to',
      endpoints({ groups: ['sg-0f'] }),
      'problem',
      /lets nothing out/,
    ],
    ['has them under names that no agent calls', endpoints({ hasPrivateDns: false }), 'problem', /private DNS/],
    ['has them still in the making', endpoints({ isAvailable: false }), 'problem', /no available endpoint/],
    [
      'could not be asked about',
      { endpoints: { known: false, denied: true, problem: 'UnauthorizedOperation' } },
      'unknown',
      /endpoints of its network could not be read: UnauthorizedOperation/,
    ],
  ])('says what a command lacks where its network %s', (_, of, verdict, text) => {
    expect(lines(COMMAND, { ...REACHED, ...of })).toEqual([
      expect.objectContaining({ verdict, text: expect.stringMatching(text), remedy: expect.any(String) }),
    ]);
  });

  it('tells nothing of room where no image says what its server was, or types have quotas of their own', () => {
    const vcpus = completeReading('quotas', NOW, 0);
    expect(lines({}, { vcpus })).toMatchObject([{ verdict: 'ok' }]);
    const types = completeReading('types', NOW, new Map([['g6.xlarge', { vcpus: 4 }]]));
    expect(lines({ instanceType: ['g6.xlarge'] }, { vcpus, types })).toMatchObject([{ verdict: 'ok' }]);
  });

  it('says which types are not there, and what the others take, though one of them has a quota of its own', () => {
    const types = completeReading(
      'types',
      NOW,
      new Map([
        ['g6.xlarge', { vcpus: 4 }],
        ['im4gn.large', { vcpus: 2 }],
      ]),
    );
    const vcpus = completeReading('quotas', NOW, 3);
    expect(amiss(lines({ instanceType: ['g9.xlarge', 'im4gn.large'] }, { types }))).toMatchObject([
      { verdict: 'problem', text: 'the region has no g9.xlarge' },
    ]);
    expect(amiss(lines({ instanceType: ['g6.xlarge', 'im4gn.large'], atMost: 2 }, { types, vcpus }))).toMatchObject([
      { verdict: 'problem', text: expect.stringContaining('2 at a time take up to 4 vCPUs') },
    ]);
  });
});

describe('room for drills', () => {
  const same = (recipeTypes: DrillFact['recipeTypes'], vcpus = 32) =>
    amiss(lines({ instanceType: 'same', atMost: 5 }, { recipeTypes, vcpus: completeReading('quotas', NOW, vcpus) }));

  it('is for the types of the servers whose images are there, where a policy names none', () => {
    const recipeTypes = new Map([['nightly', ['m7g.large']]]);
    expect(same(recipeTypes)).toEqual([]);
    expect(same(recipeTypes, 8)).toMatchObject([{ text: expect.stringContaining('5 at a time take up to 10 vCPUs') }]);
    expect(same(new Map([['weekly', ['m7g.large']]]), 8)).toEqual([]);
    expect(same(new Map([['nightly', ['m9g.large']]]))).toMatchObject([
      { text: 'the region has no m9g.large, which servers are of' },
    ]);
  });

  it('is for all policies of a region together, which share the quota', () => {
    const drill = aDrill({ instanceType: ['m7g.large'], atMost: 3 });
    const file = aPolicyFile({ policies: [aPolicy({ drill }), aPolicy({ name: 'weekly', drill })] });
    const told = (vcpus: number) =>
      amiss(drillLines(facts({ file, drills: [fact({ vcpus: completeReading('quotas', NOW, vcpus) })] })));
    expect(told(12)).toEqual([]);
    expect(told(11)).toMatchObject([
      {
        subject: 'nightly and weekly in eu-west-1',
        verdict: 'problem',
        text: '6 at a time take up to 12 vCPUs, and the account may run 11 there, whatever else runs',
      },
    ]);
  });
});

describe('a drill that is there', () => {
  const launch = {
    image: imageId('ami-00000000000000001'),
    rung: 'status',
    leaseMinutes: 45,
    failures: 0,
    at: NOW,
  } as const;
  const drill = (minutesAgo: number, overrides: Partial<DrillInstance> = {}): DrillInstance => ({
    id: AN_INSTANCE_ID,
    ...DR,
    state: 'running',
    image: launch.image,
    launchedAt: NOW - minutesAgo * MINUTE,
    token: drillToken({ ...launch, deployment: 'prod', since: undefined, subnet: SUBNET, type: 'm7g.large' }),
    type: 'm7g.large',
    networks: [{ subnet: SUBNET, groups: [GROUP] }],
    publicAddresses: [],
    tags: {},
    ...overrides,
  });
  const told = (one: DrillInstance, drills: boolean) => {
    const file = aPolicyFile({ policies: [aPolicy(drills ? { drill: aDrill() } : {})] });
    const drillsThere = new Map([[DR.region, completeReading('drills', NOW, [one])]]);
    return drillLines(facts({ file, drillsThere })).map(({ text }) => text);
  };

  it('is no problem within its lease, and until the sweep after it', () => {
    expect(told(drill(10), true)).toEqual([]);
    expect(told(drill(49), true)).toEqual([]);
  });

  it('is one that outlives its lease, whatever somebody did to its tags', () => {
    expect(told(drill(51), true)).toEqual([
      'it is a drill of ami-00000000000000001, and it lives on since its lease was over 2026-11-23T11:54:00Z',
    ]);
  });

  it('is one that nobody ends where no policy drills any more', () => {
    expect(told(drill(10), false)).toEqual([
      'it is a drill of ami-00000000000000001, and no policy drills any more, so that nobody ends it',
    ]);
  });

  it('is none of ours with the token of another deployment, and none once it has ended', () => {
    expect(told(drill(90, { token: 'amikeep-drill-0000000000-status-45-0000000000000000' }), true)).toEqual([]);
    expect(told(drill(90, { state: 'terminated' }), true)).toEqual([]);
  });

  it('is unknown where it could not be read, if any policy drills', () => {
    const drillsThere = new Map([[DR.region, partialReading('drills', NOW, [], 'AccessDenied')]]);
    const file = aPolicyFile({ policies: [aPolicy({ drill: aDrill() })] });
    expect(drillLines(facts({ file, drillsThere }))).toMatchObject([{ verdict: 'unknown' }]);
    expect(drillLines(facts({ drillsThere }))).toEqual([]);
  });
});
