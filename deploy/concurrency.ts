import type { PolicyFile } from '../lib/policy/policy.ts';
import { InputError } from '../lib/run/input-error.ts';
import { functionId, functionsOf } from './template.ts';

/** What is laid over resources that osls makes, by their logical ids. */
export type Extensions = Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;

/**
 * Reserves so many concurrent executions for each function. Off unless it is asked for: AWS keeps 100 of an account's
 * executions unreserved, and a new account has ten in all. Nothing depends on it, since two workers of one slot ask for
 * the same name.
 *
 * @throws InputError where the text is no whole number of at least 1
 */
export function concurrencyExtensions(file: PolicyFile, reserved: string | undefined): Extensions {
  if (reserved === undefined) return {};
  const executions = Number(reserved);
  if (!/^\d+$/.test(reserved) || executions < 1) {
    throw new InputError([
      `environment AMIKEEP_RESERVED_CONCURRENCY: '${reserved}' is not a whole number from 1 up; leave it out to reserve none`,
    ]);
  }
  return Object.fromEntries(
    functionsOf(file).map((action) => [
      functionId(action),
      { Properties: { ReservedConcurrentExecutions: executions } },
    ]),
  );
}
