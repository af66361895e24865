import { z } from 'zod';
import { mapTable } from '../model/table.ts';
import { policyFileSchema } from './schema.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The text of policies.schema.json: the form of policies.yml as a person writes it, for editors. Where a file has
 * `defaults`, these may hold what a policy leaves out, so that policies must write their keys only where it has none.
 */
export function policyFileJsonSchema(): string {
  const file = z.toJSONSchema(policyFileSchema, { io: 'input' });
  const { defaults, policies, ...others } = file.properties ?? {};
  const all = asSchema(policies);
  const policy = asSchema(all.additionalProperties);
  const parts = mapTable(policy.properties ?? {}, (part) => withoutRequired(asSchema(part)));
  const partial = withoutRequired({ ...policy, properties: parts });
  const { additionalProperties: _, propertyNames: __, ...about } = asSchema(defaults);
  const text = {
    ...file,
    properties: {
      ...others,
      defaults: { ...about, ...partial },
      policies: { ...all, additionalProperties: partial },
    },
    if: { not: { required: ['defaults'] } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word, in what only becomes text.
    then: { properties: { policies: { additionalProperties: requiredOf(policy) } } },
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

function withoutRequired({ required: _, ...schema }: Schema): Schema {
  return schema;
}

/** What a policy must write, and each of its parts that it writes. */
function requiredOf({ required = [], properties = {} }: Schema): Schema {
  const parts = Object.entries(properties).flatMap(([key, part]) => {
    const { required: inPart } = asSchema(part);
    return inPart ? [[key, { required: inPart }]] : [];
  });
  return { required, properties: Object.fromEntries(parts) };
}

/** JSON Schema has `true` and `false` for what takes anything and nothing. */
function asSchema(schema: Schema | boolean | undefined): Schema {
  return typeof schema === 'object' ? schema : {};
}
