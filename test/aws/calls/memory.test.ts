import { expect, it, test } from 'vitest';
import { awsFor } from '../../../lib/aws/aws.ts';
import { functionMemory } from '../../../lib/aws/calls/memory.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { HERE } from '../../builders.ts';
import { ACCOUNT, aWorld, LOCAL, sealKeyOf } from '../../handlers/world.ts';

test.each([
  [{ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512' }, 512],
  [{ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: 'much' }, undefined],
  [{}, undefined],
])('of %j a function has %s MiB', (environment, limit) => {
  expect(functionMemory(environment)?.limit).toBe(limit);
});

test('what a function uses is what its process has of the machine', () => {
  const used = functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512' })?.used() ?? 0;
  expect(used).toBeGreaterThan(10);
  expect(used).toBeLessThan(100_000);
});

it('that is used up ends a read, which says what to set, and leaves what was read as partial', async () => {
  const world = aWorld({ policies: LOCAL, behaviour: { pageFill: 'scant' } });
  await world.launch(3, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const { clients, clock } = world;
  let used = 480;
  const memory = { limit: 512, used: () => (used += 3) };
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5, sealKey: sealKeyOf(world), memory };
  const { reads } = awsFor(ports, ACCOUNT, Number.POSITIVE_INFINITY);
  const reading = await world.clock.run(() => reads.allInstances(HERE));
  expect(reading).toMatchObject({ complete: false, source: 'instances' });
  expect(reading.complete ? '' : reading.problem).toBe(
    "OutOfMemory: 489 of the function's 512 MiB are in use; set memorySize in serverless.yml to 1024, and deploy",
  );
});
