import type { CallContext, OperationDefinition } from '../../contract.ts';

/** What an operation answers: the SDK's output without what the SDK adds to it. */
export type Answer<Output> = Omit<Output, '$metadata'>;

/** An entry of a service's table, its input and output held to the SDK's types. */
export function operation<Input extends object, Output extends object>(
  heeds: readonly string[],
  run: (input: Input, context: CallContext) => Output,
): OperationDefinition<Input, Output> {
  return { heeds, run };
}
