import { drillProfile } from '../planning/drill/profile.ts';
import type { DrillNetwork } from '../policy/policy.ts';
import type { DrillFact, Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import type { Endpoint } from './ports.ts';

/** Whether Systems Manager can reach a drill that a command is to be run in: by its profile, and by endpoints of its network. */
export function drillCommandLines(
  subject: string,
  network: DrillNetwork,
  fact: DrillFact,
  profile: Facts['drillProfile'],
  deployment: string,
): Line[] {
  return [...profileLines(subject, profile, deployment), ...endpointLines(subject, network, fact)];
}

function profileLines(subject: string, profile: Facts['drillProfile'], deployment: string): Line[] {
  const { problem, unknown } = linesAbout('drill', subject);
  const what = `its check is a command, and the instance profile ${drillProfile(deployment)}`;
  if (!profile?.complete) {
    const why = profile?.problem ?? 'nobody asked';
    return [unknown(`${what} could not be read: ${why}`, 'allow iam:GetInstanceProfile to who runs doctor')];
  }
  const remedy = 'deploy deploy/drill-network.yml with Endpoints=ssm, which makes it';
  if (!profile.value) return [problem(`${what} is not there`, remedy)];
  return profile.value.role === undefined
    ? [problem(`${what} has no role, so EC2 launches nothing with it`, remedy)]
    : [];
}

/** What SSM's agent calls. Agents before 3.3.40 call ec2messages too (Systems Manager User Guide, setup-create-vpc). */
const CALLED = ['ssm', 'ssmmessages'];

function endpointLines(
  subject: string,
  { subnets, securityGroup }: DrillNetwork,
  { region, networks, endpoints }: DrillFact,
): Line[] {
  const { problem, unknown } = linesAbout('drill', subject);
  if (!endpoints?.known) {
    const text = `its check is a command, and the endpoints of its network could not be read: ${endpoints?.problem ?? 'nobody asked'}`;
    return [unknown(text, `allow ec2:DescribeVpcEndpoints in ${region}`)];
  }
  const vpcs = new Set(networks.value.subnets.flatMap(({ id, vpc }) => (subnets.includes(id) ? [vpc] : [])));
  const egress = networks.value.groups.find(({ id }) => id === securityGroup)?.egress ?? [];
  const isReached = ({ groups, isAvailable, hasPrivateDns }: Endpoint) =>
    isAvailable && hasPrivateDns && groups.some((group) => egress.includes(group));
  return [...vpcs].flatMap((vpc) => {
    const reached = new Set(endpoints.value.filter((one) => one.vpc === vpc && isReached(one)).map(serviceOf));
    const missing = CALLED.filter((service) => !reached.has(service));
    if (missing.length === 0) return [];
    const text = `its check is a command, and its network lets nothing out to Systems Manager: ${vpc} has no available endpoint of ${missing.join(' or ')} with private DNS in a security group that ${securityGroup} lets out to`;
    return [problem(text, `deploy deploy/drill-network.yml in ${region} with Endpoints=ssm`)];
  });
}

/** `com.amazonaws.eu-central-1.ssm`, and other words in front of it elsewhere. */
function serviceOf({ service }: Endpoint): string {
  return service.split('.').at(-1) ?? '';
}
