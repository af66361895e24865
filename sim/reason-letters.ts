const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A letter for each different reason, in the order of first coming, so that a row of a table has room for its own. */
export function reasonLetters(reasons: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...new Set(reasons)].map((reason, index) => [reason, letterOf(index)]));
}

/** `a` to `z`, then `aa`. */
function letterOf(index: number): string {
  const before = Math.floor(index / LETTERS.length);
  return `${before > 0 ? letterOf(before - 1) : ''}${LETTERS.charAt(index % LETTERS.length)}`;
}
