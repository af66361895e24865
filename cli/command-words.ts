import { CONFIRM_REMEDY } from '../lib/planning/retire/suspect.ts';
import { OPTIONS } from './options.ts';

/** What a plan tells of events, as the command's options have it. */
export function inCommandWords(text: string): string {
  return text.replaceAll(CONFIRM_REMEDY, `run this again with ${OPTIONS.confirmNoInstances}`);
}
