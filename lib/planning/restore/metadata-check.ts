import type { LaunchSettings } from '../../model/launch-settings.ts';
import { degraded, note, unknown } from './findings.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Known } from './known.ts';
import type { Checked } from './machine-checks.ts';
import type { Finding } from './plan.ts';
import type { Wish, Wishes } from './wishes.ts';

/** How a machine's metadata answer. */
export type Imds = NonNullable<LaunchSettings['imds']>;

/** Whether the account has a say in it: it may launch only what asks for a token (`httpTokensEnforced`). */
export function isAccountsToSay({ known }: Pick<Wishes, 'known'>): boolean {
  if (known && !known.proven) return false;
  const imds = known?.taken.imds;
  if (imds === undefined) return !known?.cut;
  return imds === 'optional';
}

const REQUIRED: Wish<Imds> = { value: 'required', source: 'default', proven: true };

/**
 * Metadata as the old machine had them, unless the account launches nothing of that kind: then they ask for a token. So they do
 * where nothing proves how they were, or the recipe had no room to say so: without a token, what serves strangers may hand them the machine's rights.
 */
export function checkMetadata(
  wishes: Wishes,
  { tokensEnforced }: Pick<RestoreInventory, 'tokensEnforced'>,
): Checked<Imds> {
  const { known } = wishes;
  if (known && !known.proven) return { chosen: REQUIRED, findings: unprovenFindings(known) };
  const imds = known?.taken.imds;
  if (known?.cut && imds === undefined) return { chosen: REQUIRED, findings: [degraded('metadata token', CUT)] };
  const wish: Wish<Imds> | undefined =
    known && imds ? { value: imds, source: known.source, proven: known.proven } : undefined;
  const asBefore = wish ? { chosen: wish } : {};
  if (!isAccountsToSay(wishes)) return { ...asBefore, findings: [] };
  if (!tokensEnforced.complete) {
    const text = `whether the account launches what asks for no token (IMDSv1) is not known (${tokensEnforced.problem})`;
    return { ...asBefore, findings: [unknown('metadata token', text)] };
  }
  if (!tokensEnforced.value) return { ...asBefore, findings: [] };
  const enforced = 'the account launches nothing that asks for no token in front of its metadata';
  const text = `${enforced}, as the old machine did: what knows only IMDSv1 gets no credentials on the new one`;
  return { chosen: REQUIRED, findings: [wish ? degraded('metadata token', text) : note('metadata token', enforced)] };
}

const CUT =
  'the recipe had no room to say how the metadata answered: they ask for a token, and what knows only IMDSv1 gets no credentials';

function unprovenFindings({ settings: { imds, hops, metadataTags } }: Known): Finding[] {
  if ((imds === undefined || imds === 'required') && hops === undefined && !metadataTags) return [];
  const text =
    'what the recipe says of the metadata is not taken: they ask for a token, and the rest is as EC2 does it';
  return [note('metadata token', text)];
}
