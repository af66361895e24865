import { formatInstant } from '../model/time.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import type { Drilled } from '../tagging/verdict.ts';

/** Whether an image is verified, since when and how far, in words; and that a later drill said otherwise. */
export function verifiedText({ passed, drilled }: Pick<OwnedImage, 'passed' | 'drilled'>): string {
  const doubt = doubtOf({ passed, drilled });
  const said = passed ? `verified ${formatInstant(passed.at)} (${passed.rung})` : 'not verified';
  return doubt ? `${said}, ${doubt.verdict} ${formatInstant(doubt.at)}` : said;
}

/** Whether a drill has seen it come up, and none that it failed came after: that takes the word back. */
export function isProven(owned: Pick<OwnedImage, 'passed' | 'drilled'>): boolean {
  return owned.passed !== undefined && doubtOf(owned)?.verdict !== 'failed';
}

/** The last drill, if it brought no pass. */
export function doubtOf({ passed, drilled }: Pick<OwnedImage, 'passed' | 'drilled'>): Drilled | undefined {
  return drilled && passed && passed.at >= drilled.at ? undefined : drilled;
}
