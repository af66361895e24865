import { chunks } from '../lib/aws/calls/batches.ts';
import type { MetricName, Place } from '../lib/lambda/metrics.ts';
import type { Region } from '../lib/model/ids.ts';
import { DAY, HOUR, type Instant, SECOND } from '../lib/model/time.ts';
import { sourceRegionsOf } from '../lib/policy/places.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import { slotScheduleOf } from '../lib/policy/schedule.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import { memoise } from '../lib/tagging/memoise.ts';
import {
  copiesOf,
  deadLetters,
  drillsOf,
  type Metric,
  maxAgeOf,
  ourMetric,
  sourceRegionsIn,
  sourcesOf,
} from './alarms.ts';
import { drillsIn, functionsOf, type Resources } from './template.ts';

/** A widget of a dashboard, without its place (CloudWatch API, "Dashboard body structure and syntax"). */
interface Widget {
  readonly type: 'metric' | 'log' | 'text';
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const WHOLE = 24;
const THIRD = WHOLE / 3;
const HALF = WHOLE / 2;
const HEIGHT = 6;

/** What one graph may show, so that it can be read. */
const METRICS_A_WIDGET = 100;
/** An account has its dashboards for all regions together, so that the name holds the region. */
export function dashboardResources(file: PolicyFile): Resources {
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: `amikeep-${file.deployment}-${file.regions[0]}`,
        DashboardBody: JSON.stringify({ widgets: arrange(widgetsOf(file)) }),
      },
    },
  };
}

/** Trouble first, then what was done, then what each policy has. */
function widgetsOf(file: PolicyFile): Widget[] {
  const graph = graphIn(file);
  const ours = (name: MetricName, stat: string) => ({ metric: ourMetric(file, name), label: name, stat });
  return [
    header(file),
    ...manySeries(file, 'Overdue instances', sourcesOf(file), 'OverdueInstances'),
    ...manySeries(file, 'Copies overdue', copiesOf(file), 'CopiesOverdue'),
    byRegion(file, 'No longer selected', sourceRegionsIn(file), 'UnselectedInstances'),
    graph('Trouble', {
      series: [
        ...(['Failures', 'SlotsMissed', 'CopyAttemptsFailed', 'CopiesGivenUp', 'CapReached'] as const).map((name) =>
          ours(name, 'Maximum'),
        ),
        { metric: deadLetters(file), label: 'Dead letters', stat: 'Maximum' },
      ],
    }),
    byRegion(file, 'Stages due for over a day', regionsWithImages(file), 'StagesOverdue'),
    byRegion(file, 'Images without a seal', regionsWithImages(file), 'UnsealedImages'),
    byRegion(file, 'On hold, of the policy with the largest share, in percent', regionsWithImages(file), 'HeldShare'),
    byRegion(
      file,
      'Evidence incomplete (1: what rests on it is not retired)',
      regionsWithImages(file),
      'EvidenceIncomplete',
    ),
    graph('Runs that sent themselves on', {
      series: regionsWithImages(file).map((region) => ({
        metric: ourMetric(file, 'Continuations', { region }),
        label: region,
        stat: 'Sum',
      })),
    }),
    graph('Kept of instances that are gone, in GiB', { series: [ours('AbandonedGiB', 'Maximum')], period: 6 * HOUR }),
    graph('Done', {
      series: (['ImagesCreated', 'ImagesCopied', 'ImagesMarked', 'ImagesRetired', 'ImagesBroughtBack'] as const).map(
        (name) => ours(name, 'Sum'),
      ),
      stacked: true,
    }),
    graph('Calls of AWS, and those that it turned away', { series: [ours('Calls', 'Sum'), ours('Throttles', 'Sum')] }),
    ...file.policies.map((policy) => ageGraph(file, policy)),
    ...(drillsIn(file) ? drillGraphs(file) : []),
    logTable(file, HALF, 'Images and GiB', STOCK_QUERY, ['retire']),
    logTable(file, HALF, 'Refused, by reason', REFUSED_QUERY, functionsOf(file)),
  ];
}

/** A run tells of each policy on a line of its own, the whole of it: the latest is what there is. */
const STOCK_QUERY =
  'filter message = "stock" | stats latest(images) as Images, latest(gib) as GiB by policy, account, region | sort policy, account, region';

/** The same image may be refused by each run, so runs are not added up. */
const REFUSED_QUERY =
  'filter message = "refused" | stats latest(subjects) as Latest, max(subjects) as Most by action, policy, account, region, reason | sort Most desc';

interface Series {
  readonly metric: Metric;
  readonly label: string;
  readonly stat: string;
}

interface Graph {
  readonly series: readonly Series[];
  /** In milliseconds; an hour unless given. */
  readonly period?: number;
  readonly stacked?: boolean;
  readonly annotations?: readonly { readonly label: string; readonly value: number }[];
}

function graphIn({ regions: [home] }: PolicyFile) {
  return (title: string, { series, period = HOUR, stacked = false, annotations = [] }: Graph): Widget => ({
    type: 'metric',
    width: THIRD,
    height: HEIGHT,
    properties: {
      title,
      region: home,
      view: 'timeSeries',
      stacked,
      period: period / SECOND,
      metrics: series.map(({ metric, label, stat }) => [
        metric.namespace,
        metric.name,
        ...metric.dimensions.flat(),
        { label, stat },
      ]),
      yAxis: { left: { min: 0 } },
      ...(annotations.length > 0 && { annotations: { horizontal: annotations } }),
    },
  });
}

/** What drills come to, how long each policy goes without a pass, and what outlives its lease. */
function drillGraphs(file: PolicyFile): Widget[] {
  const graph = graphIn(file);
  const verdicts = (['DrillsPassed', 'DrillsFailed', 'DrillsInconclusive'] as const).map((name) => ({
    metric: ourMetric(file, name),
    label: name,
    stat: 'Sum',
  }));
  const overdue = regionsWithImages(file).map((region) => ({
    metric: ourMetric(file, 'DrillsOverdue', { region }),
    label: region,
    stat: 'Maximum',
  }));
  const unproven = drillsOf(file).map((place) => ({
    metric: ourMetric(file, 'UnprovenLineages', place),
    label: `${place.policy} in ${place.region}`,
    stat: 'Maximum',
  }));
  return [
    graph('Drills, by verdict', { series: verdicts, stacked: true }),
    graph('Drills an hour after their lease', { series: overdue }),
    graph('Lineages that have never passed', { series: unproven }),
    ...file.policies.filter(({ drill }) => drill).map((policy) => passGraph(file, policy)),
  ];
}

/** While all is well it climbs to the days between drills and falls back with each pass. */
function passGraph(file: PolicyFile, policy: Policy): Widget {
  const most = maxAgeOf(policy);
  return graphIn(file)(`${policy.name}: longest without a pass, in seconds`, {
    series: drillsOf({ ...file, policies: [policy] }).map((place) => ({
      metric: ourMetric(file, 'PassAge', place),
      label: place.region ?? '',
      stat: 'Maximum',
    })),
    annotations: [{ label: `rings: ${policy.drill?.maxAgeDays} days`, value: most }],
  });
}

/** What each retire sweep tells, a line for each region. */
function byRegion(file: PolicyFile, title: string, regions: readonly Region[], name: MetricName): Widget {
  const series = regions.map((region) => ({
    metric: ourMetric(file, name, { region }),
    label: region,
    stat: 'Maximum',
  }));
  return graphIn(file)(title, { series, period: 6 * HOUR });
}

/** As many graphs as a metric's places need. */
function manySeries(file: PolicyFile, title: string, places: readonly Place[], name: MetricName): Widget[] {
  const series = places.map((place) => ({
    metric: ourMetric(file, name, place),
    label: [place.policy, place.region ?? place.to].join(' '),
    stat: 'Maximum',
  }));
  return chunks(series, METRICS_A_WIDGET).map((part) => graphIn(file)(title, { series: part }));
}

/** Of source and DR regions. While all is well the age climbs to the target and falls back with each slot. */
function ageGraph(file: PolicyFile, policy: Policy): Widget {
  const gap = longestGap(policy.schedule);
  const regions = new Set([...sourceRegionsOf(policy, file), ...regionsOfCopies(policy.copies)]);
  return graphIn(file)(`${policy.name}: age of the newest good image, in seconds`, {
    series: [...regions].map((region) => ({
      metric: ourMetric(file, 'NewestImageAge', { policy: policy.name, region }),
      label: region,
      stat: 'Maximum',
    })),
    ...(gap !== undefined && {
      annotations: [{ label: `target: ${inHours(gap)} h between slots`, value: gap / SECOND }],
    }),
  });
}

/** What is in a vault, the vault's own deployment tells of. */
function regionsOfCopies(copies: Policy['copies']): Set<string> {
  return new Set(copies.flatMap(({ region, account }) => (account === undefined ? [region] : [])));
}

function inHours(ms: number): number {
  return Math.round((ms / HOUR) * 100) / 100;
}

/** A year of slots, or as many as show every gap there is: from a fixed moment, so that the same file gives the same. */
const FROM: Instant = Date.UTC(2026, 0, 5);
const MOST_SLOTS = 1_000;

/** The longest time between two slots; undefined where the schedule does not fire twice. */
function longestGap({ expressions, timeZone }: Policy['schedule']): number | undefined {
  return gapOf(JSON.stringify({ expressions, timeZone }));
}

/** A year of slots takes its time, and many policies have one schedule. */
const gapOf = memoise(1_000, (schedule: string): number | undefined => {
  const slots = slotScheduleOf(JSON.parse(schedule));
  let longest: number | undefined;
  let last = slots.next(FROM);
  for (let count = 1; last !== undefined && count < MOST_SLOTS && last < FROM + 366 * DAY; count++) {
    const next = slots.next(last);
    if (next !== undefined) longest = Math.max(longest ?? 0, next - last);
    last = next;
  }
  return longest;
});

function logTable(
  { deployment, regions: [home] }: PolicyFile,
  width: number,
  title: string,
  query: string,
  functions: readonly string[],
): Widget {
  const sources = functions.map((name) => `SOURCE '/aws/lambda/amikeep-${deployment}-${name}'`);
  return {
    type: 'log',
    width,
    height: HEIGHT,
    properties: { title, region: home, view: 'table', query: [...sources, query].join(' | ') },
  };
}

function header({ deployment }: PolicyFile): Widget {
  const markdown = `# amikeep ${deployment}\nWhat each graph and each alarm means, and what to do: docs/operations.md`;
  return { type: 'text', width: WHOLE, height: 2, properties: { markdown } };
}

/** From left to right, row by row. */
function arrange(widgets: readonly Widget[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > WHOLE) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const placed = { x, y, ...widget };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return placed;
  });
}
