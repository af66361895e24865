import { z } from 'zod';
import { keysOfTable } from '../lib/model/table.ts';
import { runEventSchema } from '../lib/run/event-schema.ts';
import { outcomeDetails } from '../lib/run/outcome/details.ts';
import { EVENT_DESCRIPTIONS } from './event-descriptions.ts';

/** The details of every event on amikeep's bus as JSON Schema, by the name of its file in docs/schemas/. */
export function eventSchemas(): ReadonlyMap<string, string> {
  return new Map([
    ['run-requested.schema.json', textOf(runRequested())],
    ...Object.entries(outcomeDetails).map(([detailType, schema]): [string, string] => [
      `${detailType.toLowerCase().replaceAll(' ', '-')}.schema.json`,
      // What amikeep sends; a later version may send more, so nothing is said of further members.
      textOf(z.toJSONSchema(schema, { io: 'input' })),
    ]),
  ]);
}

/** What functions read, with a description of each field for people. */
function runRequested(): object {
  const schema = z.toJSONSchema(runEventSchema, { io: 'input' });
  const described = keysOfTable(EVENT_DESCRIPTIONS).map((name) => {
    return [name, Object.assign({}, schema.properties?.[name], { description: EVENT_DESCRIPTIONS[name] })];
  });
  return { ...schema, properties: Object.fromEntries(described) };
}

function textOf(schema: unknown): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
