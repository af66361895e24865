import type { AccountId } from '../model/ids.ts';
import { inBrief } from './in-brief.ts';

/** A volume or a snapshot, and the key that it is encrypted with. */
export interface Encrypted {
  readonly id: string;
  readonly account: AccountId;
  readonly kmsKey?: string;
}

/** What is under keys of an account that the roles may not use keys of. */
export interface ForeignKeys {
  readonly text: string;
  readonly remedy: string;
  readonly owner: string;
}

/**
 * What is encrypted with keys of accounts that are neither its own nor named in the policy file's `keyAccounts`: the
 * roles may not use those, so that a copy fails, and maybe the image itself. One for each account.
 */
export function foreignKeys(resources: readonly Encrypted[], keyAccounts: readonly AccountId[]): ForeignKeys[] {
  const foreign = resources.flatMap(({ id, account, kmsKey = '' }) => {
    const owner = accountOfKey(kmsKey);
    return owner === undefined || owner === account || keyAccounts.some((known) => known === owner)
      ? []
      : [{ id, owner, kmsKey }];
  });
  return [...Map.groupBy(foreign, ({ owner }) => owner)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([owner, those]) => ({
      owner,
      text: `${named(those.map(({ id }) => id))} ${those.length === 1 ? 'is' : 'are'} encrypted with ${named(those.map(({ kmsKey }) => kmsKey))} of account ${owner}, which keyAccounts does not name: no role may use a key of it, so copies fail, and images may`,
      remedy: `add '${owner}' to keyAccounts of the policy file and deploy, and to the parameter KeyAccounts of the roles in other accounts; the key's own policy has to let the roles use it as well`,
    }));
}

/** The account in the ARN of a key; a key that is named by id or alias is one of the account where it is used. */
export function accountOfKey(key: string): string | undefined {
  return /^arn:[^:]+:kms:[^:]*:(\d{12}):/.exec(key)?.[1];
}

function named(all: readonly string[]): string {
  return inBrief([...new Set(all)].sort());
}
