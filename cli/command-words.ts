import { CONFIRM_REMEDY } from '../lib/planning/retire/suspect.ts';
import { hasNoWork, THE_FILE } from '../lib/run/expand.ts';
import type { ParsedArguments } from './arguments.ts';
import { OPTIONS } from './options.ts';

/** What a plan tells of events, as the command's options have it. */
export function inCommandWords(text: string): string {
  return text.replaceAll(CONFIRM_REMEDY, `run this again with ${OPTIONS.confirmNoInstances}`);
}

/** What is wrong with a request, where a person looks for it: in the file that it was asked of, and by the command's own name. */
export function mistakeInCommandWords(problem: string, kind: ParsedArguments['kind'], policyFile: string): string {
  const named = problem.startsWith(`${THE_FILE}: `) ? policyFile + problem.slice(THE_FILE.length) : problem;
  // It goes by the event of a retire run, which nobody asked for.
  return kind === 'list' ? named.replace(hasNoWork('retire'), hasNoWork('list')) : named;
}
