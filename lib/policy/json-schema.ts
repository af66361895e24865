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
  if (!isSchema(defaults) || !isSchema(policies) || !isSchema(policies.additionalProperties)) {
    throw new TypeError('the schema of policy files has no defaults, or no policies');
  }
  const policy = policies.additionalProperties;
  const parts = mapTable(policy.properties ?? {}, (part) => (isSchema(part) ? withoutRequired(part) : part));
  const partial = withoutRequired({ ...policy, properties: parts });
  const { additionalProperties: _, propertyNames: __, ...about } = defaults;
  const text = {
    ...file,
    properties: {
      ...others,
      defaults: { ...about, ...partial },
      policies: { ...policies, additionalProperties: partial },
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
  const parts = Object.entries(properties).flatMap(([key, part]) =>
    isSchema(part) && part.required ? [[key, { required: part.required }]] : [],
  );
  return { required, properties: Object.fromEntries(parts) };
}

function isSchema(schema: unknown): schema is Schema {
  return typeof schema === 'object' && schema !== null;
}
