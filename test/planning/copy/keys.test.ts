import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../../lib/model/ids.ts';
import { planCopies } from '../../../lib/planning/copy/copy.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { aPolicy, DR, HERE } from '../../builders.ts';
import { copyInventory, NOW } from '../fleet.ts';

const VAULT = accountId('444455556666');
const keyOf = (account: string) => `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`;

function warningsOf(settings: Partial<CopySettings>): readonly string[] {
  const copy: CopySettings = { region: DR.region, encrypt: 'always', retention: { keepLast: 1 }, ...settings };
  const policies = [aPolicy({ copies: [copy] })];
  return planCopies({ deployment: 'prod', policies, maxInFlight: 5, maxStarted: 5 }, copyInventory([]), NOW).warnings;
}

describe('a key of a copy', () => {
  it.each([
    ['no key', {}],
    ['an alias', { kmsKey: 'alias/dr', account: VAULT }],
    ['a key of the account that the copy is in', { kmsKey: keyOf(HERE.account) }],
    ["a key of the vault's own", { kmsKey: keyOf(VAULT), account: VAULT }],
    ['a copy that is not made from here', { kmsKey: keyOf(VAULT), region: region('eu-central-1') }],
  ])('is no matter: %s', (_, settings) => {
    expect(warningsOf(settings)).toEqual([]);
  });

  it("of the sources' account in a vault is warned of, since it falls with that account", () => {
    expect(warningsOf({ kmsKey: keyOf(HERE.account), account: VAULT })).toEqual([
      expect.stringMatching(
        /key of account 111122223333, where their sources are: .* write a key of account 444455556666$/,
      ),
    ]);
  });

  it.each([{}, { account: VAULT }])('of a third account is told: %j', (settings) => {
    expect(warningsOf({ kmsKey: keyOf('777788889999'), ...settings })).toEqual([
      expect.stringContaining(
        `they are made in account ${settings.account ?? HERE.account}: that key's policy has to let`,
      ),
    ]);
  });
});
