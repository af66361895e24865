import { formatProblem, parsePolicyFile } from '../lib/policy/parse.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';

/** One policy with copies, as a careful person writes it, except that a day may retire all that has expired. */
export function policiesKeeping(retention: string, copyRetention: string): PolicyFile {
  const parsed = parsePolicyFile(
    `
deployment: bench
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never, tags: { Project: shop } }
    copies: [{ region: eu-west-1, retention: ${copyRetention} }]
    retention: ${retention}
    retire: { mode: apply, minKeep: 1, maxPerDay: 100%, endAfterSourceGoneDays: never }
`,
    'bench',
  );
  if (!parsed.ok) throw new TypeError(parsed.problems.map(formatProblem).join('\n'));
  return parsed.file;
}

/** The policies of a region that holds far more images than they ask for. */
export function crowdedPolicies(): PolicyFile {
  return policiesKeeping('{ keepLast: 3, keepDaily: 7 }', '{ keepDaily: 3 }');
}
