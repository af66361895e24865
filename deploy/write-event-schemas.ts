import { writeFileSync } from 'node:fs';
import { eventSchemas } from './event-schemas.ts';

/** `npm run schema`: writes the JSON Schemas of the events in docs/events.md. */
for (const [name, text] of eventSchemas()) writeFileSync(new URL(`../docs/schemas/${name}`, import.meta.url), text);
