import { z } from 'zod';

/** Every value that is not accepted is answered with the same clause: what to write instead. */
export function say(remedy: string) {
  return {
    error: ({ input, code }: { readonly input?: unknown; readonly code?: string | undefined }) =>
      code === 'unrecognized_keys' ? undefined : refusal(input, remedy),
  };
}

export function refusal(value: unknown, remedy: string): string {
  if (value === undefined) return `is missing: ${remedy}`;
  if (value === null) return `is empty: ${remedy}`;
  if (Array.isArray(value)) return `is ${value.length === 0 ? 'an empty list' : 'a list'}: ${remedy}`;
  if (typeof value === 'object') return `is a map: ${remedy}`;
  return `is ${typeof value === 'string' ? `'${value}'` : String(value)}: ${remedy}`;
}

/** The forms of what the file names of EC2's own. */
export const SUBNET = /^subnet-[0-9a-f]+$/;
export const GROUP = /^sg-[0-9a-f]+$/;
export const INSTANCE_TYPE = /^[a-z0-9-]+\.[a-z0-9-]+$/;

export function text(form: RegExp, remedy: string) {
  return z.string(say(remedy)).regex(form, say(remedy));
}

/** A text that a function reads, whose answer then replaces it. */
export function textReadBy<Id>(read: (text: string) => Id, remedy: string) {
  return z.string(say(remedy)).transform((value, context): Id => {
    try {
      return read(value);
    } catch {
      context.addIssue({ code: 'custom', message: refusal(value, remedy) });
      return z.NEVER;
    }
  });
}

export function atLeastOne(remedy: string) {
  return z.int(say(remedy)).min(1, say(remedy));
}
