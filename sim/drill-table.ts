import type { DrillRow } from './drill-rows.ts';
import { cutApart, moment, plainTable } from './tables.ts';

const WIDEST_TITLE = 20;

/** A line for each lineage and region in which images of it were started. */
export function drillTable(rows: readonly DrillRow[]): string {
  const titles = cutApart(
    rows.map(({ title }) => title),
    WIDEST_TITLE,
  );
  const head = ['Policy', 'Lineage', 'Region', 'Passed', 'Failed', 'Inconclusive', 'Proven', 'Last pass'];
  const lines = rows.map(({ policy, title, region, passed, failed, inconclusive, proven, lastPass }) => {
    const told = [titles.get(title) ?? title, region, passed, failed, inconclusive];
    return [policy, ...told, proven ?? 'none', lastPass === undefined ? '' : moment(lastPass)];
  });
  return `Drills: images that were started to see whether they come up, and the newest that has\n${plainTable(head, lines)}`;
}
