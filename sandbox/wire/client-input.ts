import { ServiceError } from '../contract.ts';
import { formatScalar, parseScalar } from './scalars.ts';
import type { ListShape, MapShape, ScalarShape, Shape, StructShape } from './shapes.ts';

/** What a client does to an input on its way to the wire. */
export interface ClientRules {
  /** EC2 Query has no form for an empty list, so it never arrives; the other protocols have one. */
  readonly keepsEmptyLists: boolean;
  /** JSON has a form for a structure without members, form bodies have none. */
  readonly keepsEmptyStructs: boolean;
  /** A token for a member that the SDK fills itself where the caller gives none. */
  readonly newToken: () => string;
}

/**
 * Gives the input that the service would receive had the SDK serialised this one: without undefined members, empty
 * lists and members that AWS's model does not have, values in the type that the wire gives them, tokens filled in. The
 * result is fresh, so what an operation keeps of it no caller can change.
 *
 * @throws ServiceError InvalidParameterValue for a value that does not survive the wire
 */
export function inputOnTheWire(shape: StructShape, input: unknown, rules: ClientRules): Record<string, unknown> {
  return sentStruct(shape, input, rules);
}

function sentStruct(shape: StructShape, value: unknown, rules: ClientRules): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  if (typeof value === 'object' && value !== null) {
    for (const [name, content] of Object.entries(value)) {
      const member = content === undefined || content === null ? undefined : shape.byName.get(name);
      if (member === undefined) continue;
      const sentContent = sent(member.shape, content, name, rules);
      if (sentContent !== undefined) struct[name] = sentContent;
    }
  }
  for (const { name } of shape.tokens) struct[name] ??= rules.newToken();
  return struct;
}

function sent(shape: Shape, value: unknown, name: string, rules: ClientRules): unknown {
  if (shape.kind === 'list') return sentList(shape, value, name, rules);
  if (shape.kind === 'map') return sentMap(shape, value, name, rules);
  if (shape.kind !== 'struct') return sentScalar(shape, value, name);
  const struct = sentStruct(shape, value, rules);
  return rules.keepsEmptyStructs || Object.keys(struct).length > 0 ? struct : undefined;
}

function sentList(shape: ListShape, value: unknown, name: string, rules: ClientRules): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value
    .filter((item) => item !== undefined && item !== null)
    .map((item) => sent(shape.item, item, name, rules))
    .filter((item) => item !== undefined);
  return rules.keepsEmptyLists || items.length > 0 ? items : undefined;
}

function sentMap(shape: MapShape, value: unknown, name: string, rules: ClientRules): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .map(
        ([key, content]) => [key, content === undefined ? content : sent(shape.value, content, name, rules)] as const,
      )
      .filter(([, content]) => content !== undefined && content !== null),
  );
}

function sentScalar(shape: ScalarShape, value: unknown, name: string): unknown {
  // Half of a surrogate pair has no form in UTF-8: a client that sends it breaks down or sends something else.
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new ServiceError('InvalidParameterValue', `The value of ${name} is not well-formed Unicode`);
  }
  if (typeof value === shape.kind && !(typeof value === 'number' && !Number.isFinite(value))) return value;
  if (shape.kind === 'timestamp') return value instanceof Date ? new Date(value.getTime()) : undefined;
  if (shape.kind === 'blob' && value instanceof Uint8Array) return new Uint8Array(value);
  return parseScalar(shape, formatScalar(shape, value), name);
}

/** Client tokens that are all different and come in the same order every time. */
export function tokenSource(): () => string {
  let given = 0;
  return () => `sandbox-token-${++given}`;
}
