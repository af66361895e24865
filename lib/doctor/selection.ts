import { plural } from '../model/plural.ts';
import type { Instance } from '../model/resources.ts';
import { isSourceOf, sourceRegionsOf } from '../policy/places.ts';
import type { Policy, PolicyFile } from '../policy/policy.ts';
import { explainSelection, nearMisses, selectionFunnel } from '../policy/select.ts';
import type { Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/** As many as a line names. */
const MOST_NAMED = 3;

/** Which instances each policy selects, and what is odd about it. */
export function selectionLines(facts: Facts): Line[] {
  const { file, instances, membersInstances } = facts;
  const all = [...instances.values(), ...membersInstances].flatMap(({ value }) => value);
  const unread = [
    ...[...instances].flatMap(([region, reading]) =>
      reading.complete ? [] : [unreadLine(region, `allow ec2:DescribeInstances in ${region}`, reading.problem)],
    ),
    ...new Map(
      membersInstances.flatMap((reading) =>
        reading.complete
          ? []
          : [[reading.problem, unreadLine('other accounts', 'mend what is said of accounts', reading.problem)]],
      ),
    ).values(),
  ];
  const whole = unread.length === 0 && instances.size === file.regions.length;
  return [
    ...unread,
    ...file.policies.flatMap((policy) => {
      const here = all.filter((instance) => isSourceOf(policy, file, instance));
      return policyLines(policy, here, facts, whole);
    }),
    ...sharedLines(file, all),
  ];
}

function unreadLine(where: string, remedy: string, problem: string): Line {
  return linesAbout('policy', 'all').unknown(`the instances of ${where} could not be read: ${problem}`, remedy);
}

function policyLines(
  policy: Policy,
  all: readonly Instance[],
  { file, instances, membersInstances }: Facts,
  whole: boolean,
): Line[] {
  const { ok, problem, unknown } = linesAbout('policy', policy.name);
  const isSource = (instance: Instance) => isSourceOf(policy, file, instance);
  const selected = selectedOf(policy, all);
  if (selected.length === 0) {
    if (!whole)
      return [unknown('it selects nothing where instances could be read', 'mend what is said of regions and accounts')];
    return [problem(`it selects nothing: ${whyNothing(policy, all)}`, remedyForNothing(policy, all))];
  }
  const sources = new Set(sourceRegionsOf(policy, file));
  const counts = [...instances].flatMap(([region, { value }]) =>
    sources.has(region) ? [`${selectedOf(policy, value.filter(isSource)).length} in ${region}`] : [],
  );
  const elsewhere = selectedOf(
    policy,
    membersInstances.flatMap(({ value }) => value.filter(isSource)),
  ).length;
  if (membersInstances.length > 0) counts.push(`${elsewhere} in other accounts`);
  const unfit = selected.filter(({ rootDevice }) => rootDevice !== 'ebs');
  const onOutposts = selected.filter(({ outpost }) => outpost !== undefined);
  const remedy = 'exclude them with select.excludeInstances';
  const lines = [
    ...(unfit.length === 0
      ? []
      : [
          problem(
            `the root device of ${namesOf(unfit)} is an instance store, of which CreateImage makes no image`,
            remedy,
          ),
        ]),
    ...(onOutposts.length === 0
      ? []
      : [problem(`${namesOf(onOutposts)} run on an Outpost, where amikeep makes no images`, remedy)]),
  ];
  return lines.length > 0 ? lines : [ok(`it selects instances: ${counts.join(', ')}`)];
}

function selectedOf({ select }: Policy, instances: readonly Instance[]): Instance[] {
  return instances.filter((instance) => explainSelection(select, instance).selected);
}

function whyNothing({ select }: Policy, all: readonly Instance[]): string {
  const steps = selectionFunnel(select, all).map(({ condition, left }) => `${condition} leaves ${left}`);
  return `of ${plural(all.length, 'instance')} ${steps.join(', ')}`;
}

function remedyForNothing({ select }: Policy, all: readonly Instance[]): string {
  const near = nearMisses(select, all).slice(0, MOST_NAMED);
  if (near.length === 0) return 'tag the instances that are meant, or mend select';
  return near.map(({ instance, reason }) => `${instance} ${reason}`).join('; ');
}

/** Instances that several policies select are backed up by each: that is no mistake, unless it is one. */
function sharedLines(file: PolicyFile, all: readonly Instance[]): Line[] {
  const shared = Map.groupBy(all, (instance) =>
    file.policies
      .filter((policy) => isSourceOf(policy, file, instance) && explainSelection(policy.select, instance).selected)
      .map(({ name }) => name)
      .join(' and '),
  );
  return [...shared].flatMap(([names, instances]) =>
    names.includes(' and ')
      ? [linesAbout('policy', names).ok(`each makes images of its own of ${namesOf(instances)}`)]
      : [],
  );
}

function namesOf(instances: readonly Instance[]): string {
  const named = instances.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = instances.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
