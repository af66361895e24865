/**
 * `npm run e2e`: deploys serverless.yml as a person does, with osls, into a local AWS, and lets it run. EC2 is the
 * sandbox; Lambda, EventBridge, its Scheduler, SQS, IAM and CloudFormation are ministack, which enforces the roles.
 * docs/fidelity.md says what this proves and what it does not.
 */
import { Checks } from '../checks.ts';
import { inventory } from './account.ts';
import { imagesOf } from './images.ts';
import { Outcomes } from './outcomes.ts';
import { checkDeadLetters } from './steps/dead-letters.ts';
import { checkDeployment } from './steps/deployment.ts';
import { checkDrills } from './steps/drills.ts';
import { checkNeighbours } from './steps/neighbours.ts';
import { checkPermissions } from './steps/permissions.ts';
import { checkPolicyRemoval } from './steps/policy-removal.ts';
import { checkRemoval } from './steps/removal.ts';
import { checkRetirement } from './steps/retirement.ts';
import { checkSamples } from './steps/samples.ts';
import { checkSchedule } from './steps/schedule.ts';
import { aWorld, type World } from './world.ts';

/** The schedule takes its time, and everything up to it is done meanwhile; what invokes all policies comes after it. */
async function checkAll(checks: Checks, world: World): Promise<void> {
  const before = await inventory(world.account);
  const office = imagesOf(world.sandbox, 'office');
  await timed('deployment', () => checkDeployment(checks, world));
  const outcomes = await Outcomes.of(world.account, 'amikeep-shop');
  await timed('retirement', () => checkRetirement(checks, world, outcomes));
  await timed('neighbours', () => checkNeighbours(checks, world, office));
  await timed('dead letters', () => checkDeadLetters(checks, world));
  await timed('permissions', () => checkPermissions(checks, world));
  await timed('schedule', () => checkSchedule(checks, world));
  await timed('drills', () => checkDrills(checks, world, outcomes));
  await timed('samples', () => checkSamples(checks, world));
  await timed('policy removal', () => checkPolicyRemoval(checks, world));
  await outcomes.close();
  await timed('removal', () => checkRemoval(checks, world, before));
}

async function timed(subject: string, steps: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await steps();
  console.log(`       ${subject}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

// An early end is an orderly one, so that no process is left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const checks = new Checks();
const world = await aWorld();
try {
  await checkAll(checks, world);
} catch (error) {
  checks.report(
    'the test comes to its end',
    `${error instanceof Error ? error.stack : error}\n${world.ministack.log()}`,
  );
} finally {
  await world.close();
}
if (!checks.conclude()) process.exitCode = 1;
