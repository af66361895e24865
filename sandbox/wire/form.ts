import { ServiceError } from '../contract.ts';
import { parseScalar } from './scalars.ts';
import { type ListShape, noFormForMaps, type Shape, type StructShape } from './shapes.ts';

/** Parameters that name the call and are no input of the operation. */
const ENVELOPE = new Set(['Action', 'Version']);

/** What the query string of a presigned request carries besides the input. */
const SIGNATURE = /^X-Amz-/i;

/** One level of a dotted parameter name: `TagSpecification.1.Tag.2.Key=Name` is five of them. */
interface FormNode {
  readonly name: string;
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

/**
 * Reads the input of an operation from form parameters (EC2 Query and AWS Query protocols).
 *
 * @throws ServiceError UnknownParameter for a parameter that the operation does not have, which AWS never ignores
 * either; InvalidParameterValue for a value of the wrong type
 */
export function decodeForm(shape: StructShape, parameters: URLSearchParams): Record<string, unknown> {
  const root: FormNode = { name: '', value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    if (!ENVELOPE.has(name) && !SIGNATURE.test(name)) place(root, name, value);
  }
  return decodeStruct(shape, root);
}

function place(root: FormNode, name: string, value: string): void {
  let node = root;
  for (const part of name.split('.')) {
    const known = node.children.get(part);
    const child = known ?? {
      name: node.name === '' ? part : `${node.name}.${part}`,
      value: undefined,
      children: new Map(),
    };
    if (known === undefined) node.children.set(part, child);
    node = child;
  }
  if (node.value !== undefined) {
    throw new ServiceError('InvalidParameterCombination', `The parameter ${name} was given more than once`);
  }
  node.value = value;
}

function decode(shape: Shape, node: FormNode): unknown {
  if (shape.kind === 'struct') return decodeStruct(shape, refuseValue(node));
  if (shape.kind === 'list') return decodeList(shape, node);
  if (shape.kind === 'map') throw noFormForMaps();
  const [child] = node.children.values();
  if (child !== undefined) throw unknownParameter(child);
  return parseScalar(shape, node.value ?? '', node.name);
}

function decodeStruct(shape: StructShape, node: FormNode): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  for (const [part, child] of node.children) {
    const member = shape.byQueryName.get(part);
    if (member === undefined) throw unknownParameter(child);
    const value = decode(member.shape, child);
    if (value !== undefined) struct[member.name] = value;
  }
  return struct;
}

/** `Name.1`, `Name.2` where lists are flat, else `Name.member.1`; `Name=` is an empty list where lists are not flat. */
function decodeList(shape: ListShape, node: FormNode): unknown[] {
  if (shape.flat) return decodeItems(shape, refuseValue(node));
  if (node.children.size === 0 && node.value === '') return [];
  for (const [part, child] of refuseValue(node).children) {
    if (part === shape.itemName) return decodeItems(shape, child);
    throw unknownParameter(child);
  }
  return [];
}

/** Items in the order of their numbers. A gap is none: a client that leaves an item out leaves its number out too. */
function decodeItems(shape: ListShape, node: FormNode): unknown[] {
  const items = [...node.children].map(([part, child]) => {
    if (!/^[1-9]\d*$/.test(part)) throw unknownParameter(child);
    return { index: Number(part), child };
  });
  items.sort((a, b) => a.index - b.index);
  return items.map(({ child }) => decode(shape.item, child));
}

function refuseValue(node: FormNode): FormNode {
  if (node.value === undefined) return node;
  throw unknownParameter(node);
}

function unknownParameter(node: FormNode): ServiceError {
  return new ServiceError('UnknownParameter', `The parameter ${node.name} is not recognized`);
}
