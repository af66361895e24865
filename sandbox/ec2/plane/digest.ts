import { createHash } from 'node:crypto';

/** Hexadecimal digits that follow from the text alone: what ids and chance are made of. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
