import { z } from 'zod';
import { policyFileSchema } from './schema.ts';

/** The text of policies.schema.json: the form of policies.yml as a person writes it, for editors. */
export function policyFileJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(policyFileSchema, { io: 'input' }), undefined, 2)}\n`;
}
