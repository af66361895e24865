import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readInvocation } from '../../lib/lambda/payload.ts';
import { readPolicyFile } from '../../lib/lambda/policy-file.ts';
import { accountId } from '../../lib/model/ids.ts';
import { parseInstant } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import { FUNCTION_ACTIONS } from '../../lib/run/event-schema.ts';
import { expandEvent } from '../../lib/run/expand.ts';
import { aDrill } from '../builders.ts';

const FUNCTIONS: Readonly<Record<string, Action>> = {
  'snapshot-policy-now.json': 'snapshot',
  'snapshot-slot.json': 'snapshot',
  'snapshot-current-sweep.json': 'snapshot',
  'snapshot-instances.json': 'snapshot',
  'copy-sweep.json': 'copy',
  'copy-policy.json': 'copy',
  'retire-plan.json': 'retire',
  'retire.json': 'retire',
  'run-requested.json': 'snapshot',
  'drill.json': 'drill',
  'drill-sweep.json': 'drill',
  'drill-policy.json': 'drill',
  'drill-lineage.json': 'drill',
  'drill-image.json': 'drill',
};

/** The policy file of the repository, which has no network to drill in, as if it drilled in Ireland. */
function policies(): PolicyFile {
  const file = readPolicyFile('policies.yml');
  return { ...file, policies: file.policies.map((policy) => ({ ...policy, drill: aDrill() })) };
}

const now = parseInstant('2026-11-23T03:00:10Z') ?? 0;

test('every sample is named here with its function', () => {
  expect(readdirSync('events').sort()).toEqual(Object.keys(FUNCTIONS).sort());
});

test.each(Object.entries(FUNCTIONS))('events/%s is work for %s under policies.yml', (name, action) => {
  const event = readInvocation(JSON.parse(readFileSync(`events/${name}`, 'utf8')), action);
  const events = expandEvent(event, policies(), accountId('111122223333'), now);
  expect(events.length).toBeGreaterThan(0);
  expect(new Set(events.map((one) => one.action))).toEqual(new Set([action]));
});

test.each(Object.entries(FUNCTIONS))('events/%s is refused by every function but %s', (name, action) => {
  const payload: unknown = JSON.parse(readFileSync(`events/${name}`, 'utf8'));
  for (const other of FUNCTION_ACTIONS.filter((each) => each !== action)) {
    expect(() => readInvocation(payload, other)).toThrow(/action: /);
  }
});
