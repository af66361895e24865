import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { formatProblem, parsePolicyFile } from '../policy/parse.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { InputError } from '../run/input-error.ts';

/** What a deployed function is told by its environment. */
export interface Settings {
  /** Where the policy file is, relative to the function's root. */
  readonly policyFile: string;
  /** The name of amikeep's own event bus. */
  readonly bus: string;
  /** How much of EC2's call rates to use, in (0, 1]; the rest is for whoever else works in the account. */
  readonly rateShare: number;
  /** How many copies may be in flight in one DR region at a time. EC2 takes 300, and took 100 until 2024. */
  readonly maxCopiesInFlight: number;
}

const environment = z.object({
  AMIKEEP_POLICY_FILE: z.string().min(1).default('policies.yml'),
  AMIKEEP_BUS: z.string().min(1).default('amikeep'),
  AMIKEEP_RATE_SHARE: numberFrom(
    'a share above 0 and up to 1, such as 0.8',
    (share) => share > 0 && share <= 1,
  ).default(0.8),
  AMIKEEP_MAX_COPIES_IN_FLIGHT: numberFrom(
    'a whole number from 1 up, such as 100',
    (copies) => Number.isInteger(copies) && copies >= 1,
  ).default(100),
});

function numberFrom(expected: string, fits: (value: number) => boolean) {
  return z.string().transform((text, context) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (fits(value)) return value;
    context.addIssue({ code: 'custom', message: `'${text}' is not ${expected}` });
    return z.NEVER;
  });
}

/** @throws InputError naming each variable that is not as it should be */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const result = environment.safeParse(variables);
  if (!result.success) {
    throw new InputError(result.error.issues.map(({ path, message }) => `environment ${path.join('.')}: ${message}`));
  }
  const { AMIKEEP_POLICY_FILE, AMIKEEP_BUS, AMIKEEP_RATE_SHARE, AMIKEEP_MAX_COPIES_IN_FLIGHT } = result.data;
  return {
    policyFile: AMIKEEP_POLICY_FILE,
    bus: AMIKEEP_BUS,
    rateShare: AMIKEEP_RATE_SHARE,
    maxCopiesInFlight: AMIKEEP_MAX_COPIES_IN_FLIGHT,
  };
}

/**
 * @param isKnownRegion whether there is a region of this name; absent: all that have the form of one
 * @throws InputError with every mistake in the file, each with its line, or why it could not be read at all
 */
export function readPolicyFile(path: string, isKnownRegion?: (name: string) => boolean): PolicyFile {
  const parsed = parsePolicyFile(readText(path), path, isKnownRegion);
  if (!parsed.ok) throw new InputError(parsed.problems.map(formatProblem));
  return parsed.file;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError([`${path}: it cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
