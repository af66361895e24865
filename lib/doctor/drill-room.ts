import { isStandardFamily } from '../model/instance-family.ts';
import type { DrillSettings, PolicyFile } from '../policy/policy.ts';
import type { DrillFact } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/**
 * Whether the types of drills are there, and whether as many as may run at a time have room: in each region, what all policies
 * together may start, since they share the quota.
 */
export function drillRoomLines({ policies }: PolicyFile, fact: DrillFact): Line[] {
  const { region, types, vcpus } = fact;
  const drilling = policies.flatMap(({ name, drill }) =>
    drill?.regions.includes(region) ? [{ name, drill, named: typesOf(name, drill, fact) }] : [],
  );
  const asked = drilling.filter(({ named }) => named.length > 0);
  if (asked.length === 0) return [];
  const subject = `${asked.map(({ name }) => name).join(' and ')} in ${region}`;
  const atMost = asked.reduce((sum, { drill }) => sum + drill.atMost, 0);
  const { problem, unknown } = linesAbout('drill', subject);
  const untold = (why: string) => [
    unknown(
      `whether there is room for ${atMost} at a time could not be told: ${why}`,
      'allow ec2:DescribeInstanceTypes and servicequotas:GetServiceQuota',
    ),
  ];
  if (!types.complete) return untold(types.problem);
  const missing = asked.flatMap(({ name, drill, named }) => missingLines(`${name} in ${region}`, drill, named, fact));
  const needed = asked.map(({ drill, named }) => {
    const vcpusOf = named.filter(isStandardFamily).map((type) => types.value.get(type)?.vcpus ?? 0);
    return drill.atMost * Math.max(0, ...vcpusOf);
  });
  const most = needed.reduce((sum, one) => sum + one, 0);
  if (most === 0) return missing;
  if (!vcpus.complete) return [...missing, ...untold(vcpus.problem)];
  if (vcpus.value === undefined) return [...missing, ...untold('there is none')];
  if (most <= vcpus.value) return missing;
  const text = `${atMost} at a time take up to ${most} vCPUs, and the account may run ${vcpus.value} there, whatever else runs`;
  return [...missing, problem(text, 'ask for more in Service Quotas, or lower drill.atMost')];
}

/** Those that a policy names, or where it names none, those of the servers whose images are there. */
export function typesOf(
  policy: string,
  { instanceType }: DrillSettings,
  { recipeTypes }: Pick<DrillFact, 'recipeTypes'>,
): readonly string[] {
  return instanceType === 'same' ? (recipeTypes.get(policy) ?? []) : instanceType;
}

function missingLines(
  subject: string,
  { instanceType }: DrillSettings,
  named: readonly string[],
  { types }: DrillFact,
): Line[] {
  const missing = named.filter((type) => !types.value.has(type));
  if (missing.length === 0) return [];
  const { problem } = linesAbout('drill', subject);
  const text = `the region has no ${missing.join(', ')}`;
  return [
    instanceType === 'same'
      ? problem(`${text}, which servers are of`, 'name types that it has under drill.instanceType')
      : problem(text, 'write other types into drill.instanceType'),
  ];
}
