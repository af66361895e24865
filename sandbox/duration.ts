/** Years and months are no durations: how long they are depends on when they start. */
const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const UNIT_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000];

/**
 * Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds: `P1DT2H`, `PT0.5S`.
 *
 * @returns milliseconds, or nothing for any other text
 */
export function parseDuration(text: string): number | undefined {
  const parts = text.match(DURATION)?.slice(1);
  if (parts === undefined || text.endsWith('T') || parts.every((part) => part === undefined)) return undefined;
  return Math.round(parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (UNIT_MS[index] ?? 0), 0));
}
