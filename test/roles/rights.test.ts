import { describe, expect, test } from 'vitest';
import { keysOfTable } from '../../lib/model/table.ts';
import { CHANGE_KINDS } from '../../lib/planning/change.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import { factsOf } from './facts.ts';
import { hubRoles } from './hub.ts';
import { memberRole } from './member.ts';

/** A file by which each function does all that it can. */
const POLICIES = `
deployment: test
regions: [eu-central-1]
accounts: [{ id: '444455556666', rolePrefix: amikeep, vault: true }]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: 'cron(0 3 * * ? *)', timeZone: UTC }
    image: { reboot: never }
    drill:
      every: { days: 30 }
      regions: [eu-central-1]
      check: command
      document: shop-health
      maxAgeDays: 45
      network: { eu-central-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } }
    copies:
      - { region: eu-west-1, retention: { keepLast: 1 } }
      - { region: eu-west-1, account: '444455556666', retention: { keepLast: 1 } }
    retention: { keepLast: 1 }
    retire: { mode: apply, endAfterSourceGoneDays: never }
`;

const KINDS = keysOfTable(CHANGE_KINDS);
type By = (typeof CHANGE_KINDS)[(typeof KINDS)[number]]['by'];

function grantedTo(by: By): ReadonlySet<string> {
  const parsed = parsePolicyFile(POLICIES, 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  // The key that seals is the hub's, which people use by their own rights there.
  const role = by === 'person' ? memberRole('SourceOperateRole') : hubRoles(parsed.file)[by];
  return new Set([...role.statements.flatMap(({ Action }) => Action), ...(by === 'person' ? ['kms:Sign'] : [])]);
}

describe('what each kind of change takes of IAM', () => {
  test.each(KINDS)('is allowed to the role that makes it: %s', (kind) => {
    const { by, rights } = CHANGE_KINDS[kind];
    expect(rights.filter((right) => !grantedTo(by).has(right))).toEqual([]);
  });

  test.each(['snapshot', 'copy', 'retire', 'drill'] as const)('is all of the changes of EC2 that %s may make', (by) => {
    const taken: ReadonlySet<string> = new Set(KINDS.flatMap((kind) => [...CHANGE_KINDS[kind].rights]));
    const changing = [...grantedTo(by)].filter((action) => action.startsWith('ec2:') && factsOf(action).write);
    expect(changing.filter((action) => !taken.has(action))).toEqual([]);
  });
});
