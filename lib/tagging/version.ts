import { formatInstant, type Instant, MINUTE, parseInstant } from '../model/time.ts';
import { memoise } from './memoise.ts';

/** The slot that a moment falls into: its minute, without the seconds. */
export function slotOf(at: Instant): Instant {
  return Math.floor(at / MINUTE) * MINUTE;
}

/**
 * The slot as a calendar version: `2026.11.23-0200`. It is in UTC, since local time comes twice when daylight saving
 * ends, and a version has to be unique in its lineage and to rise, as text as well.
 */
export const versionOf: (slot: Instant) => string = memoise(10_000, (slot) => {
  const text = formatInstant(slot);
  return `${text.slice(0, 4)}.${text.slice(5, 7)}.${text.slice(8, 10)}-${text.slice(11, 13)}${text.slice(14, 16)}`;
});

const VERSION = /^(\d{4})\.(\d{2})\.(\d{2})-(\d{2})(\d{2})$/;

/** The slot of a version; undefined where the text is none. */
export function slotOfVersion(version: string): Instant | undefined {
  const [, year, month, day, hour, minute] = VERSION.exec(version) ?? [];
  return year === undefined ? undefined : parseInstant(`${year}-${month}-${day}T${hour}:${minute}Z`);
}
