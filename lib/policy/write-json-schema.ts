import { writeFileSync } from 'node:fs';
import { policyFileJsonSchema } from './json-schema.ts';

/** `npm run schema`: writes what editors check policies.yml with. */
writeFileSync(new URL('policies.schema.json', import.meta.url), policyFileJsonSchema());
