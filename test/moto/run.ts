/**
 * `npm run test:moto`: does the same to the sandbox and to moto, another emulator of AWS, and compares what they
 * answer. Where they differ, `disagreements.ts` says who is right, and why. What it does not list fails, and so does
 * what it lists and what is not there.
 */
import assert from 'node:assert/strict';
import { Checks } from '../checks.ts';
import { differences } from './compare.ts';
import { DISAGREEMENTS } from './disagreements.ts';
import { aMotoServer, aSandboxServer, type Emulator } from './emulators.ts';
import { problemOf, unknownSteps } from './listed.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { type Outcome, type Scenario, Witness } from './witness.ts';

async function outcomesOf(scenario: Scenario, emulator: Emulator): Promise<ReadonlyMap<string, Outcome>> {
  await emulator.reset();
  const witness = new Witness(emulator);
  try {
    await scenario(witness);
    return witness.outcomes;
  } finally {
    witness.close();
  }
}

async function compare(checks: Checks, sandbox: Emulator, moto: Emulator): Promise<void> {
  const steps = new Set<string>();
  for (const [subject, scenario] of Object.entries(SCENARIOS)) {
    await checks.check(`${subject}: the scenario comes to its end on both`, async () => {
      const here = await outcomesOf(scenario, sandbox);
      const there = await outcomesOf(scenario, moto);
      for (const [sentence, outcome] of here) {
        const other = there.get(sentence);
        const step = `${subject}: ${sentence}`;
        steps.add(step);
        if (other) checks.report(step, problemOf(step, differences(outcome, other), DISAGREEMENTS));
      }
      assert.deepEqual([...there.keys()], [...here.keys()]);
    });
  }
  checks.report(
    'every step that is listed is in a scenario',
    unknownSteps(steps, DISAGREEMENTS).join('\n') || undefined,
  );
}

// An early end is an orderly one, so that no server is left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const checks = new Checks();
const sandbox = await aSandboxServer();
try {
  const moto = await aMotoServer(sandbox);
  try {
    await compare(checks, sandbox, moto);
  } finally {
    await moto.close();
  }
} finally {
  await sandbox.close();
}
if (!checks.conclude()) process.exitCode = 1;
