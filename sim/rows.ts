import type { Decision } from '../lib/planning/decision.ts';
import type { ImageNews } from './journal.ts';
import type { Simulation } from './simulate.ts';

/** One image of a lineage in a region, with why it is there. */
export interface RowVersion {
  readonly version: string;
  readonly imageId: string;
  /** What the retire sweep would decide on it: keep, wait, refuse, propose, mark, unmark, deregister. */
  readonly action: Decision['action'];
  readonly code: string;
  readonly why: string;
  /** When a drill of it last passed, in ISO 8601. */
  readonly passedAt?: string;
}

/** A lineage in one region: where its instance is, or where its copies are. */
export interface Row {
  readonly policy: string;
  readonly lineage: string;
  /** What people call the lineage: the name of its instance, or the tag value that it goes by. */
  readonly title: string;
  readonly region: string;
  readonly isCopy: boolean;
  /** Newest first. */
  readonly versions: readonly RowVersion[];
  readonly made: number;
  readonly retired: number;
  /** Why the retired ones went, each with how many. */
  readonly retiredFor: Readonly<Record<string, number>>;
  /** What no keep rule wants and yet may not go, as the retire sweep would decide at the end: reason codes, counted. */
  readonly refusedFor: Readonly<Record<string, number>>;
}

/** The table's content: what the plans at the end say of each image, and what the journal says of those that went. */
export function rowsOf({ plans, journal, world }: Simulation): Row[] {
  const names = new Map(world.members.map(({ id, spec }) => [id, spec.name]));
  const homes = new Map(journal.created.map(({ imageId, region }) => [imageId, region]));
  const groups = new Map<string, { about: Pick<Row, 'policy' | 'lineage' | 'region'>; versions: RowVersion[] }>();
  const passes = new Map(
    journal.drilled.flatMap(({ verdict, imageId, at }) => (verdict === 'passed' ? [[imageId, at]] : [])),
  );
  for (const decision of plans.flatMap(({ plan }) => plan.decisions)) {
    const { subject, policy, lineage, version, action, reason } = decision;
    if (subject.kind !== 'image' || policy === undefined || lineage === undefined || version === undefined) continue;
    const key = [policy, lineage, subject.region].join('\n');
    const group = groups.get(key) ?? { about: { policy, lineage, region: subject.region }, versions: [] };
    const passedAt = passes.get(subject.id);
    const of = { version, imageId: subject.id, action, code: reason.code, why: reason.text };
    group.versions.push({ ...of, ...(passedAt !== undefined && { passedAt }) });
    groups.set(key, group);
  }
  const made = countBy([...journal.created, ...journal.copied]);
  const retired = Map.groupBy(journal.retired, keyOf);
  const rows = [...groups].map(([key, { about, versions }]): Row => {
    const gone = retired.get(key) ?? [];
    return {
      ...about,
      title: names.get(about.lineage) ?? about.lineage,
      isCopy: !versions.some(({ imageId }) => homes.has(imageId)),
      versions: versions.sort((one, other) => other.version.localeCompare(one.version)),
      made: made.get(key) ?? 0,
      retired: gone.length,
      retiredFor: countTexts(gone.map(({ reason }) => reason)),
      refusedFor: countTexts(versions.filter(({ action }) => action === 'refuse').map(({ code }) => code)),
    };
  });
  return rows.sort(inOrder);
}

function keyOf({ policy, lineage, region }: Pick<ImageNews, 'policy' | 'lineage' | 'region'>): string {
  return [policy, lineage, region].join('\n');
}

function countBy(news: readonly ImageNews[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of news) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}

function countTexts(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** By policy and title, a lineage's source before its copies. */
function inOrder(one: Row, other: Row): number {
  return (
    one.policy.localeCompare(other.policy) ||
    one.title.localeCompare(other.title) ||
    one.lineage.localeCompare(other.lineage) ||
    Number(one.isCopy) - Number(other.isCopy) ||
    one.region.localeCompare(other.region)
  );
}
