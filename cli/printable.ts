/**
 * A text for a terminal. People write tags, and nearly everybody may: what moves a terminal's cursor, breaks a line or turns
 * text round would let them hide what stands beside it.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '');
}
