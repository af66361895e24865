import type { DrillNews } from './journal.ts';
import type { Simulation } from './simulate.ts';

/** What became of the drills of a lineage in one region. */
export interface DrillRow {
  readonly policy: string;
  readonly lineage: string;
  /** What people call the lineage: the name of its instance, or the tag value that it goes by. */
  readonly title: string;
  readonly region: string;
  readonly passed: number;
  readonly failed: number;
  /** Nothing was learnt of the image, as where there was no room to start it. */
  readonly inconclusive: number;
  /** The newest version that has passed; absent: none has. */
  readonly proven?: string;
  /** When a version passed last, in ISO 8601. */
  readonly lastPass?: string;
}

/** From what the deployment told, in the order of the table of lineages. */
export function drillRowsOf({ journal, world }: Simulation): DrillRow[] {
  const names = new Map(world.members.map(({ id, spec }) => [id, spec.name]));
  const lineages = Map.groupBy(journal.drilled, ({ policy, lineage, region }) => [policy, lineage, region].join('\n'));
  return [...lineages.values()].flatMap((drills) => rowOf(drills, names)).sort(inOrder);
}

function rowOf(drills: readonly DrillNews[], names: ReadonlyMap<string, string>): DrillRow[] {
  const [first] = drills;
  if (!first) return [];
  const { policy, lineage, region } = first;
  const count = (wanted: DrillNews['verdict']) => drills.filter(({ verdict }) => verdict === wanted).length;
  const passes = drills.filter(({ verdict }) => verdict === 'passed');
  const proven = passes
    .map(({ version }) => version)
    .sort()
    .at(-1);
  const lastPass = passes
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return [
    {
      ...{ policy, lineage, region, title: names.get(lineage) ?? lineage },
      ...{ passed: count('passed'), failed: count('failed'), inconclusive: count('inconclusive') },
      ...(proven !== undefined && { proven }),
      ...(lastPass !== undefined && { lastPass }),
    },
  ];
}

function inOrder(one: DrillRow, other: DrillRow): number {
  return (
    one.policy.localeCompare(other.policy) ||
    one.title.localeCompare(other.title) ||
    one.region.localeCompare(other.region)
  );
}
