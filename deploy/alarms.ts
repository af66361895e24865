import { createHash } from 'node:crypto';
import { chunks } from '../lib/aws/calls/batches.ts';
import {
  type AlarmedMetric,
  dimensionsOf,
  type MetricName,
  NAMESPACE,
  type Place,
  placeOfCopies,
  serviceOf,
} from '../lib/lambda/metrics.ts';
import type { Region } from '../lib/model/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../lib/model/time.ts';
import { sourceRegionsOf } from '../lib/policy/places.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import { MAX_CONTINUATIONS } from '../lib/run/event-schema.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import { drillsIn } from './template.ts';

/** A metric of CloudWatch's, ours or another's, with all its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

interface AlarmKind {
  /** What its name begins with; its place follows. */
  readonly id: string;
  /** Its heading in docs/operations.md. */
  readonly heading: string;
  /** What it means, and what to do first. */
  readonly text: (place: Place) => string;
  /** One alarm for each; absent: one of the whole deployment. */
  readonly places?: (file: PolicyFile) => readonly Place[];
  /** In milliseconds. */
  readonly period: number;
  /** It rings once so many... */
  readonly breaching: number;
  /** ...of so many periods, the last ones, are at the threshold or above. */
  readonly of: number;
  /** 1 unless given. */
  readonly threshold?: (file: PolicyFile, place: Place) => number;
  /** What of several places is held against the threshold: their sum, unless it is the highest. */
  readonly together?: 'sum' | 'highest';
  /** The maximum unless given: so no account, policy or region hides behind others, and what came twice is not counted twice. */
  readonly statistic?: 'Maximum' | 'Sum';
  readonly missing: 'breaching' | 'notBreaching' | 'ignore';
}

/** An alarm as it is deployed. */
export interface Alarm extends Pick<AlarmKind, 'heading' | 'period' | 'breaching' | 'of' | 'missing'> {
  readonly logicalId: string;
  /** What follows `amikeep-<deployment>-` in its name. */
  readonly name: string;
  readonly text: string;
  /** Up to ten, CloudWatch's most for an alarm; of several, any of which rings it. */
  readonly metrics: readonly Metric[];
  readonly threshold: number;
  readonly statistic: 'Maximum' | 'Sum';
  readonly together: 'sum' | 'highest';
}

/** One by itself is a slip, or somebody's copy; its run tells of it. */
const MANY_UNSEALED = 5;
/** In percent. */
const MUCH_HELD = 20;

/**
 * Every alarm there is, by what it watches: each metric that is to be `on: 'alarm'`, and the queue of dead letters. That no
 * data is no trouble holds for those of the whole deployment: that runs tell at all is what those of policies and regions
 * watch.
 */
export const ALARMS: Readonly<Record<AlarmedMetric | 'DeadLetters', AlarmKind>> = {
  OverdueInstances: {
    id: 'overdue',
    heading: 'Overdue instances',
    text: ({ policy, region }) =>
      `Instances of policy ${policy} in ${region} have no good image of the last due slot, or no sweep could tell.`,
    places: sourcesOf,
    // The sweep tells each hour. What it finds once it may have mended by the next.
    ...{ period: HOUR, breaching: 2, of: 2 },
    // A sweep that tells nothing did not run, or could not read what it had to.
    missing: 'breaching',
  },
  CopiesOverdue: {
    id: 'copies-overdue',
    heading: 'Copies overdue',
    text: ({ policy, to }) =>
      `Copies that policy ${policy} wants in ${to} are not there though a later slot is due, or no sweep could tell.`,
    places: copiesOf,
    // As for overdue instances.
    ...{ period: HOUR, breaching: 2, of: 2 },
    missing: 'breaching',
  },
  StagesOverdue: {
    id: 'stages-overdue',
    heading: 'Retirement behind',
    text: ({ region }) => `Images and snapshots in ${region} were to go a stage further over a day ago, and have not.`,
    places: regionsOf,
    // The sweep comes each six hours. What one had no luck with may be what had been kept until then.
    ...{ period: 6 * HOUR, breaching: 2, of: 2 },
    missing: 'ignore',
  },
  UnselectedInstances: {
    id: 'unselected',
    heading: 'No longer selected',
    text: ({ region }) =>
      `Instances in ${region} that have images live, and no policy selects them any more: no further images are made of them.`,
    places: (file) => sourceRegionsIn(file).map((region) => ({ region })),
    // The sweep comes each six hours.
    ...{ period: 6 * HOUR, breaching: 1, of: 1 },
    // What was told last still holds; that no sweep tells rings elsewhere.
    missing: 'ignore',
  },
  UnsealedImages: {
    id: 'unsealed',
    heading: 'Images without a seal',
    text: ({ region }) =>
      `Images in ${region} bear this deployment's tag and no seal that holds: they are kept, copied nowhere and never retired.`,
    places: regionsOf,
    threshold: () => MANY_UNSEALED,
    ...{ period: 6 * HOUR, breaching: 1, of: 1 },
    missing: 'ignore',
  },
  HeldShare: {
    id: 'held',
    heading: 'Many holds',
    text: ({ region }) =>
      `Of a policy in ${region} more than ten images, and a fifth of all, are on hold: they stay, and cost.`,
    places: regionsOf,
    threshold: () => MUCH_HELD,
    ...{ period: 6 * HOUR, breaching: 1, of: 1 },
    missing: 'ignore',
  },
  EvidenceIncomplete: {
    id: 'evidence',
    heading: 'Evidence incomplete',
    text: ({ region }) =>
      `For a day retire runs in ${region} could not read, or believe, all that they go by; what rests on it was not retired.`,
    places: regionsOf,
    // The sweep comes each six hours: all of a day's.
    ...{ period: 6 * HOUR, breaching: 4, of: 4 },
    // A day without a retire run is one in which nothing was retired either.
    missing: 'breaching',
  },
  Continuations: {
    id: 'continuations',
    heading: 'Continuations',
    text: ({ region }) => `Runs in ${region} send themselves on more often than the sweeps of an hour explain.`,
    places: regionsOf,
    // What comes twice is just what this one is about.
    statistic: 'Sum',
    threshold: mostContinuations,
    ...{ period: HOUR, breaching: 1, of: 1 },
    missing: 'notBreaching',
  },
  PassAge: {
    id: 'pass-age',
    heading: 'No recent pass',
    text: ({ policy, region }) =>
      `A lineage of policy ${policy} in ${region} has passed no drill for longer than drill.maxAgeDays, or no run could tell.`,
    places: drillsOf,
    threshold: ({ policies }, { policy }) => maxAgeOf(policies.find(({ name }) => name === policy)),
    // Ages of several regions add up to what none of them has come to.
    together: 'highest',
    // The run of the hour tells. What it could not read once it may by the next.
    ...{ period: HOUR, breaching: 2, of: 2 },
    missing: 'breaching',
  },
  UnprovenLineages: {
    id: 'unproven',
    heading: 'Never passed',
    text: ({ policy, region }) => `For three days lineages of policy ${policy} in ${region} have never passed a drill.`,
    places: drillsOf,
    // Each day some may be new; drills come to those first.
    ...{ period: DAY, breaching: 3, of: 3 },
    // That no run tells rings elsewhere.
    missing: 'ignore',
  },
  DrillsOverdue: {
    id: 'drills-overdue',
    heading: 'Drills overdue',
    text: ({ region }) => `Drills in ${region} live an hour after their lease, or no sweep could tell.`,
    places: (file) => (drillsIn(file) ? regionsOf(file) : []),
    // The sweep comes each five minutes: in a quarter of an hour three have told nothing.
    ...{ period: 15 * MINUTE, breaching: 2, of: 2 },
    // While nobody looks nothing ends what was launched, and that costs.
    missing: 'breaching',
  },
  DrillsFailed: {
    id: 'drills-failed',
    heading: 'Failed drills',
    text: () => 'An image was started twice and did not come up. What is restored from it may not either.',
    places: (file) => (drillsIn(file) ? [{}] : []),
    ...{ period: HOUR, breaching: 1, of: 1 },
    missing: 'notBreaching',
  },
  DeadLetters: {
    id: 'dead-letters',
    heading: 'Dead letters',
    text: () => 'An event was given up after its retries. Read it in the queue, mend the cause, invoke it again.',
    ...{ period: 5 * MINUTE, breaching: 1, of: 1 },
    // SQS says nothing of a queue that has been empty for hours.
    missing: 'notBreaching',
  },
  Failures: {
    id: 'failures',
    heading: 'Partial failures',
    text: () => 'Runs fail in part, and not just once. The log has a line for each failure.',
    // One failure is made up for by the next sweep. Twice in twelve hours also catches a retire sweep that fails each
    // time, which is every six.
    ...{ period: HOUR, breaching: 2, of: 12 },
    missing: 'notBreaching',
  },
  SlotsMissed: {
    id: 'slots-missed',
    heading: 'Missed slots',
    text: () => 'A slot went by without an image of an instance that had older ones. It is not made up for.',
    ...{ period: HOUR, breaching: 1, of: 1 },
    missing: 'notBreaching',
  },
  CapReached: {
    id: 'cap-reached',
    heading: 'Cap reached',
    text: () => 'More images expire than retire.maxPerDay lets go. Look whether they should before you raise it.',
    ...{ period: 6 * HOUR, breaching: 1, of: 1 },
    missing: 'notBreaching',
  },
  AbandonedGiB: {
    id: 'abandoned',
    heading: 'Abandoned lineages',
    text: () => 'Images are kept of instances that are gone. They stay, and cost, until somebody ends their lineages.',
    ...{ period: 6 * HOUR, breaching: 1, of: 1 },
    // What was told last still holds: no data must not tell that they are gone.
    missing: 'ignore',
  },
  CopiesGivenUp: {
    id: 'copies-given-up',
    heading: 'Copies given up',
    text: () =>
      'All attempts at a copy have failed, and no further one is made. Mend the cause, then remove the failed ones.',
    places: whereCopied,
    ...{ period: HOUR, breaching: 1, of: 1 },
    missing: 'notBreaching',
  },
  CopyAttemptsFailed: {
    id: 'copy-attempts-failed',
    heading: 'Copy attempts failed',
    text: () => 'Copies go on failing and are tried again. After three attempts at one it is given up.',
    places: whereCopied,
    // One failed attempt is made up for by the next.
    ...{ period: HOUR, breaching: 3, of: 6 },
    missing: 'notBreaching',
  },
};

/** Each policy that makes images, in each of its source regions. */
export function sourcesOf(file: PolicyFile): Place[] {
  return file.policies
    .filter(({ enabled }) => enabled)
    .flatMap((policy) => sourceRegionsOf(policy, file).map((region) => ({ policy: policy.name, region })));
}

/** Each policy in each place that its copies go to. */
export function copiesOf({ policies }: PolicyFile): Place[] {
  return policies.flatMap(({ name: policy, copies }) => copies.map((copy) => ({ policy, to: placeOfCopies(copy) })));
}

/** Each policy that drills, in each of the regions in which it does. */
export function drillsOf({ policies }: PolicyFile): Place[] {
  return policies.flatMap(({ name: policy, drill }) => (drill?.regions ?? []).map((region) => ({ policy, region })));
}

/** As the metric tells it, in seconds. */
export function maxAgeOf(policy: Policy | undefined): number {
  return ((policy?.drill?.maxAgeDays ?? 0) * DAY) / SECOND;
}

/** The regions in which images are made. */
export function sourceRegionsIn(file: PolicyFile): Region[] {
  const making = file.policies.filter(({ enabled }) => enabled);
  return file.regions.filter((region) => making.some((policy) => sourceRegionsOf(policy, file).includes(region)));
}

function regionsOf(file: PolicyFile): Place[] {
  return regionsWithImages(file).map((region) => ({ region }));
}

function everywhere(): Place[] {
  return [{}];
}

/** One alarm of the deployment, if it copies anything. */
function whereCopied({ policies }: PolicyFile): Place[] {
  return policies.some(({ copies }) => copies.length > 0) ? [{}] : [];
}

/** What a sweep of each action, and for snapshots of each policy, may send on in one region, in all source accounts. */
function mostContinuations(file: PolicyFile): number {
  const { policies, accounts } = file;
  const sources = 1 + accounts.filter(({ vault }) => !vault).length;
  // Of copies and of retirement, and of what begins drills.
  const others = drillsIn(file) ? 3 : 2;
  return (policies.length + others) * sources * MAX_CONTINUATIONS;
}

/** Beyond so many places, alarms of one kind would be most of what a stack may hold. */
const MOST_SINGLE = 150;
const METRICS_AN_ALARM = 10;

/** All alarms of a deployment. */
export function alarmsOf(file: PolicyFile): Alarm[] {
  return Object.entries(ALARMS).flatMap(([name, { places = everywhere, ...kind }]) =>
    groupsOf(places(file)).map(({ members, where, whole }): Alarm => {
      const { id, text, threshold = () => 1, statistic = 'Maximum', together = 'sum', ...rest } = kind;
      return {
        ...rest,
        logicalId: logicalIdOf(id, whole.policy, where),
        name: [id, whole.policy, where.replace('/', '-')].filter(Boolean).join('-'),
        text: text(whole),
        metrics: members.map((place) => watched(file, name, place)),
        threshold: threshold(file, whole),
        statistic,
        together,
      };
    }),
  );
}

/** The places that one alarm watches. */
interface Group {
  readonly members: readonly Place[];
  readonly where: string;
  /** All of them in words. */
  readonly whole: Place;
}

/** Each place by itself, or where those are too many, as many of a policy's as an alarm takes. */
function groupsOf(places: readonly Place[]): Group[] {
  if (places.length <= MOST_SINGLE) {
    return places.map((place) => ({ members: [place], where: place.region ?? place.to ?? '', whole: place }));
  }
  return [...Map.groupBy(places, ({ policy }) => policy).entries()].flatMap(([policy, those]) =>
    chunks(those, METRICS_AN_ALARM).map((members, index): Group => {
      const words = members.map(({ region, to }) => region ?? to).join(', ');
      const whole = { ...(policy !== undefined && { policy }), region: words, to: words };
      return { members, where: index === 0 ? 'all' : `all-${index + 1}`, whole };
    }),
  );
}

function watched(file: PolicyFile, name: string, place: Place): Metric {
  return isAlarmed(name) ? ourMetric(file, name, place) : deadLetters(file);
}

function isAlarmed(name: string): name is AlarmedMetric {
  return name in ALARMS && name !== 'DeadLetters';
}

export function ourMetric({ deployment }: PolicyFile, name: MetricName, place: Place = {}): Metric {
  return {
    namespace: NAMESPACE,
    name,
    dimensions: [['service', serviceOf(deployment)], ...dimensionsOf(name, place)],
  };
}

/** The messages in the queue of what the functions, the bus and the schedules gave up. */
export function deadLetters({ deployment }: PolicyFile): Metric {
  return {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: [['QueueName', `amikeep-${deployment}-dead-letters`]],
  };
}

function logicalIdOf(id: string, policy: string | undefined, where: string): string {
  const words = id.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const of = policy === undefined ? '' : shortHash(policy);
  return `Alarm${words.join('')}${[policy ?? '', where].map(alphanumeric).join('')}${of}`;
}

function alphanumeric(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '');
}

/** Tells policies apart whose names differ only in what a logical id cannot hold. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
