/** A fraction goes with the last number only. */
const NUMBER = String.raw`(\d+(?:[.,]\d+(?=[A-Z]$))?)`;

/** Years and months are no durations: how long they are depends on when they start. */
const DURATION = new RegExp(`^P(?:${NUMBER}W)?(?:${NUMBER}D)?(?:T(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?)?$`);

const UNIT_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000];

/**
 * Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds: `P1DT2H`, `PT0.5S`. Its last number may have
 * a fraction, behind a point or a comma.
 *
 * @returns milliseconds, or nothing for any other text
 */
export function parseDuration(text: string): number | undefined {
  const parts = text.match(DURATION)?.slice(1);
  if (parts === undefined || text.endsWith('T') || parts.every((part) => part === undefined)) return undefined;
  return Math.round(
    parts.reduce((sum, part, index) => sum + Number((part ?? '0').replace(',', '.')) * (UNIT_MS[index] ?? 0), 0),
  );
}

/** What to write instead of a text that `parseDuration` does not read. */
export function durationRemedy(text: string): string {
  if (/^P[^T]*\d[YM]/.test(text)) {
    return 'how long years and months are depends on the calendar: write days, P30D, or give "to", the time itself';
  }
  return 'write an ISO 8601 duration of weeks, days, hours, minutes and seconds, P1DT2H; a fraction goes with the last unit only, PT1.5H';
}
