/**
 * Patterns for tag values. `*` stands for any text, the empty one included; every other character stands for
 * itself, in its own case. This is what EC2's own tag filters do, so a match here and a filter there agree.
 */

/** Whether `value` has the form of `pattern`. Takes time in proportion to the value, however many `*` there are. */
export function matchesPattern(pattern: string, value: string): boolean {
  const [prefix = '', ...rest] = pattern.split('*');
  const suffix = rest.pop();
  if (suffix === undefined) return value === pattern;
  if (!value.startsWith(prefix)) return false;
  // Taking the first place for each piece leaves the most room for those that follow, so no other need be tried.
  let from = prefix.length;
  for (const piece of rest) {
    const at = value.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return value.length - from >= suffix.length && value.endsWith(suffix);
}

/**
 * The pattern as a value of an EC2 `tag:` filter. EC2 takes `?` for any one character and `\` for an escape, so
 * both are escaped; `*` means there what it means here.
 */
export function toEc2FilterValue(pattern: string): string {
  return pattern.replaceAll(/[\\?]/g, '\\$&');
}
