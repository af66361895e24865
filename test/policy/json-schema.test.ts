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

it('an editor learns what each key is for, and that no other is known', () => {
  const { policies, defaults } = JSON.parse(policyFileJsonSchema()).properties;
  for (const { retire } of [policies.additionalProperties.properties, defaults.properties]) {
    expect(retire).toMatchObject({ additionalProperties: false });
    for (const property of Object.values(retire.properties)) expect(property).toHaveProperty('description');
  }
});

it('an editor learns what each policy must write, where no defaults may say it', () => {
  const schema = JSON.parse(policyFileJsonSchema());
  expect(schema.if).toEqual({ not: { required: ['defaults'] } });
  expect(schema.then.properties.policies.additionalProperties).toMatchObject({
    required: ['select', 'schedule', 'image', 'retention', 'retire'],
    properties: { retire: { required: ['mode', 'endAfterSourceGoneDays'] } },
  });
  const { policies, defaults } = schema.properties;
  for (const policy of [policies.additionalProperties, defaults]) {
    expect(policy).not.toHaveProperty('required');
    expect(policy.properties.retire).not.toHaveProperty('required');
  }
});
