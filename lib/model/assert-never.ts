/** Makes a switch over a union fail to compile once the union has a member that it forgot. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected case: ${JSON.stringify(value)}`);
}
