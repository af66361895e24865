import { describe, expect, it } from 'vitest';
import { accountId } from '../../lib/model/ids.ts';
import { type Encrypted, foreignKeys } from '../../lib/planning/foreign-keys.ts';
import { HERE } from '../builders.ts';

const [STRANGER, OTHER] = [accountId('333333333333'), accountId('444444444444')];
const keyOf = (account: string, id = 'one') => `arn:aws:kms:eu-central-1:${account}:key/${id}`;
const volume = (id: string, kmsKey?: string): Encrypted => ({
  id,
  account: HERE.account,
  ...(kmsKey !== undefined && { kmsKey }),
});

describe('keys of other accounts', () => {
  it('are told with what is under them, and what to write into the policy file', () => {
    expect(foreignKeys([volume('vol-1', keyOf(STRANGER))], [])).toEqual([
      {
        owner: STRANGER,
        text: `vol-1 is encrypted with ${keyOf(STRANGER)} of account 333333333333, which keyAccounts does not name: no role may use a key of it, so copies fail, and images may`,
        remedy:
          "add '333333333333' to keyAccounts of the policy file and deploy, and to the parameter KeyAccounts of the roles in other accounts; the key's own policy has to let the roles use it as well",
      },
    ]);
  });

  it('are told once for each account, with the first few that they concern', () => {
    const many = ['vol-5', 'vol-4', 'vol-3', 'vol-2'].map((id) => volume(id, keyOf(STRANGER)));
    const told = foreignKeys([volume('vol-9', keyOf(OTHER)), ...many], []);
    expect(told.map(({ owner }) => owner)).toEqual([STRANGER, OTHER]);
    expect(told[0]?.text).toContain(`vol-2, vol-3, vol-4 and 1 more are encrypted with ${keyOf(STRANGER)} of account`);
  });

  it.each<[string, string | undefined]>([
    ['of its own account', keyOf(HERE.account)],
    ['of an account that the policy file names', keyOf(OTHER)],
    ['without an account', 'alias/mine'],
    ['at all', undefined],
  ])('are none where there is no key but one %s', (_, key) => {
    expect(foreignKeys([volume('vol-1', key)], [OTHER])).toEqual([]);
  });
});
