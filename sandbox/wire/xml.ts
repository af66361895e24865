import { formatScalar } from './scalars.ts';
import { type ListShape, type Member, noFormForMaps, type Shape, type StructShape } from './shapes.ts';

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** A carriage return is written as a reference, since XML parsers turn a bare one into a line feed. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character) : text;
}

export function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

/**
 * Writes the members of an output as AWS does: no white space, an empty element for an empty list or string, nothing
 * for what is absent.
 */
export function encodeMembers(shape: StructShape, value: object): string {
  const values = new Map(Object.entries(value));
  let xml = '';
  for (const member of shape.members) {
    const content: unknown = values.get(member.name);
    if (content !== undefined && content !== null) xml += encodeMember(member, content);
  }
  return xml;
}

function encodeMember({ xmlName, shape }: Member, value: unknown): string {
  if (shape.kind === 'list' && shape.flatXml) {
    return itemsOf(value)
      .map((item) => element(xmlName, encode(shape.item, item)))
      .join('');
  }
  return element(xmlName, encode(shape, value));
}

function encode(shape: Shape, value: unknown): string {
  if (shape.kind === 'list') return encodeItems(shape, value);
  if (shape.kind === 'map') throw noFormForMaps();
  if (shape.kind !== 'struct') return escapeXml(formatScalar(shape, value));
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`an operation answered ${String(value)} where AWS's model has a structure`);
  }
  return encodeMembers(shape, value);
}

function encodeItems(shape: ListShape, value: unknown): string {
  let xml = '';
  for (const item of itemsOf(value)) xml += element(shape.itemName, encode(shape.item, item));
  return xml;
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`an operation answered ${String(value)} where AWS's model has a list`);
}
