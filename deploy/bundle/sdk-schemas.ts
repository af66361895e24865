import { typesOf, withReadMembers } from './answers.ts';

/**
 * The AWS SDK's schemas in a form whose unused parts a bundler can leave out.
 *
 * A client comes with one module of schemas for all of its operations, 1.3 MB for EC2. They name the keys of their
 * traits by constants, `{ [_xN]: _iI }`, and a computed key might have a side effect as far as esbuild can tell, so it
 * keeps every one of them. With the constants' literals for keys it keeps those of the operations that are used.
 */

/**
 * The modelled errors to keep of clients that have any: each is a class and a schema that are registered when the
 * client is loaded, so no bundler drops one. Without them an error is the service's general exception, with the name that
 * stands in the answer and the same message. In JSON that name is the error's own, so none is needed. In XML it may be
 * another, so what the operations that we call say they throw is kept, and what any may be answered with.
 */
const KEPT_ERRORS: Readonly<Record<string, readonly string[]>> = {
  'client-auto-scaling': ['InvalidNextToken', 'ResourceContentionFault'],
  'client-eventbridge': [],
  'client-kms': [],
  'client-ssm': [],
  'client-sts': [
    'ExpiredTokenException',
    'MalformedPolicyDocumentException',
    'PackedPolicyTooLargeException',
    'RegionDisabledException',
  ],
};

/** Where a client of the SDK has its schemas, relative to its package. */
export const SCHEMAS = 'dist-es/schemas/schemas_0.js';

/**
 * The same schemas as they are in the text of a client's module.
 *
 * @param client the package's name within its scope: `client-ec2`
 * @throws TypeError where the text is not in the form that this knows, as after an update of the SDK
 */
export function shakeableSchemas(text: string, client: string): string {
  const constants = new Map(
    [...text.matchAll(/^const (_\w+) = "([^"\\\n]*)";$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const refuse = (what: string): never => {
    throw new TypeError(`the schemas of @aws-sdk/${client} ${what}: they have a form that deploy/bundle does not know`);
  };
  const literalOf = (name: string) => constants.get(name) ?? refuse(`have a key ${name} that is no constant of theirs`);
  if (constants.size === 0) refuse('define no constants');

  const shaken = compactWireNames(withReadMembers(text, client, constants, refuse), constants)
    .replace(/\[(_\w+)\]:/g, (_, name: string) => `${JSON.stringify(literalOf(name))}:`)
    .replace(REGISTRATION, (line, error: string) => (isKept(client, error) ? line : ''));
  if (/[{,]\s*\[[^\]]*\]\s*:/.test(shaken)) refuse('have computed keys of another kind');
  const registered = [...shaken.matchAll(REGISTRATION)].map(([, error]) => error);
  const lost = KEPT_ERRORS[client]?.filter((error) => !registered.includes(error)) ?? [];
  if (lost.length > 0) refuse(`register no ${lost.join(', ')}`);
  return withoutSingles(shaken, constants);
}

const REGISTRATION = /^\w+\.registerError\((\w+)\$, \w+\);$/gm;

function isKept(client: string, error: string): boolean {
  const kept = KEPT_ERRORS[client];
  // As the general exception of the service all others are answered.
  return kept === undefined || kept.includes(error) || error.endsWith('ServiceException');
}

/** Constants that are used once, as most names of shapes are, take less room where they are used. */
function withoutSingles(text: string, constants: ReadonlyMap<string, string>): string {
  const found = new Map<string, number>();
  for (const [name] of text.matchAll(CONSTANT)) found.set(name, (found.get(name) ?? 0) + 1);
  return text.replace(CONSTANT, (name, at: number) => {
    const value = constants.get(name);
    // Once where it is defined, after `const `.
    const isUse = text.slice(at - 'const '.length, at) !== 'const ';
    return value !== undefined && isUse && found.get(name) === 2 ? JSON.stringify(value) : name;
  });
}

const CONSTANT = /(?<![\w$"'`])_\w+(?![\w$])/g;

/**
 * Most members of EC2's schemas carry two names for the wire, of which one is the member's own name and the other mostly
 * the same in lower case. Said by functions they take a fraction of the room; esbuild drops calls that are marked as pure.
 */
function compactWireNames(text: string, constants: ReadonlyMap<string, string>): string {
  const names = new Map([...constants].map(([name, value]) => [value, name]));
  const [query, xml] = [names.get('ec2QueryName'), names.get('xmlName')];
  if (query === undefined || xml === undefined) return text;
  const pair = new RegExp(`\\{ \\[${query}\\]: \`([^\`]*)\`,\\s*\\[${xml}\\]: (_\\w+) \\}`, 'g');
  const compact = text.replace(pair, (_, queryName: string, xmlName: string) => {
    const first = names.get(queryName) ?? JSON.stringify(queryName);
    const second = constants.get(xmlName) === uncapitalised(queryName) ? '' : `, ${xmlName}`;
    return `/* @__PURE__ */ wireNames(${first}${second})`;
  });
  return `${compact.replace(STRUCTURE, withOwnNames)}
function wireNames(ec2QueryName, xmlName = ec2QueryName[0].toLowerCase() + ec2QueryName.slice(1)) {
  return { ec2QueryName, xmlName };
}
function withOwnNames(schema) {
  schema[5] = schema[5].map((type, at) => (Array.isArray(type) ? type : [type, wireNames(schema[4][at])]));
  return schema;
}\n`;
}

/** A structure's definition, and what stands in it up to the names of its members, these, and their types. */
const STRUCTURE = /(?<== )(\[3, n0, _\w+,\s*0,\s*\[([^\]]*)\],\s*)\[(.*?)\](,? ?\d*\n?\]);$/gms;
/** A member's type with its names for the wire, which may be its own. */
const NAMED_MEMBER = /^\[(\d+|\(\) => \w+\$?), \/\* @__PURE__ \*\/ wireNames\((_\w+)\)\]$/;

/**
 * A structure in which members whose names for the wire are their own stand with their types alone. One that has members
 * without any names for the wire stays as it is: the two would not be told apart.
 */
function withOwnNames(definition: string, before: string, names: string, types: string, after: string): string {
  const own = names.split(/,\s*/);
  const members = typesOf(types);
  if (members.length !== own.length || !members.every((member) => member.startsWith('['))) return definition;
  const shorter = members.map((member, at) => {
    const [, type = '', name] = NAMED_MEMBER.exec(member) ?? [];
    return name === own[at] ? type : member;
  });
  return `/* @__PURE__ */ withOwnNames(${before}[${shorter.join(', ')}]${after});`;
}

function uncapitalised(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
