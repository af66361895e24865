import type { Metrics } from '@aws-lambda-powertools/metrics';
import { SECOND } from '../model/time.ts';
import type { ChangeDecision, PolicyStock, ReasonCode } from '../planning/decision.ts';
import { FAILED_FOR_GOOD } from '../planning/drill-verdicts.ts';
import { goesOn, type Outcome } from '../run/outcome/outcome.ts';

/** The CloudWatch namespace of all metrics. */
export const NAMESPACE = 'amikeep';

/** The dimension `service`, which every metric has: two deployments of one account have no metric in common. */
export function serviceOf(deployment: string): string {
  return `amikeep-${deployment}`;
}

interface MetricKind {
  readonly unit: 'Count' | 'Percent' | 'Seconds';
  /** The dimensions beside `service`. CloudWatch bills each combination of values, so there are few. */
  readonly by: readonly (keyof Place)[];
  /** Where it is looked at: an alarm is on the dashboard as well, and deploy/alarms.ts has to have it. */
  readonly on: 'alarm' | 'dashboard';
}

/**
 * Every metric there is. Alarms and the dashboard are made from this table, and what a run tells by it.
 *
 * Runs know nothing of each other, and an event that comes twice is told of twice: what is true of a moment is right as
 * the maximum of a period; only what a run has done adds up.
 */
export const METRICS = {
  /** Selected instances without a good image of the last due slot; told by every sweep, 0 where all is well. */
  OverdueInstances: { unit: 'Count', by: ['policy', 'region'], on: 'alarm' },
  /** Wanted copies that should be there by now and are not, by where they go; told by every sweep, 0 where all is well. */
  CopiesOverdue: { unit: 'Count', by: ['policy', 'to'], on: 'alarm' },
  /** Stages of retirement that were due over a day ago and are not done; told by every retire sweep, 0 where all is well. */
  StagesOverdue: { unit: 'Count', by: ['region'], on: 'alarm' },
  /** Living instances with images that no policy selects any more; told by every retire sweep, 0 where all is well. */
  UnselectedInstances: { unit: 'Count', by: ['region'], on: 'alarm' },
  /** Images with the deployment's tag and no seal that holds; told by every retire sweep, 0 where all is well. */
  UnsealedImages: { unit: 'Count', by: ['region'], on: 'alarm' },
  /** Of the policy that has most of its images there on hold, the share that is; 0 as long as those are few. */
  HeldShare: { unit: 'Percent', by: ['region'], on: 'alarm' },
  /** How long ago the slot was of the newest good image. */
  NewestImageAge: { unit: 'Seconds', by: ['policy', 'region'], on: 'dashboard' },
  /** Of the lineage of a policy that has gone longest without a pass in a region: for how long. */
  PassAge: { unit: 'Seconds', by: ['policy', 'region'], on: 'alarm' },
  /** Lineages of a policy that are over a day old and have passed no drill in a region. */
  UnprovenLineages: { unit: 'Count', by: ['policy', 'region'], on: 'alarm' },
  /** Drills that live an hour after their lease, as one does whose tags are off; told by every run of drills. */
  DrillsOverdue: { unit: 'Count', by: ['region'], on: 'alarm' },
  /** 1 for a retire run whose protecting reads were not whole or not to be believed, else 0. */
  EvidenceIncomplete: { unit: 'Count', by: ['region'], on: 'alarm' },
  /** 1 for a run that has sent its event on, else 0: the one that is looked at as a sum. */
  Continuations: { unit: 'Count', by: ['region'], on: 'alarm' },
  SlotsMissed: { unit: 'Count', by: [], on: 'alarm' },
  CopyAttemptsFailed: { unit: 'Count', by: [], on: 'alarm' },
  CopiesGivenUp: { unit: 'Count', by: [], on: 'alarm' },
  CapReached: { unit: 'Count', by: [], on: 'alarm' },
  AbandonedGiB: { unit: 'Count', by: [], on: 'alarm' },
  Failures: { unit: 'Count', by: [], on: 'alarm' },
  /** Images that have failed a drill twice or more in a row. */
  DrillsFailed: { unit: 'Count', by: [], on: 'alarm' },
  ImagesCreated: { unit: 'Count', by: [], on: 'dashboard' },
  ImagesCopied: { unit: 'Count', by: [], on: 'dashboard' },
  ImagesMarked: { unit: 'Count', by: [], on: 'dashboard' },
  ImagesRetired: { unit: 'Count', by: [], on: 'dashboard' },
  ImagesBroughtBack: { unit: 'Count', by: [], on: 'dashboard' },
  DrillsPassed: { unit: 'Count', by: [], on: 'dashboard' },
  DrillsInconclusive: { unit: 'Count', by: [], on: 'dashboard' },
  Calls: { unit: 'Count', by: [], on: 'dashboard' },
  Throttles: { unit: 'Count', by: [], on: 'dashboard' },
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof METRICS;

/** Those that an alarm is to watch. */
export type AlarmedMetric = {
  [Name in MetricName]: (typeof METRICS)[Name]['on'] extends 'alarm' ? Name : never;
}[MetricName];

/** What a measurement is about, of which each metric has as much in its dimensions as its kind says. */
export interface Place {
  readonly policy?: string;
  readonly region?: string;
  /** Where copies go, as {@link placeOfCopies} writes it. */
  readonly to?: string;
}

/** `eu-west-1`, or `444455556666/eu-west-1` in another account than that of the sources. */
export function placeOfCopies({ region, account }: { readonly region: string; readonly account?: string }): string {
  return account === undefined ? region : `${account}/${region}`;
}

export interface Measurement {
  readonly metric: MetricName;
  readonly value: number;
  readonly place: Place;
}

/** The dimensions of a metric beside `service`, in the order of its kind. */
export function dimensionsOf(metric: MetricName, place: Place): [name: string, value: string][] {
  const { by }: MetricKind = METRICS[metric];
  return by.map((name) => {
    const value = place[name];
    if (value === undefined) throw new TypeError(`${metric} is told by ${name}, which is missing`);
    return [name, value];
  });
}

/** What a run has to tell in numbers. What its action has no say in is not told. */
export function measurementsOf(outcome: Outcome, policies: ReadonlySet<string>): Measurement[] {
  const { event, calls } = outcome;
  const { region } = event.target;
  const told = [
    ...ofAction(outcome, policies),
    { metric: 'Continuations' as const, value: goesOn(outcome) ? 1 : 0 },
    { metric: 'Calls' as const, value: calls.sent },
    { metric: 'Throttles' as const, value: calls.throttled },
  ].map(({ metric, value, ...about }) => ({ metric, value, place: { region, ...about } }));
  return [failuresOf(outcome), ...told];
}

/** How many things went wrong in a run. */
export function failuresOf({ event, failures }: Outcome): Measurement {
  return { metric: 'Failures', value: failures.length, place: { region: event.target.region } };
}

interface Told {
  readonly metric: MetricName;
  readonly value: number;
  readonly policy?: string;
  readonly to?: string;
}

function ofAction(outcome: Outcome, policies: ReadonlySet<string>): Told[] {
  switch (outcome.event.action) {
    case 'snapshot':
      return [
        ...ofCoverage(outcome),
        { metric: 'SlotsMissed', value: decidedFor(outcome, 'slot-missed') },
        { metric: 'ImagesCreated', value: done(outcome, 'create') },
      ];
    case 'copy':
      return [
        ...ofOverdueCopies(outcome),
        { metric: 'CopyAttemptsFailed', value: decidedFor(outcome, 'retry-after-failure') },
        { metric: 'CopiesGivenUp', value: decidedFor(outcome, 'attempts-exhausted') },
        { metric: 'ImagesCopied', value: done(outcome, 'copy') },
      ];
    case 'retire':
      return [
        ...ofStock(outcome, policies),
        ...ofRegion(outcome),
        ...(outcome.stagesOverdue === undefined
          ? []
          : [{ metric: 'StagesOverdue' as const, value: outcome.stagesOverdue }]),
        { metric: 'EvidenceIncomplete', value: evidenceIsIncomplete(outcome) ? 1 : 0 },
        { metric: 'CapReached', value: decidedFor(outcome, 'cap-reached') },
        { metric: 'AbandonedGiB', value: (outcome.plan.abandoned ?? []).reduce((sum, { gib }) => sum + gib, 0) },
        { metric: 'ImagesMarked', value: done(outcome, 'mark') },
        { metric: 'ImagesRetired', value: done(outcome, 'deregister') },
        { metric: 'ImagesBroughtBack', value: done(outcome, 'bring-back', 'unmark') },
      ];
    case 'drill':
      return ofDrills(outcome);
    case 'undo':
    case 'adopt':
      throw new TypeError(`${outcome.event.action} is the command's, which has no metrics`);
  }
}

/** Nothing where the run cannot tell: no data is not 0, and the alarm takes it for bad news. */
function ofCoverage({ event: { policy }, endedAt, overdue, plan: { coverage } }: Outcome): Told[] {
  if (policy === undefined) return [];
  return [
    ...(overdue ? [{ metric: 'OverdueInstances' as const, value: overdue.length, policy }] : []),
    ...ageOf(coverage?.newest, endedAt, policy),
  ];
}

function ofDrills({ plan: { passes = [], drillsOverdue }, carried, endedAt }: Outcome): Told[] {
  const verdicts = carried.flatMap(({ decision: { change }, ...entry }) =>
    change.kind === 'judge' && 'applied' in entry && entry.applied.kind === 'done' ? [change.verdict] : [],
  );
  const failed = verdicts.filter((verdict) => verdict.kind === 'failed' && verdict.failures >= FAILED_FOR_GOOD);
  const ages = passes.map(({ policy, longestSince = endedAt }) => ({
    metric: 'PassAge' as const,
    value: Math.max(0, endedAt - longestSince) / SECOND,
    policy,
  }));
  return [
    ...ages,
    ...passes.map(({ policy, unproven }) => ({ metric: 'UnprovenLineages' as const, value: unproven, policy })),
    ...(drillsOverdue === undefined ? [] : [{ metric: 'DrillsOverdue' as const, value: drillsOverdue }]),
    { metric: 'DrillsFailed', value: failed.length },
    { metric: 'DrillsPassed', value: verdicts.filter(({ kind }) => kind === 'passed').length },
    { metric: 'DrillsInconclusive', value: verdicts.filter(({ kind }) => kind === 'inconclusive').length },
  ];
}

function ofOverdueCopies({ plan: { overdueCopies = [] } }: Outcome): Told[] {
  return overdueCopies.map(({ count, policy, ...place }) => ({
    metric: 'CopiesOverdue',
    value: count,
    policy,
    to: placeOfCopies(place),
  }));
}

/** Of policies that are gone nothing is due any more: how old their images are is no news. */
function ofStock({ plan: { stock = [] }, endedAt }: Outcome, policies: ReadonlySet<string>): Told[] {
  return stock.flatMap(({ policy, newest }) => (policies.has(policy) ? ageOf(newest, endedAt, policy) : []));
}

/** What a run of one policy does not see. */
function ofRegion({ event, plan: { unselected = [], unsealed, stock } }: Outcome): Told[] {
  if (event.policy !== undefined) return [];
  const lost = unselected.reduce((sum, { instances }) => sum + instances.length, 0);
  return [
    // Of a region where no images are made there is nothing to tell.
    ...(unselected.length > 0 ? [{ metric: 'UnselectedInstances' as const, value: lost }] : []),
    ...(unsealed === undefined ? [] : [{ metric: 'UnsealedImages' as const, value: unsealed }]),
    ...(stock?.every(({ held }) => held !== undefined)
      ? [{ metric: 'HeldShare' as const, value: Math.max(0, ...stock.map(heldShare)) }]
      : []),
  ];
}

/** So many images are held for good reasons, however few a policy has. */
const FEW_HELD = 10;

function heldShare({ held = 0, images }: PolicyStock): number {
  return held > FEW_HELD ? (held / images) * 100 : 0;
}

function ageOf(newest: number | undefined, now: number, policy: string): Told[] {
  return newest === undefined ? [] : [{ metric: 'NewestImageAge', value: Math.max(0, now - newest) / SECOND, policy }];
}

function evidenceIsIncomplete(outcome: Outcome): boolean {
  return outcome.plan.problems.length > 0 || decidedFor(outcome, 'evidence-incomplete', 'evidence-suspect') > 0;
}

function decidedFor({ plan }: Outcome, ...codes: readonly ReasonCode[]): number {
  return plan.decisions.filter(({ reason }) => codes.includes(reason.code)).length;
}

function done({ carried }: Outcome, ...actions: readonly ChangeDecision['action'][]): number {
  return carried.filter(
    (entry) => 'applied' in entry && entry.applied.kind === 'done' && actions.includes(entry.decision.action),
  ).length;
}

/** Writes measurements in CloudWatch's embedded metric format, one line for each combination of dimensions. */
export function emit(measurements: readonly Measurement[], metrics: Metrics): void {
  const lines = Map.groupBy(measurements, ({ metric, place }) => JSON.stringify(dimensionsOf(metric, place)));
  for (const [head, ...rest] of lines.values()) {
    if (!head) continue;
    for (const [name, value] of dimensionsOf(head.metric, head.place)) metrics.addDimension(name, value);
    for (const { metric, value } of [head, ...rest]) metrics.addMetric(metric, METRICS[metric].unit, value);
    metrics.publishStoredMetrics();
  }
}
