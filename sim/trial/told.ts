/** Anything that was thrown, in words. */
export function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
