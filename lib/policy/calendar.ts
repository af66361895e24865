import { DAY, MINUTE } from '../model/time.ts';
import type { LocalTime } from './zone.ts';

/** A calendar of local times, without any time zone. */
export interface CronCalendar {
  /** The first local time strictly after another. */
  next(after: LocalTime): LocalTime | undefined;
  /** The last local time strictly before another. */
  previous(before: LocalTime): LocalTime | undefined;
}

/** A day as a rule of days sees it. */
export interface CalendarDay {
  /** From 1, in its month. */
  readonly date: number;
  /** How many days its month has. */
  readonly last: number;
  /** From 1, for Sunday. */
  readonly weekday: number;
}

/** What a calendar is made of: all that hold together give its times. */
export interface CalendarRules {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly isDay: (day: CalendarDay) => boolean;
}

const MINUTES_A_DAY = DAY / MINUTE;

/** Days are counted from the Unix epoch, a Thursday, and months from the year 0. */
export function calendarOf({ minutes, hours, months, years, isDay }: CalendarRules): CronCalendar {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((one, other) => one - other);
  const [firstYear, lastYear] = [Math.min(...years), Math.max(...years)];
  const [knownMonths, knownYears] = [new Set(months), new Set(years)];

  const daysOf = (month: number): number[] => {
    const [year, index] = [Math.floor(month / 12), month % 12];
    if (!knownYears.has(year) || !knownMonths.has(index + 1)) return [];
    const first = Date.UTC(year, index, 1) / DAY;
    const last = Date.UTC(year, index + 1, 1) / DAY - first;
    const dates = Array.from({ length: last }, (_, before) => before + 1);
    return dates
      .filter((date) => isDay({ date, last, weekday: weekdayOf(first + date - 1) }))
      .map((date) => first + date - 1);
  };

  return {
    next: (after) => {
      const minute = Math.floor(after / MINUTE) + 1;
      const today = Math.floor(minute / MINUTES_A_DAY);
      const begin = Math.max(monthOf(today), firstYear * 12);
      for (let month = begin; month < (lastYear + 1) * 12; month++) {
        for (const day of daysOf(month)) {
          const time = times.find((candidate) => day * MINUTES_A_DAY + candidate >= minute);
          if (time !== undefined) return (day * MINUTES_A_DAY + time) * MINUTE;
        }
      }
      return undefined;
    },
    previous: (before) => {
      const minute = Math.ceil(before / MINUTE) - 1;
      const today = Math.floor(minute / MINUTES_A_DAY);
      const begin = Math.min(monthOf(today), lastYear * 12 + 11);
      for (let month = begin; month >= firstYear * 12; month--) {
        for (const day of daysOf(month).reverse()) {
          const time = times.findLast((candidate) => day * MINUTES_A_DAY + candidate <= minute);
          if (time !== undefined) return (day * MINUTES_A_DAY + time) * MINUTE;
        }
      }
      return undefined;
    },
  };
}

function monthOf(day: number): number {
  const date = new Date(day * DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function weekdayOf(day: number): number {
  return ((((day + 4) % 7) + 7) % 7) + 1;
}

/** The working day nearest a date, within its month: Saturday gives way to Friday, Sunday to Monday, where it can. */
export function isWorkdayNearest(date: number, { date: today, last, weekday }: CalendarDay): boolean {
  if (date > last) return false;
  const meant = ((((weekday - 1 + date - today) % 7) + 7) % 7) + 1;
  if (meant === 7) return today === (date === 1 ? 3 : date - 1);
  if (meant === 1) return today === (date === last ? date - 2 : date + 1);
  return today === date;
}
