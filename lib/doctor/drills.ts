import type { DrillInstance } from '../model/drills.ts';
import { formatInstant, type Instant } from '../model/time.ts';
import { leaseEnd, SWEPT_EVERY } from '../planning/drill/lease.ts';
import { leaksOf, type NetworkFacts } from '../planning/drill/network.ts';
import { drillNetworkAt } from '../policy/places.ts';
import type { DrillSettings, PolicyFile } from '../policy/policy.ts';
import { readDrillToken } from '../tagging/drill-token.ts';
import { drillCommandLines } from './drill-commands.ts';
import { drillRoomLines } from './drill-room.ts';
import type { DrillFact, Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/** Lines about where and how each policy drills, and about drills that nobody ends. */
export function drillLines(facts: Pick<Facts, 'file' | 'drills' | 'drillProfile' | 'drillsThere' | 'at'>): Line[] {
  const { file, drills, drillProfile: profile } = facts;
  return [
    ...file.policies.flatMap(({ name, drill }) =>
      drills.flatMap((fact) =>
        drill?.regions.includes(fact.region) ? linesOf(`${name} in ${fact.region}`, drill, fact, profile, file) : [],
      ),
    ),
    ...drills.flatMap((fact) => drillRoomLines(file, fact)),
    ...outlivedLines(facts),
  ];
}

function linesOf(
  subject: string,
  drill: DrillSettings,
  fact: DrillFact,
  profile: Facts['drillProfile'],
  { deployment }: PolicyFile,
): Line[] {
  const { ok, problem, unknown } = linesAbout('drill', subject);
  const { region, networks } = fact;
  const network = drillNetworkAt(drill, fact);
  if (!network) return [problem('its policy names no network there', 'write one under drill.network')];
  if (!networks.complete) {
    const reads = 'ec2:DescribeSubnets, ec2:DescribeSecurityGroups and ec2:DescribeRouteTables';
    return [unknown(`its network could not be read: ${networks.problem}`, `allow ${reads} in ${region}`)];
  }
  const { subnets, securityGroup: group } = network;
  const leaks = new Set(subnets.flatMap((subnet) => leaksOf(deployment, { subnet, group }, networks.value)));
  if (leaks.size > 0) {
    const text = `its network is not sealed, so nothing is launched there: ${[...leaks].join('; ')}`;
    return [problem(text, `deploy deploy/drill-network.yml in ${region}, and write what it tells under drill.network`)];
  }
  const lines = [
    ...(drill.check === 'command' ? drillCommandLines(subject, network, fact, profile, deployment) : []),
    ...zoneLines(subject, subnets, networks.value),
  ];
  const zones = zonesOf(subnets, networks.value).size;
  return lines.length > 0 ? lines : [ok(`its network is sealed, of ${zones === 1 ? 'one zone' : `${zones} zones`}`)];
}

/** The subnets of each zone, in the policy's order. */
function zonesOf(ids: readonly string[], { subnets }: NetworkFacts): Map<string, string[]> {
  const zoneOf = new Map(subnets.map(({ id, zoneId }) => [id, zoneId]));
  return Map.groupBy(ids, (id) => zoneOf.get(id) ?? '');
}

function zoneLines(subject: string, ids: readonly string[], facts: NetworkFacts): Line[] {
  const { problem } = linesAbout('drill', subject);
  return [...zonesOf(ids, facts)].flatMap(([zone, subnets]) => {
    if (subnets.length === 1) return [];
    const text = `its subnets ${subnets.join(' and ')} are of the one zone ${zone}: where that has no room, a second try there is in vain`;
    return [problem(text, 'write subnets under drill.network that are each of a zone of its own')];
  });
}

/** What a sweep would have ended, and what no sweep comes for any more. */
function outlivedLines({ file, drillsThere, at }: Pick<Facts, 'file' | 'drillsThere' | 'at'>): Line[] {
  const isSwept = file.policies.some(({ drill }) => drill !== undefined);
  return [...drillsThere].flatMap(([region, reading]) => {
    if (!reading.complete && !isSwept) return [];
    if (!reading.complete) {
      const { unknown } = linesAbout('drill', `those in ${region}`);
      return [unknown(`they could not be read: ${reading.problem}`, `allow ec2:DescribeInstances in ${region}`)];
    }
    return reading.value.flatMap((drill) => {
      const why = whyOutlived(drill, file, isSwept, at);
      if (why === undefined) return [];
      const remedy = `aws ec2 terminate-instances --region ${region} --instance-ids ${drill.id}`;
      return [
        linesAbout('drill', `${drill.id} in ${region}`).problem(`it is a drill of ${drill.image}, and ${why}`, remedy),
      ];
    });
  });
}

function whyOutlived(
  drill: DrillInstance,
  { deployment }: PolicyFile,
  isSwept: boolean,
  at: Instant,
): string | undefined {
  const terms = readDrillToken(drill.token, deployment);
  if (!terms || drill.state === 'terminated' || drill.state === 'shutting-down') return undefined;
  if (!isSwept) return 'no policy drills any more, so that nobody ends it';
  const end = leaseEnd(drill, terms);
  return at > end + SWEPT_EVERY ? `it lives on since its lease was over ${formatInstant(end)}` : undefined;
}
