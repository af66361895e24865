import { createHash } from 'node:crypto';

/** The same for the same parameters asked for twice, so that EC2 makes one thing of both. It takes 64 characters. */
export function tokenOf(...parameters: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
}
