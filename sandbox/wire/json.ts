import { ServiceError } from '../contract.ts';
import type { Shape, StructShape } from './shapes.ts';

/**
 * Reads an input from a JSON body (AWS JSON 1.1), where timestamps are seconds since the epoch.
 *
 * @throws ServiceError SerializationException for what is not JSON or of the wrong type, ValidationException for a
 * member that the operation does not have
 */
export function decodeJson(shape: StructShape, body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ServiceError('SerializationException', 'the body is not JSON');
  }
  return decodeStruct(shape, value, 'the body');
}

function decodeStruct(shape: StructShape, value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
  const struct: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) {
    const member = shape.byName.get(name);
    if (member === undefined) {
      throw new ServiceError('ValidationException', `the member ${name} of ${path} is not known`);
    }
    if (content !== null) struct[name] = decode(member.shape, content, name);
  }
  return struct;
}

function decode(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'struct':
      return decodeStruct(shape, value, path);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'an array');
      return value.map((item, index) => decode(shape.item, item, `${path}.${index}`));
    case 'map':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, content]) => content !== null)
          .map(([key, content]) => [key, decode(shape.value, content, `${path}.${key}`)]),
      );
    case 'timestamp':
      if (typeof value !== 'number') throw wrongType(path, 'a number of seconds since the epoch');
      return new Date(Math.round(value * 1000));
    case 'blob':
      if (typeof value !== 'string') throw wrongType(path, 'a base64 string');
      return new Uint8Array(Buffer.from(value, 'base64'));
    default:
      if (typeof value !== shape.kind) throw wrongType(path, `a ${shape.kind}`);
      return value;
  }
}

function wrongType(path: string, wanted: string): ServiceError {
  return new ServiceError('SerializationException', `${path} must be ${wanted}`);
}

/** The value that `JSON.stringify` turns into the answer. */
export function jsonOf(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'struct': {
      const values = new Map(Object.entries(value));
      return Object.fromEntries(shape.members.map(({ name, shape: inner }) => [name, jsonOf(inner, values.get(name))]));
    }
    case 'list':
      return Array.isArray(value) ? value.map((item) => jsonOf(shape.item, item)) : undefined;
    case 'map':
      return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, jsonOf(shape.value, content)]));
    case 'timestamp':
      return value instanceof Date ? value.getTime() / 1000 : undefined;
    case 'blob':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined;
    default:
      return value;
  }
}
