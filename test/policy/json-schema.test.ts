import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { policyFileJsonSchema } from '../../lib/policy/json-schema.ts';

vi.mock('node:fs', { spy: true });

const FILE = new URL('../../lib/policy/policies.schema.json', import.meta.url);

it('the checked-in policies.schema.json is current: npm run schema writes it', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(policyFileJsonSchema());
});

it('npm run schema writes policies.schema.json', async () => {
  vi.mocked(writeFileSync).mockReturnValueOnce();
  await import('../../lib/policy/write-json-schema.ts');
  expect(writeFileSync).toHaveBeenCalledExactlyOnceWith(FILE, policyFileJsonSchema());
});

it('an editor learns what each key is for, which must be written and that no other is known', () => {
  const retire = JSON.parse(policyFileJsonSchema()).properties.policies.additionalProperties.properties.retire;
  expect(retire).toMatchObject({ required: ['mode', 'endAfterSourceGoneDays'], additionalProperties: false });
  for (const property of Object.values(retire.properties)) expect(property).toHaveProperty('description');
});
