import type { RunEvent } from '../lib/run/event.ts';

type Field =
  | Exclude<keyof RunEvent, 'continuation' | 'until' | 'leftovers' | 'spread'>
  | 'target.account'
  | 'target.region';

/** What of the command line becomes each field of an event: people know the option that they wrote, not the contract. */
export const OPTIONS: Readonly<Record<Field, string>> = {
  action: '<action>',
  policy: '--policy',
  slot: '--slot',
  mode: '--mode',
  target: '--account and --region',
  'target.account': '--account',
  'target.region': '--region',
  instances: '--instance',
  images: '<image>',
  lineages: '<lineage>',
  sweep: '--sweep',
  abandoned: '--abandoned',
  policyGone: '--policy-gone',
  confirmNoInstances: '--confirm-no-instances',
  orphans: '--orphans',
  unsealed: '--unsealed',
  filter: '--filter',
};

/** An index within a list belongs to the list's option, and a tag's key, which may be any text, to the filter's. */
const PLACE = /^(?:(filter)(?:\.[^\n]*?)?|([a-z]+(?:\.(?:account|region))?)(?:\.\d+)?): /i;

/** The same problem where a person looks for it: the contract names its place by a path in an event. */
export function asOption(problem: string): string {
  const [place = '', filter, other = ''] = PLACE.exec(problem) ?? [];
  const field = filter ?? other;
  if (!isField(field)) return problem;
  const option = OPTIONS[field];
  const text = problem
    .slice(place.length)
    .replace(/ takes no (\w+);/, (whole, name: string) => (name === field ? ` takes no ${option};` : whole))
    .replace(/ leave (\w+) out$/, (whole, name: string) => (isField(name) ? ` leave ${OPTIONS[name]} out` : whole));
  return `${option}: ${text}`;
}

function isField(text: string): text is Field {
  return Object.hasOwn(OPTIONS, text);
}
