import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { memberAccountTemplate } from '../../deploy/member-account.ts';
import { FUNCTIONS } from '../../deploy/template.ts';
import type { Action } from '../../lib/run/event.ts';
import { factsOf } from './facts.ts';
import { HUB, hubRoles, permits, refusedBy } from './hub.ts';
import { type Ask, isAllowed } from './iam.ts';
import { inMember, MEMBER, memberRole, OPERATORS } from './member.ts';
import { isSourceKey, nearMissesOf } from './near-misses.ts';
import type { RecordedCall } from './record.ts';
import { drills, rareDays, type Scene } from './scenes.ts';

/** By what a function is watched: most by rare days, drills by some of theirs. */
let scenes: Readonly<Record<Action, Scene>>;
/** What the functions do beside telling of it and sealing it, which they do at home, as if all of it had been done in the other account. */
let calls: readonly RecordedCall[];

beforeAll(async () => {
  const [scene, ofDrills] = [await rareDays(), await drills()];
  scenes = { snapshot: scene, copy: scene, retire: scene, drill: ofDrills };
  calls = [...scene.calls, ...ofDrills.calls.filter(({ by }) => by === 'drill')]
    .filter(({ operation }) => !['PutEvents', 'GetPublicKey', 'Sign'].includes(operation))
    .map((call) => ({ ...call, asks: call.asks.map(inMember) }));
});

const SOURCE: Readonly<Record<Action, string>> = {
  snapshot: 'SourceSnapshotRole',
  copy: 'SourceCopyRole',
  retire: 'SourceRetireRole',
  drill: 'SourceDrillRole',
};

test('deploy/member-account.yml is what `npm run schema` writes', () => {
  const template = memberAccountTemplate();
  expect(readFileSync('deploy/member-account.yml', 'utf8')).toBe(template);
  // More than this CloudFormation takes from a bucket only.
  expect(Buffer.byteLength(template)).toBeLessThan(51_200);
});

describe('in another source account', () => {
  test.each(FUNCTIONS)('the role of %s allows what the function does there, and none of the near misses', (action) => {
    const role = memberRole(SOURCE[action]);
    const own = calls.filter(({ by }) => by === action);
    expect(own).not.toEqual([]);
    expect(own.flatMap(({ asks }) => refusedBy(role, asks))).toEqual([]);
    const allowed = own.flatMap(nearMissesOf).filter(({ asks }) => permits(role, asks));
    expect(allowed.map(({ what }) => what)).toEqual([]);
  });

  test.each(FUNCTIONS)('the role of %s allows what its role in the hub does, and nothing of the hub', (action) => {
    const names = (actions: readonly string[]) => [...new Set(actions)].sort();
    const hub = hubRoles(scenes[action].file)[action].statements.flatMap(({ Action }) => Action);
    const ofEc2 = hub.filter((one) => !/^(?:logs|events|sqs|sts):|^kms:(?:GetPublicKey|Sign)$/.test(one));
    expect(names(memberRole(SOURCE[action]).statements.flatMap(({ Action }) => Action))).toEqual(names(ofEc2));
  });
});

describe('in a vault', () => {
  test('copies go in, with the tag and under the key that they have to have', () => {
    const role = memberRole('VaultCopyRole');
    const copies = calls.filter(({ operation }) => operation === 'CopyImage');
    const asked = copies.map((call) => ({ ...call, asks: call.asks.map(sourceKeysOf(HUB)) }));
    expect(asked).not.toEqual([]);
    expect(asked.flatMap(({ asks }) => refusedBy(role, asks))).toEqual([]);
    expect(asked.flatMap(nearMissesOf).filter(({ asks }) => permits(role, asks))).toEqual([]);
    // Keys of accounts that are no sources are not for reading with.
    const elsewhere = copies.map(({ asks }) => asks.map(sourceKeysOf('999999999999')));
    expect(elsewhere.filter((asks) => permits(role, asks))).toEqual([]);
  });

  const isHold = ({ asks }: RecordedCall) =>
    asks.every(({ context }) => JSON.stringify(context['aws:TagKeys']) === '["amikeep:hold"]');

  test('the hold of an instance is written on copies of this deployment, and comes off none', () => {
    const role = memberRole('VaultCopyRole');
    const holds = calls.filter((call) => call.by === 'copy' && isHold(call));
    expect(holds).not.toEqual([]);
    const inVault = holds.filter(({ asks }) => permits(role, asks));
    expect(inVault).not.toEqual([]);
    expect(inVault.flatMap(nearMissesOf).filter(({ asks }) => permits(role, asks))).toEqual([]);
    expect(role.statements.flatMap(({ Action }) => Action)).not.toContain('ec2:DeleteTags');
  });

  test('nothing else is changed, by whichever function', () => {
    const changes = calls.filter(
      (call) =>
        call.operation !== 'CopyImage' && !isHold(call) && call.asks.some(({ action }) => factsOf(action).write),
    );
    expect(new Set(changes.map(({ operation }) => operation)).size).toBeGreaterThan(8);
    for (const id of ['VaultCopyRole', 'VaultRetireRole']) {
      expect(changes.filter(({ asks }) => permits(memberRole(id), asks))).toEqual([]);
    }
  });

  test('what retire looks at are images, where copies are', () => {
    const { statements } = memberRole('VaultRetireRole');
    expect(statements.flatMap(({ Action }) => Action)).toEqual(['ec2:DescribeImages']);
    const reading = (region: string): Ask => ({
      action: 'ec2:DescribeImages',
      resource: '*',
      context: { 'aws:RequestedRegion': region },
    });
    expect(isAllowed(statements, reading('eu-west-1'))).toBe(true);
    expect(isAllowed(statements, reading('eu-central-1'))).toBe(false);
  });
});

/** The same copy from an account, with whose keys the source is read; whose a key is, AWS tells. */
function sourceKeysOf(account: string) {
  return (ask: Ask): Ask => {
    if (!ask.action.startsWith('kms:')) return ask;
    const owner = isSourceKey(ask) ? account : MEMBER;
    const context = { ...ask.context, 'aws:ResourceAccount': owner };
    return { ...ask, resource: ask.resource.replace(MEMBER, owner), context };
  };
}

describe('a role in another account', () => {
  const assume = (principal: string, externalId?: string): Ask => ({
    action: 'sts:AssumeRole',
    resource: '*',
    context: { 'aws:PrincipalArn': principal, ...(externalId !== undefined && { 'sts:ExternalId': externalId }) },
  });
  const hub = (action: Action) => hubRoles(scenes[action].file)[action].name;

  test.each([
    ['SourceSnapshotRole', 'snapshot'],
    ['SourceCopyRole', 'copy'],
    ['SourceRetireRole', 'retire'],
    ['SourceDrillRole', 'drill'],
    ['VaultCopyRole', 'copy'],
    ['VaultRetireRole', 'retire'],
  ] as const)('%s is assumed by the role of %s alone, with the external id', (id, action) => {
    const { name, trust } = memberRole(id);
    expect(name).toBe(`backup-${action}`);
    const ours = `arn:aws:iam::${HUB}:role/${hub(action)}`;
    expect(isAllowed(trust, assume(ours, 'shibboleth'))).toBe(true);
    const others = [
      assume(ours),
      assume(ours, 'other'),
      assume(ours.replace(HUB, MEMBER), 'shibboleth'),
      assume(`${ours}-2`, 'shibboleth'),
      ...FUNCTIONS.filter((other) => other !== action).map((other) =>
        assume(`arn:aws:iam::${HUB}:role/${hub(other)}`, 'shibboleth'),
      ),
    ];
    expect(others.filter((other) => isAllowed(trust, other))).toEqual([]);
    expect(isAllowed(memberRole(id, '').trust, assume(ours))).toBe(true);
  });

  test.each(['SourcePlanRole', 'SourceOperateRole', 'VaultPlanRole', 'VaultOperateRole'])(
    '%s is assumed by whom OperatorPrincipals name, with the external id, and by no function',
    (id) => {
      const { trust } = memberRole(id);
      const person = OPERATORS.replace('*', 'eu-central-1/AWSReservedSSO_Operators_0123456789abcdef');
      expect(isAllowed(trust, assume(person, 'shibboleth'))).toBe(true);
      const others = [
        assume(person),
        assume(person.replace(HUB, MEMBER), 'shibboleth'),
        assume(`arn:aws:iam::${HUB}:user/somebody`, 'shibboleth'),
        ...FUNCTIONS.map((action) => assume(`arn:aws:iam::${HUB}:role/${hub(action)}`, 'shibboleth')),
      ];
      expect(others.filter((other) => isAllowed(trust, other))).toEqual([]);
    },
  );
});
