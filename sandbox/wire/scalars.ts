import { ServiceError } from '../contract.ts';
import type { ScalarShape } from './shapes.ts';

const INTEGER_OR_DECIMAL = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads a value as it stands in a form body. Timestamps have any number of fraction digits up to nine and lose what is
 * finer than a millisecond.
 *
 * @param name the parameter, for the message
 * @throws ServiceError InvalidParameterValue
 */
export function parseScalar(shape: ScalarShape, text: string, name: string): unknown {
  switch (shape.kind) {
    case 'string':
      return text;
    case 'number':
      if (INTEGER_OR_DECIMAL.test(text)) return Number(text);
      throw invalidValue(text, name, 'an integer');
    case 'boolean':
      if (text === 'true') return true;
      if (text === 'false') return false;
      throw invalidValue(text, name, "'true' or 'false'");
    case 'timestamp': {
      const time = TIMESTAMP.test(text) ? Date.parse(text) : Number.NaN;
      if (!Number.isNaN(time)) return new Date(time);
      throw invalidValue(text, name, 'a date and time like 2026-01-02T03:04:05.000Z');
    }
    case 'blob':
      if (BASE64.test(text)) return new Uint8Array(Buffer.from(text, 'base64'));
      throw invalidValue(text, name, 'base64');
  }
}

/** Writes a value as it stands in XML and in form bodies. */
export function formatScalar(shape: ScalarShape, value: unknown): string {
  if (shape.kind === 'timestamp') return value instanceof Date ? value.toISOString() : String(value);
  if (shape.kind === 'blob') return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
  return String(value);
}

function invalidValue(text: string, name: string, wanted: string): ServiceError {
  return new ServiceError('InvalidParameterValue', `Invalid value '${text}' for ${name}. It must be ${wanted}`);
}
