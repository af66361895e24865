import { createHash } from 'node:crypto';

/** What EC2 allows in a tag's value. Counted in UTF-16 units, which are never fewer than AWS's characters. */
export const LONGEST_VALUE = 256;

/** The first `limit` UTF-16 units of a text, or one fewer where that would cut a character in half. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Sixteen hexadecimal digits, 64 bits, that stand for a text too long or too odd to be written out. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

export const HASH_LENGTH = 16;
