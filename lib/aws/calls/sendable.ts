import type { AwsClient } from './aws-client.ts';

/**
 * A request holds what the SDK can't write out. It was not sent.
 *
 * The SDK keeps what it has written of a request, and would send that half in front of the client's next one.
 */
class UnsendableError extends Error {
  /** @param place as in `Tags.0.Value` */
  constructor(action: string, place: string, problem: string) {
    super(`${action} was not sent: ${place} ${problem}`);
    this.name = 'UnsendableRequest';
  }
}

type Middleware = (
  next: (args: { readonly input: object }) => Promise<object>,
  context: { readonly commandName?: string },
) => (args: { readonly input: object }) => Promise<object>;

/** What the stacks of all clients have in common. */
interface Stack {
  add(middleware: Middleware, options: { step: 'initialize'; priority: 'high'; name: string; override: true }): void;
}

/**
 * The one place that sees to it that all text which goes to AWS is well-formed Unicode, and every time a time: a client
 * whose requests were refused here is as good as before.
 */
export function refuseUnsendable({ middlewareStack }: AwsClient): void {
  // The SDK's types of stacks differ from client to client; what is asked of them here does not.
  (middlewareStack as Stack).add(check, {
    step: 'initialize',
    priority: 'high',
    name: 'amikeepSendable',
    override: true,
  });
}

const check: Middleware = (next, context) => async (args) => {
  const found = unsendable(args.input);
  if (found) throw new UnsendableError(context.commandName ?? 'a request', found.place.join('.'), found.problem);
  return await next(args);
};

interface Found {
  readonly place: readonly string[];
  readonly problem: string;
}

function unsendable(value: unknown): Found | undefined {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return undefined;
    return { place: [], problem: `is not well-formed Unicode, write it anew: ${JSON.stringify(value)}` };
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? { place: [], problem: 'is no time' } : undefined;
  }
  for (const [name, member] of Object.entries(value)) {
    const found = unsendable(member);
    if (found) return { ...found, place: [name, ...found.place] };
  }
  return undefined;
}
