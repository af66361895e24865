import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventSchemas } from '../../deploy/event-schemas.ts';

test('docs/schemas is what `npm run schema` writes', () => {
  const onDisk = readdirSync('docs/schemas').map((name): [string, string] => [
    name,
    readFileSync(`docs/schemas/${name}`, 'utf8'),
  ]);
  expect(new Map(onDisk.sort())).toEqual(new Map([...eventSchemas()].sort()));
});
