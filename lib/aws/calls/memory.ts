/** What a run may use of the function's memory, in MiB. */
export interface Memory {
  readonly limit: number;
  readonly used: () => number;
}

/** Beyond this share Lambda soon ends the process, and nobody would learn why. */
const FULL = 0.95;

/** What Lambda gives the function that this process is; nothing anywhere else. */
export function functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: size }: NodeJS.ProcessEnv): Memory | undefined {
  const limit = Number(size);
  return limit > 0 ? { limit, used: () => process.memoryUsage.rss() / 1024 ** 2 } : undefined;
}

/** Why nothing more is to be read, with what to set; undefined while there is room. */
export function shortageOf({ limit, used }: Memory): string | undefined {
  const now = used();
  if (now < limit * FULL) return undefined;
  return `OutOfMemory: ${Math.round(now)} of the function's ${limit} MiB are in use; set memorySize in serverless.yml to ${2 * limit}, and deploy`;
}
