/** What a line is about. */
export type Check =
  | 'credentials'
  | 'clock'
  | 'region'
  | 'key'
  | 'seal'
  | 'permission'
  | 'account'
  | 'quota'
  | 'capacity'
  | 'restore'
  | 'drill'
  | 'policy';

/** What was looked at and how it is. `unknown` is what could not be found out: it is never guessed. */
export type Line = {
  readonly check: Check;
  /** What of its kind it is: a region, a policy, a key in its region. */
  readonly subject: string;
  readonly text: string;
} & Verdict;

type Verdict =
  | { readonly verdict: 'ok' }
  | {
      readonly verdict: 'problem' | 'unknown';
      /** What to do about it, as an order. */
      readonly remedy: string;
    };

/** Lines about one subject. */
export function linesAbout(check: Check, subject: string) {
  return {
    ok: (text: string): Line => ({ check, subject, verdict: 'ok', text }),
    problem: (text: string, remedy: string): Line => ({ check, subject, verdict: 'problem', text, remedy }),
    unknown: (text: string, remedy: string): Line => ({ check, subject, verdict: 'unknown', text, remedy }),
  };
}
