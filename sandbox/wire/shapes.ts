import type { CopyImage$ } from '@aws-sdk/client-ec2';
import { NormalizedSchema } from '@smithy/core/schema';

/** How the SDK writes the schema of an operation. */
export type OperationSchema = typeof CopyImage$;

/** How the SDK writes the schema of a type, or a reference to one. */
export type SchemaRef = OperationSchema[4];

/**
 * What the wire layer needs to know of a type of AWS's model, read once from the schemas that the SDK exports. The
 * rules are those of the SDK's own serialisers (`QueryShapeSerializer`, `XmlShapeDeserializer`), turned round.
 */
export type Shape = StructShape | ListShape | MapShape | ScalarShape;

export interface StructShape {
  readonly kind: 'struct';
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  readonly byQueryName: ReadonlyMap<string, Member>;
  /** Members that AWS's model requires. */
  readonly required: readonly Member[];
  /** Members that the SDK fills with a random token where the caller gave none. */
  readonly tokens: readonly Member[];
}

export interface Member {
  /** As in the SDK's types. */
  readonly name: string;
  /** As in a form body. */
  readonly queryName: string;
  /** As in an XML answer. */
  readonly xmlName: string;
  /** Whether it stands in the path of a request. */
  readonly isLabel: boolean;
  readonly shape: Shape;
}

export interface ListShape {
  readonly kind: 'list';
  readonly itemName: string;
  /** Whether a form body counts the items directly under the list's name, `Name.1`, instead of `Name.member.1`. */
  readonly flat: boolean;
  /** Whether the items of an XML answer stand without an element around them. */
  readonly flatXml: boolean;
  readonly item: Shape;
}

/** Of AWS JSON alone: no operation that is spoken in another protocol here has one. */
export interface MapShape {
  readonly kind: 'map';
  /** Its keys are texts. */
  readonly value: Shape;
}

export interface ScalarShape {
  readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob';
}

export interface OperationShape {
  readonly name: string;
  readonly schema: OperationSchema;
  readonly input: StructShape;
  /** Nothing where AWS's model has no output. */
  readonly output: StructShape | undefined;
  /** Where the protocol tells operations by method and path. */
  readonly http: HttpBinding | undefined;
}

export interface HttpBinding {
  readonly method: string;
  /** `/rules/{Identifier}`: labels are names of members. */
  readonly path: string;
  /** Of an answer that is no error. */
  readonly status: number;
}

/** What differs between AWS's protocols in how names come about. */
export interface NamingRules {
  /** EC2's own query names, capitals at the start, lists always flat. */
  readonly ec2: boolean;
}

const NO_MEMBERS: StructShape = {
  kind: 'struct',
  members: [],
  byName: new Map(),
  byQueryName: new Map(),
  required: [],
  tokens: [],
};

/** The shapes of one service, made when they are first asked for. */
export class ShapeBook {
  readonly #schemas: Readonly<Record<string, unknown>>;
  readonly #rules: NamingRules;
  readonly #operations = new Map<string, OperationShape | undefined>();
  readonly #structs = new Map<unknown, StructShape>();

  /** @param schemas the exports of an SDK client, where the schema of the operation `CopyImage` is `CopyImage$` */
  constructor(schemas: Readonly<Record<string, unknown>>, rules: NamingRules) {
    this.#schemas = schemas;
    this.#rules = rules;
  }

  /** Nothing for a name that AWS's model does not have. */
  operation(name: string): OperationShape | undefined {
    if (!this.#operations.has(name)) this.#operations.set(name, this.#readOperation(name));
    return this.#operations.get(name);
  }

  /** All operations that AWS's model has. */
  operations(): readonly OperationShape[] {
    return Object.keys(this.#schemas).flatMap((name) =>
      name.endsWith('$') ? (this.operation(name.slice(0, -1)) ?? []) : [],
    );
  }

  #readOperation(name: string): OperationShape | undefined {
    const schema = this.#schemas[`${name}$`];
    if (!isOperationSchema(schema)) return undefined;
    const input = NormalizedSchema.of(schema[4]);
    const output = NormalizedSchema.of(schema[5]);
    return {
      name,
      schema,
      input: input.isStructSchema() ? this.#readStruct(input) : NO_MEMBERS,
      output: output.isStructSchema() ? this.#readStruct(output) : undefined,
      http: httpBinding(schema[3]),
    };
  }

  #read(schema: NormalizedSchema): Shape {
    if (schema.isStructSchema()) return this.#readStruct(schema);
    if (schema.isListSchema()) return this.#readList(schema);
    if (schema.isMapSchema()) return this.#readMap(schema);
    if (schema.isStringSchema()) return { kind: 'string' };
    if (schema.isNumericSchema()) return { kind: 'number' };
    if (schema.isBooleanSchema()) return { kind: 'boolean' };
    if (schema.isTimestampSchema()) return { kind: 'timestamp' };
    if (schema.isBlobSchema()) return { kind: 'blob' };
    throw new Error(`the sandbox's wire layer has no form for ${schema.getName(true)}: add it to wire/shapes.ts`);
  }

  #readStruct(schema: NormalizedSchema): StructShape {
    const key = schema.getSchema();
    const known = this.#structs.get(key);
    if (known !== undefined) return known;
    const members = [...schema.structIterator()].map(([name, member]) => this.#readMember(name, member));
    const tokenNames = new Set(
      [...schema.structIterator()].filter(([, member]) => member.isIdempotencyToken()).map(([name]) => name),
    );
    const struct: StructShape = {
      kind: 'struct',
      members,
      byName: new Map(members.map((member) => [member.name, member])),
      byQueryName: new Map(members.map((member) => [member.queryName, member])),
      required: members.slice(0, requiredCount(key)),
      tokens: members.filter((member) => tokenNames.has(member.name)),
    };
    this.#structs.set(key, struct);
    return struct;
  }

  /** The shape of a member is read when it is first used, since types of AWS's model may contain themselves. */
  #readMember(name: string, schema: NormalizedSchema): Member {
    const { xmlName: ownName, ec2QueryName, httpLabel } = schema.getMergedTraits();
    const xmlName = ownName ?? name;
    const ec2Name = typeof ec2QueryName === 'string' ? ec2QueryName : capitalised(xmlName);
    const read = () => this.#read(schema);
    let shape: Shape | undefined;
    return {
      name,
      queryName: this.#rules.ec2 ? ec2Name : xmlName,
      xmlName,
      isLabel: httpLabel === 1,
      get shape() {
        shape ??= read();
        return shape;
      },
    };
  }

  #readMap(schema: NormalizedSchema): MapShape {
    const value = schema.getValueSchema();
    const read = () => this.#read(value);
    let shape: Shape | undefined;
    return {
      kind: 'map',
      get value() {
        shape ??= read();
        return shape;
      },
    };
  }

  #readList(schema: NormalizedSchema): ListShape {
    const item = schema.getValueSchema();
    const flatXml = Boolean(schema.getMergedTraits().xmlFlattened);
    const read = () => this.#read(item);
    let shape: Shape | undefined;
    return {
      kind: 'list',
      itemName: item.getMergedTraits().xmlName ?? 'member',
      flat: this.#rules.ec2 || flatXml,
      flatXml,
      get item() {
        shape ??= read();
        return shape;
      },
    };
  }
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The first element of an operation's schema, as the SDK writes it. */
const OPERATION_SCHEMA = 9;

function isOperationSchema(schema: unknown): schema is OperationSchema {
  return Array.isArray(schema) && schema[0] === OPERATION_SCHEMA;
}

/** `{ http: ['GET', '/rules/{Identifier}', 200] }` among an operation's traits. */
function httpBinding(traits: OperationSchema[3]): HttpBinding | undefined {
  if (typeof traits !== 'object' || !Array.isArray(traits.http)) return undefined;
  const [method, path, status]: readonly unknown[] = traits.http;
  return { method: String(method), path: String(path), status: Number(status) };
}

/** A structure's schema lists the required members first and gives their number as its seventh element. */
function requiredCount(schema: unknown): number {
  const count: unknown = Array.isArray(schema) ? schema[6] : undefined;
  return typeof count === 'number' ? count : 0;
}

/** What a protocol says to a map that has no form for one. */
export function noFormForMaps(): Error {
  return new Error("the sandbox's wire layer has a form for maps in AWS JSON alone: add one to this protocol");
}
