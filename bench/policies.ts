import { formatProblem, parsePolicyFile } from '../lib/policy/parse.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';

/** One policy as a careful person writes it, except that a day may retire all that has expired. */
export function policyText(retention: string, copies = ''): string {
  return `
deployment: bench
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never, tags: { Project: shop } }
    retention: ${retention}
    ${copies}
    retire: { mode: apply, minKeep: 1, maxPerDay: 100%, endAfterSourceGoneDays: never }
`;
}

/** The policy with drills in the home region. The network's ids stand for those of one that is made. */
export function policiesDrilling(atMost: number): PolicyFile {
  const network = '{ eu-central-1: { subnets: [subnet-0a1b2c3d, subnet-0b1c2d3e], securityGroup: sg-0a1b2c3d } }';
  const settings = `every: { days: 30 }, regions: [eu-central-1], check: status, maxAgeDays: 45, atMost: ${atMost}`;
  return parsed(policyText('{ keepLast: 3 }', `drill: { ${settings}, network: ${network} }`));
}

/** @throws TypeError for what is no policy file */
export function parsed(text: string): PolicyFile {
  const result = parsePolicyFile(text, 'bench');
  if (!result.ok) throw new TypeError(result.problems.map(formatProblem).join('\n'));
  return result.file;
}

/** The policy with copies in a second region. */
export function policiesKeeping(retention: string, copyRetention: string): PolicyFile {
  return parsed(policyText(retention, `copies: [{ region: eu-west-1, retention: ${copyRetention} }]`));
}
