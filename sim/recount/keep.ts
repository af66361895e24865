/** Keep rules, as a policy has them. */
export interface KeepCounts {
  readonly keepLast?: number;
  readonly keepHourly?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly keepYearly?: number;
  readonly keepWithin?: object;
  readonly keepWithinHourly?: object;
  readonly keepWithinDaily?: object;
  readonly keepWithinWeekly?: object;
  readonly keepWithinMonthly?: object;
  readonly keepWithinYearly?: object;
}

/** Whether rules have none with a span of the calendar, which is not recounted: its borders are a subject of their own. */
export function isRecounted(rules: KeepCounts): boolean {
  return !Object.keys(rules).some((rule) => rule.startsWith('keepWithin'));
}

/**
 * The slots that keep rules keep, told the simplest way that there is: sort the slots into periods and take the newest
 * of each of the last n; where there are fewer periods than n, the oldest slot of all as well. Written apart from what
 * it checks, on purpose, and without those with a span.
 *
 * @param slots milliseconds since the Unix epoch
 */
export function keptSlots(slots: Iterable<number>, rules: KeepCounts, timeZone: string): ReadonlySet<number> {
  const newestFirst = [...new Set(slots)].sort((one, other) => other - one);
  const oldest = newestFirst.at(-1);
  const kept = new Set<number>();
  const keep = (count: number | undefined, periodOf: (slot: number) => string | number) => {
    if (count === undefined) return;
    const periods = [...Map.groupBy(newestFirst, periodOf).values()];
    for (const [newest] of periods.slice(0, count)) if (newest !== undefined) kept.add(newest);
    if (periods.length < count && oldest !== undefined) kept.add(oldest);
  };
  keep(rules.keepLast, (slot) => slot);
  keep(rules.keepHourly, (slot) => localHour(slot, timeZone));
  keep(rules.keepDaily, (slot) => localHour(slot, timeZone).slice(0, '2026-11-23'.length));
  keep(rules.keepWeekly, (slot) => mondayOf(localHour(slot, timeZone)));
  keep(rules.keepMonthly, (slot) => localHour(slot, timeZone).slice(0, '2026-11'.length));
  keep(rules.keepYearly, (slot) => localHour(slot, timeZone).slice(0, '2026'.length));
  return kept;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const hours = new Map<string, string>();

/** `2026-11-23 03`, as clocks in the zone show it. */
function localHour(slot: number, timeZone: string): string {
  const key = `${slot} ${timeZone}`;
  const known = hours.get(key);
  if (known !== undefined) return known;
  // Sweden writes dates as ISO does.
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const text = format.format(slot);
  hours.set(key, text);
  return text;
}

/** The date of the Monday of the week that a local date is in. */
function mondayOf(local: string): string {
  const date = new Date(`${local.slice(0, '2026-11-23'.length)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString();
}
