import type { CalendarSpan } from '../model/keep-rules.ts';
import { DAY, HOUR, type Instant } from '../model/time.ts';
import type { OffsetAt } from '../model/zone-offset.ts';
import { firstDayOf, monthAndDayOf } from './civil-date.ts';

/** What a zone's clocks show, as the moment at which UTC's clocks show the same. */
export function localTime(at: Instant, offsetAt: OffsetAt): number {
  return at + offsetAt(at);
}

/**
 * The moment that lies a calendar span before another, by the rules of Go's `Time.AddDate` and `Time.Add`, which
 * are restic's: years, months and days go back on the calendar and leave the time of day alone, hours are hours.
 * A day that a month lacks runs over into the next month, so a month before 31 March is 3 March (2 in a leap year).
 */
export function spanBefore(at: Instant, span: CalendarSpan, offsetAt: OffsetAt): Instant {
  const { years = 0, months = 0, days = 0, hours = 0 } = span;
  const local = localTime(at, offsetAt);
  const today = Math.floor(local / DAY);
  const { month, day } = monthAndDayOf(today);
  const target = firstDayOf(month - years * 12 - months) + day - 1 - days;
  return instantOf(target * DAY + (local - today * DAY), offsetAt) - hours * HOUR;
}

/**
 * The moment at which a zone's clocks show a local time. Where they show it twice or never, the answer is Go's: the
 * offset is guessed as if the local time were UTC, then taken again at the moment that the guess leads to.
 */
function instantOf(local: number, offsetAt: OffsetAt): Instant {
  const guess = local - offsetAt(local);
  return local - offsetAt(guess);
}
