import type { DrillInstance, Health } from '../../../lib/model/drills.ts';
import { type ImageId, instanceId } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, type Instant, MINUTE } from '../../../lib/model/time.ts';
import type { Decision, Plan } from '../../../lib/planning/decision.ts';
import { planDrills } from '../../../lib/planning/drill/drill.ts';
import type { DrillRequest } from '../../../lib/planning/drill/due.ts';
import type { DrillInventory } from '../../../lib/planning/drill/inventory.ts';
import type { DrillSettings, PolicyFile } from '../../../lib/policy/policy.ts';
import { drillToken } from '../../../lib/tagging/drill-token.ts';
import { drilledTag, passedTag } from '../../../lib/tagging/verdict.ts';
import { aPolicy, aPolicyFile, HERE } from '../../builders.ts';
import { ami, NOW, read, tagged } from '../fleet.ts';

/** A policy that drills in its source region, in a network that is sealed, and what was read of it. */

export const SETTINGS: DrillSettings = {
  every: { days: 30 },
  regions: [HERE.region],
  check: 'status',
  instanceType: ['m7g.large'],
  leaseMinutes: 45,
  atMost: 2,
  maxAgeDays: 45,
  network: { [HERE.region]: { subnets: ['subnet-01'], securityGroup: 'sg-01' } },
};

export function drilling(settings: Partial<DrillSettings> = {}): PolicyFile {
  return aPolicyFile({ policies: [aPolicy({ drill: { ...SETTINGS, ...settings } })] });
}

const TAGS = { 'amikeep:drill-network': 'prod' };

export function drillInventory(overrides: Partial<DrillInventory> = {}): DrillInventory {
  return {
    target: HERE,
    drills: read([]),
    remnants: read([]),
    images: read([]),
    networks: read({
      subnets: [{ id: 'subnet-01', vpc: 'vpc-01', zoneId: 'euc1-az1', tags: TAGS, givesPublicAddresses: false }],
      groups: [{ id: 'sg-01', vpc: 'vpc-01', tags: TAGS, egress: [] }],
      routeTables: [{ id: 'rtb-01', vpc: 'vpc-01', isMain: true, subnets: [], routes: [] }],
    }),
    checks: {
      health: read(new Map()),
      consoles: read(new Map()),
      nodes: read(new Set()),
      commands: read(new Map()),
    },
    ...overrides,
  };
}

export const A_DRILL = instanceId('i-0d0d0d0d');

/** A drill that was launched ten minutes ago and runs. */
export function aDrill(overrides: Partial<DrillInstance> = {}, terms: Partial<Parameters<typeof drillToken>[0]> = {}) {
  const image = overrides.image ?? ami(1);
  const launch = { deployment: 'prod', image, since: undefined, at: NOW, subnet: 'subnet-01', type: 'm7g.large' };
  const drill: DrillInstance = {
    id: A_DRILL,
    ...HERE,
    state: 'running',
    image,
    launchedAt: NOW - 10 * MINUTE,
    token: drillToken({ ...launch, rung: 'status', leaseMinutes: 45, failures: 0, ...terms }),
    type: 'm7g.large',
    networks: [{ subnet: 'subnet-01', groups: ['sg-01'] }],
    publicAddresses: [],
    tags: { 'amikeep:deployment': 'prod', 'amikeep:drill': 'a drill' },
    ...overrides,
  };
  return drill;
}

export const UP: Health = { system: 'ok', instance: 'ok', volumes: 'ok' };

export function passed(image: Image, daysAgo: number): Image {
  const pass = { at: NOW - daysAgo * DAY, rung: 'status', seconds: 400, type: 'm7g.large', instance: A_DRILL } as const;
  return tagged(image, passedTag(pass));
}

export function drilled(image: Image, verdict: 'failed' | 'inconclusive', failures: number, at: Instant): Image {
  return tagged(image, drilledTag({ at, verdict, failures, instance: A_DRILL, reason: 'it was so' }));
}

export function plan(
  inventory: Partial<DrillInventory>,
  file = drilling(),
  request: DrillRequest | 'sweep' = {},
  now = NOW,
): Plan {
  return planDrills(file, drillInventory(inventory), request === 'sweep' ? undefined : request, now);
}

/** `drill drill-due` by the subject's id. */
export function inShort({ decisions }: Pick<Plan, 'decisions'>): Record<string, string> {
  return Object.fromEntries(decisions.map(({ subject, action, reason }) => [subject.id, `${action} ${reason.code}`]));
}

export function decisionOn(id: ImageId | typeof A_DRILL, { decisions }: Plan): Decision | undefined {
  return decisions.find(({ subject }) => subject.id === id);
}
