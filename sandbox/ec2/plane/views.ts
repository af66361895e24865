/**
 * Freezes a view and all that it holds, and drops members that are undefined: an answer has no such members.
 * What is frozen already was made by this function and is taken as it is, so a copy-on-write costs one level.
 */
export function view<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value) || value instanceof Date) return value;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) Reflect.deleteProperty(value, key);
    else view(member);
  }
  return Object.freeze(value);
}

/** `2026-01-02T03:04:05.000Z`: EC2 keeps seconds and writes milliseconds. */
export function secondsText(ms: number): string {
  return secondsDate(ms).toISOString();
}

export function secondsDate(ms: number): Date {
  return new Date(Math.floor(ms / 1_000) * 1_000);
}
