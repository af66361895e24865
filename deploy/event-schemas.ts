import { z } from 'zod';
import { runEventSchema } from '../lib/run/event-schema.ts';
import { outcomeDetails } from '../lib/run/outcome/details.ts';

/** The details of every event on amikeep's bus as JSON Schema, by the name of its file in docs/schemas/. */
export function eventSchemas(): ReadonlyMap<string, string> {
  return new Map([
    ['run-requested.schema.json', textOf(z.toJSONSchema(runEventSchema, { io: 'input' }))],
    ...Object.entries(outcomeDetails).map(([detailType, schema]): [string, string] => [
      `${detailType.toLowerCase().replaceAll(' ', '-')}.schema.json`,
      // What amikeep sends; a later version may send more, so nothing is said of further members.
      textOf(z.toJSONSchema(schema, { io: 'input' })),
    ]),
  ]);
}

function textOf(schema: unknown): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
