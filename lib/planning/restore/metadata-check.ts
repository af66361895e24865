import type { LaunchSettings } from '../../model/launch-settings.ts';
import { degraded, note, unknown } from './findings.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Checked } from './machine-checks.ts';
import type { Wish, Wishes } from './wishes.ts';

/** How a machine's metadata answer. */
export type Imds = NonNullable<LaunchSettings['imds']>;

/** Whether the account has a say in it: it may launch only what asks for a token (`httpTokensEnforced`). */
export function isAccountsToSay({ known }: Pick<Wishes, 'known'>): boolean {
  const imds = known?.settings.imds;
  return imds === undefined || imds === 'optional';
}

/** Metadata as the old machine had them, unless the account launches nothing of that kind: then they ask for a token. */
export function checkMetadata(
  wishes: Wishes,
  { tokensEnforced }: Pick<RestoreInventory, 'tokensEnforced'>,
): Checked<Imds> {
  const { known } = wishes;
  const imds = known?.settings.imds;
  const wish: Wish<Imds> | undefined =
    known && imds ? { value: imds, source: known.source, proven: known.proven } : undefined;
  const asBefore = wish ? { chosen: wish } : {};
  if (!isAccountsToSay(wishes)) return { ...asBefore, findings: [] };
  if (!tokensEnforced.complete) {
    const text = `whether the account launches what asks for no token (IMDSv1) is not known (${tokensEnforced.problem})`;
    return { ...asBefore, findings: [unknown('metadata token', text)] };
  }
  if (!tokensEnforced.value) return { ...asBefore, findings: [] };
  const chosen: Wish<Imds> = { value: 'required', source: 'default', proven: true };
  const enforced = 'the account launches nothing that asks for no token in front of its metadata';
  const text = `${enforced}, as the old machine did: what knows only IMDSv1 gets no credentials on the new one`;
  return { chosen, findings: [wish ? degraded('metadata token', text) : note('metadata token', enforced)] };
}
