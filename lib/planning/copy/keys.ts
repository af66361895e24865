import { placeText, type Target } from '../../model/ids.ts';
import { copiesFrom, placeOfCopy } from '../../policy/places.ts';
import type { Policy } from '../../policy/policy.ts';
import { accountOfKey } from '../foreign-keys.ts';

/** What is odd about the keys that copies are made under; the policy file alone does not say which account a source is in. */
export function keyWarnings(policies: readonly Policy[], source: Target): string[] {
  return policies.flatMap((policy) =>
    copiesFrom(policy, source).flatMap((settings) => {
      const owner = accountOfKey(settings.kmsKey ?? '');
      const { account } = placeOfCopy(settings, source);
      if (owner === undefined || owner === account) return [];
      const copies = `policy ${policy.name} has its copies to ${placeText(settings.region, settings.account)}`;
      return [
        owner === source.account
          ? `${copies} encrypted with a key of account ${owner}, where their sources are: whoever takes that account takes the copies with it; write a key of account ${account}`
          : `${copies} encrypted with a key of account ${owner}, and they are made in account ${account}: that key's policy has to let ${account} use it, and so does the role that copies`,
      ];
    }),
  );
}
