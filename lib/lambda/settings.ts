import * as z from 'zod/mini';
import { InputError } from '../run/input-error.ts';

/** What a deployed function is told by its environment. */
export interface Settings {
  /** The name of amikeep's own event bus. */
  readonly bus: string;
  /** How much of EC2's call rates to use, in (0, 1]; the rest is for whoever else works in the account. */
  readonly rateShare: number;
  /** How many copies may be in flight in one DR region at a time. EC2 takes 300, and took 100 until 2024. */
  readonly maxCopiesInFlight: number;
}

const environment = z.object({
  AMIKEEP_BUS: z._default(
    z.string().check(z.minLength(1, "'' names no event bus; write its name, or leave the variable out")),
    'amikeep',
  ),
  AMIKEEP_RATE_SHARE: z._default(
    numberFrom('a share above 0 and up to 1, such as 0.8', (share) => share > 0 && share <= 1),
    0.8,
  ),
  AMIKEEP_MAX_COPIES_IN_FLIGHT: z._default(
    numberFrom('a whole number from 1 up, such as 100', (copies) => Number.isInteger(copies) && copies >= 1),
    100,
  ),
});

function numberFrom(expected: string, fits: (value: number) => boolean) {
  return z.pipe(
    z.string(),
    z.transform((text, context) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (fits(value)) return value;
      context.issues.push({ code: 'custom', input: text, message: `'${text}' is not ${expected}` });
      return z.NEVER;
    }),
  );
}

/** @throws InputError naming each variable that is not as it should be */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const result = environment.safeParse(variables);
  if (!result.success) {
    throw new InputError(result.error.issues.map(({ path, message }) => `environment ${path.join('.')}: ${message}`));
  }
  const { AMIKEEP_BUS, AMIKEEP_RATE_SHARE, AMIKEEP_MAX_COPIES_IN_FLIGHT } = result.data;
  return {
    bus: AMIKEEP_BUS,
    rateShare: AMIKEEP_RATE_SHARE,
    maxCopiesInFlight: AMIKEEP_MAX_COPIES_IN_FLIGHT,
  };
}
