import { tokenMalformed, tokenReused } from '../errors.ts';
import { digest } from '../plane/digest.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';

interface TokenRequest {
  readonly ClientToken?: string | undefined;
}

/**
 * Answers a repeated request with what it brought about the first time, whatever became of that since; tokens are
 * those of a region (EC2 Developer Guide, Ensuring idempotency).
 *
 * @param act does the work and gives the id of its result; where it throws, the token stays unused.
 * @throws IdempotentParameterMismatch for a token that came with other parameters before.
 */
export function once(
  plane: Plane,
  place: AccountRegion,
  operation: string,
  request: TokenRequest,
  act: () => string,
): { readonly id: string; readonly replayed: boolean } {
  const { ClientToken: token, ...parameters } = request;
  if (!token) return { id: act(), replayed: false };
  const { clientTokenLength, clientTokenMemoryMs } = plane.behaviour(place.region);
  if (token.length > clientTokenLength || !isAscii(token)) throw tokenMalformed(clientTokenLength);
  const key = `${operation}/${token}`;
  const fingerprint = digest(canonical(parameters));
  const used = place.clientTokens.get(key);
  const now = plane.clock.now();
  if (used && (clientTokenMemoryMs === 'forever' || now < used.at + clientTokenMemoryMs)) {
    if (used.fingerprint !== fingerprint) throw tokenReused();
    return { id: used.resultId, replayed: true };
  }
  const id = act();
  place.clientTokens.set(key, { fingerprint, resultId: id, at: now });
  return { id, replayed: false };
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

/** JSON that does not depend on the order of members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
