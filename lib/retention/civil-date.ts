/**
 * Dates of the Gregorian calendar by integer arithmetic. A day is numbered from 1970-01-01, which is day 0, and a
 * month from January 1970, which is month 0: so the next one is always the number plus one, across every year.
 */

/** A month by its number and a day in it, the first of which is 1. */
export interface MonthAndDay {
  readonly month: number;
  readonly day: number;
}

/** Years that begin in March have their leap day at the end, and four hundred of them always have as many days. */
const DAYS_OF_400_YEARS = 146_097;
const DAYS_TO_MARCH_0000 = 719_468;

export function monthAndDayOf(dayNumber: number): MonthAndDay {
  const days = dayNumber + DAYS_TO_MARCH_0000;
  const era = Math.floor(days / DAYS_OF_400_YEARS);
  const dayOfEra = days - era * DAYS_OF_400_YEARS;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - daysBeforeYear(yearOfEra);
  // From March on the months' lengths repeat 31 30 31 30 31, which is what 153 days in five months comes to.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return {
    month: (era * 400 + yearOfEra - 1_970) * 12 + monthFromMarch + 2,
    day: dayOfYear - daysBeforeMonth(monthFromMarch) + 1,
  };
}

/** The first day of a month. */
export function firstDayOf(month: number): number {
  const monthsFromMarch = month - 2;
  const year = Math.floor(monthsFromMarch / 12) + 1_970;
  const era = Math.floor(year / 400);
  const dayOfEra = daysBeforeYear(year - era * 400) + daysBeforeMonth(monthsFromMarch - (year - 1_970) * 12);
  return era * DAYS_OF_400_YEARS + dayOfEra - DAYS_TO_MARCH_0000;
}

export function yearOf(month: number): number {
  return Math.floor(month / 12) + 1_970;
}

/** Weeks begin on Monday, as ISO 8601 has them; week 0 is that of 1970-01-01, a Thursday. */
export function weekOf(dayNumber: number): number {
  return Math.floor((dayNumber + 3) / 7);
}

function daysBeforeYear(yearOfEra: number): number {
  return yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
}

function daysBeforeMonth(monthFromMarch: number): number {
  return Math.floor((153 * monthFromMarch + 2) / 5);
}
