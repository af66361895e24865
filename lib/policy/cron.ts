import { type CalendarDay, type CronCalendar, calendarOf, isWorkdayNearest } from './calendar.ts';

/**
 * AWS's cron expressions. The form is that of "Schedule types in EventBridge Scheduler": minute, hour, day of month,
 * month, day of week (1 to 7, from Sunday) and year (1970 to 2199), with `?` in exactly one of the two day fields.
 */

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names for the numbers, from `min` up. */
  readonly names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTE_FIELD: Field = { name: 'minute', min: 0, max: 59, names: [] };
const HOUR_FIELD: Field = { name: 'hour', min: 0, max: 23, names: [] };
const DAY_FIELD: Field = { name: 'day-of-month', min: 1, max: 31, names: [] };
const MONTH_FIELD: Field = { name: 'month', min: 1, max: 12, names: MONTHS };
const WEEKDAY_FIELD: Field = { name: 'day-of-week', min: 1, max: 7, names: DAYS };
const YEAR_FIELD: Field = { name: 'year', min: 1970, max: 2199, names: [] };

const SIX_FIELDS = 'minute hour day-of-month month day-of-week year';

/**
 * Reads what stands between the parentheses of `cron(...)`.
 * @returns the calendar, or the problem as a clause that says what to write instead
 */
export function parseCron(fields: string): Parsed<CronCalendar> {
  const [minute, hour, day, month, weekday, year, ...more] = fields.trim().split(/\s+/);
  if (
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined ||
    year === undefined ||
    more.length > 0
  ) {
    return refuse(`AWS's cron has six fields (${SIX_FIELDS}), as in cron(0 4 * * ? *)`);
  }
  if ((day === '?') === (weekday === '?')) {
    return refuse('write ? in exactly one of the fields day-of-month and day-of-week, as in cron(0 4 * * ? *)');
  }
  const minutes = parseList(MINUTE_FIELD, minute);
  if (!minutes.ok) return minutes;
  const hours = parseList(HOUR_FIELD, hour);
  if (!hours.ok) return hours;
  const dayRule = parseDay(day);
  if (!dayRule.ok) return dayRule;
  const months = parseList(MONTH_FIELD, month);
  if (!months.ok) return months;
  const weekdayRule = parseWeekday(weekday);
  if (!weekdayRule.ok) return weekdayRule;
  const years = parseList(YEAR_FIELD, year);
  if (!years.ok) return years;
  return accept(
    calendarOf({
      minutes: minutes.value,
      hours: hours.value,
      months: months.value,
      years: years.value,
      isDay: (candidate) => dayRule.value(candidate) && weekdayRule.value(candidate),
    }),
  );
}

type DayRule = (day: CalendarDay) => boolean;

const ANY_DAY: DayRule = () => true;

/** `?`, `L` (the month's last day), `15W` (the weekday nearest the 15th), `LW` (the last weekday), or a list. */
function parseDay(text: string): Parsed<DayRule> {
  const day = text.toUpperCase();
  if (day === '?') return accept(ANY_DAY);
  if (day === 'L') return accept(({ date, last }) => date === last);
  if (day === 'LW') return accept((candidate) => isWorkdayNearest(candidate.last, candidate));
  const nearestWeekday = /^(\d+)W$/.exec(day)?.[1];
  if (nearestWeekday === undefined) return oneOf(parseList(DAY_FIELD, text), ({ date }) => date);
  const value = parseValue(DAY_FIELD, nearestWeekday);
  return value.ok ? accept((candidate) => isWorkdayNearest(value.value, candidate)) : value;
}

/** `?`, `L` (Saturday, the week's last day), `6L` (the month's last Friday), `3#2` (its second Tuesday), or a list. */
function parseWeekday(text: string): Parsed<DayRule> {
  const weekday = text.toUpperCase();
  if (weekday === '?') return accept(ANY_DAY);
  if (weekday === 'L') return accept((day) => day.weekday === 7);
  const [, name, which] = /^(\w+?)(L|#[1-5])$/.exec(weekday) ?? [];
  if (name === undefined || which === undefined) return oneOf(parseList(WEEKDAY_FIELD, text), (day) => day.weekday);
  const value = parseValue(WEEKDAY_FIELD, name);
  if (!value.ok) return value;
  const inMonth: DayRule =
    which === 'L' ? ({ date, last }) => date > last - 7 : ({ date }) => Math.ceil(date / 7) === Number(which.slice(1));
  return accept((day) => day.weekday === value.value && inMonth(day));
}

function oneOf(list: Parsed<readonly number[]>, part: (day: CalendarDay) => number): Parsed<DayRule> {
  if (!list.ok) return list;
  const values = new Set(list.value);
  return accept((day) => values.has(part(day)));
}

/** Values, ranges and steps, separated by commas: `*`, `5`, `5/15`, `8-18`, `8-18/2`, `MON-FRI`. */
function parseList(field: Field, text: string): Parsed<readonly number[]> {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const range = parseItem(field, item);
    if (!range.ok) return range;
    for (let value = range.value.from; value <= range.value.to; value += range.value.step) values.add(value);
  }
  return accept([...values].sort((a, b) => a - b));
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function parseItem(field: Field, item: string): Parsed<Range> {
  const [span = '', stepText, ...more] = item.split('/');
  const step = stepText === undefined ? 1 : Number(stepText);
  if (more.length > 0 || !/^[1-9]\d*$/.test(stepText ?? '1')) {
    return refuse(`'${item}' in the field ${field.name} needs one whole number of at least 1 after the /`);
  }
  if (span === '*') return accept({ from: field.min, to: field.max, step });
  const [first = '', last, ...rest] = span.split('-');
  const from = parseValue(field, first);
  if (!from.ok) return from;
  // A value with a step and no end, such as 5/15, goes on to the end of the field.
  const to = last === undefined ? accept(stepText === undefined ? from.value : field.max) : parseValue(field, last);
  if (!to.ok) return to;
  if (rest.length > 0 || to.value < from.value) {
    return refuse(
      `the range '${span}' in the field ${field.name} has to rise; write one that wraps around as two, separated by a comma`,
    );
  }
  return accept({ from: from.value, to: to.value, step });
}

function parseValue(field: Field, text: string): Parsed<number> {
  const named = field.names.indexOf(text.toUpperCase());
  const value = named === -1 ? Number(text) : field.min + named;
  if ((named === -1 && !/^\d+$/.test(text)) || value < field.min || value > field.max) {
    const [first, last] = [field.names[0], field.names.at(-1)];
    const names = first === undefined ? '' : ` or ${first} to ${last}`;
    return refuse(`'${text}' in the field ${field.name} is not one of ${field.min} to ${field.max}${names}`);
  }
  return accept(value);
}

function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
