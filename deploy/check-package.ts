/**
 * `node deploy/check-package.ts`, after `serverless package`: what was packaged is what a deployment needs. It reads
 * the template as CloudFormation gets it and loads the bundles as Lambda does, from the zip files alone.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readPolicyFile } from '../lib/lambda/settings.ts';
import { parseRunEvent } from '../lib/run/event.ts';
import { ACTIONS, roleId, roleResources } from './permissions.ts';
import { type Schedule, schedulesOf } from './schedules.ts';

interface Packaged {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types; every assertion below says what it expects
  readonly Properties: any;
}

const PACKAGE = '.serverless';
const POLICY_FILE = process.env.AMIKEEP_POLICY_FILE ?? 'policies.yml';
const file = readPolicyFile(POLICY_FILE);
const template: { Resources: Record<string, Packaged> } = JSON.parse(
  readFileSync(join(PACKAGE, 'cloudformation-template-update-stack.json'), 'utf8'),
);
const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
const checks: string[] = [];

async function check(what: string, assertion: () => unknown): Promise<void> {
  await assertion();
  checks.push(what);
}

await check('three functions on Node 24 and arm64, with their time, their bus and their policy file', () => {
  const functions = ofType('AWS::Lambda::Function').map(({ Properties }) => Properties);
  assert.deepEqual(
    functions.map(({ FunctionName }) => FunctionName),
    ['snapshot', 'copy', 'retire'].map((action) => `amikeep-${file.deployment}-${action}`),
  );
  for (const { Runtime, Architectures, MemorySize, Timeout, Environment } of functions) {
    assert.deepEqual([Runtime, Architectures, MemorySize, Timeout], ['nodejs24.x', ['arm64'], 512, 900]);
    assert.deepEqual(Environment.Variables, { AMIKEEP_POLICY_FILE: POLICY_FILE, AMIKEEP_BUS: { Ref: 'Bus' } });
  }
  for (const { Properties } of ofType('AWS::Logs::LogGroup')) assert.equal(Properties.RetentionInDays, 90);
});

await check('runs that are asked for on the bus go to the function of their action', () => {
  assert.equal(template.Resources.Bus?.Properties.Name, `amikeep-${file.deployment}`);
  const routes = ofType('AWS::Events::Rule')
    .filter(({ Properties }) => Properties.EventBusName?.Ref === 'Bus')
    .map(({ Properties }) => [Properties.EventPattern, Properties.Targets[0].Arn['Fn::GetAtt'][0]]);
  assert.deepEqual(
    routes,
    (['snapshot', 'copy', 'retire'] as const).map((action) => [
      { source: ['amikeep'], 'detail-type': ['Run Requested'], detail: { action: [action] } },
      lambdaId(action),
    ]),
  );
});

await check("EC2's word that an image is available goes to copy", () => {
  const [rule, ...others] = ofType('AWS::Events::Rule').filter(({ Properties }) => !Properties.EventBusName);
  assert.deepEqual(others, []);
  assert.deepEqual(rule?.Properties.EventPattern['detail-type'], ['EC2 AMI State Change']);
  assert.equal(rule?.Properties.Targets[0].Arn['Fn::GetAtt'][0], lambdaId('copy'));
  const asked = file.policies.some(({ copies }) => copies.length > 0);
  assert.equal(rule?.Properties.State, asked ? 'ENABLED' : 'DISABLED');
});

await check('a schedule for every policy and three sweeps, with payloads that the functions take', () => {
  const packaged = ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  assert.deepEqual(
    packaged.map(({ ScheduleExpression, ScheduleExpressionTimezone, Target }) => [
      ScheduleExpression,
      ScheduleExpressionTimezone,
      Target.Arn['Fn::GetAtt'][0],
      JSON.parse(Target.Input),
    ]),
    schedulesOf(file).map(({ expression, timeZone, action, payload }) => [
      expression,
      timeZone,
      lambdaId(action),
      payload,
    ]),
  );
  for (const { Target } of packaged) {
    const payload = Target.Input.replace('<aws.scheduler.scheduled-time>', '2026-11-23T02:00:00Z');
    assert.deepEqual(parseRunEvent(JSON.parse(payload)).ok, true, payload);
  }
});

await check('each function has its own role, and nothing else has any but the schedules', () => {
  const roles = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  const { SchedulerRole, ...ofFunctions } = Object.fromEntries(roles);
  assert.ok(SchedulerRole);
  assert.deepEqual(ofFunctions, roleResources(file));
  for (const action of ACTIONS) {
    const { Role } = template.Resources[lambdaId(action)]?.Properties ?? {};
    assert.deepEqual(Role, { 'Fn::GetAtt': [roleId(action), 'Arn'] });
  }
  const policies = Object.values(template.Resources).filter(({ Type }) => /^AWS::IAM::.*Policy$/.test(Type));
  assert.deepEqual(policies, []);
});

await check('each bundle runs by itself and finds its policy file', async () => {
  const root = mkdtempSync(join(tmpdir(), 'amikeep-package-'));
  const home = process.cwd();
  try {
    for (const action of ['snapshot', 'copy', 'retire'] as const) {
      const task = join(root, action);
      execFileSync('python3', ['-m', 'zipfile', '-e', join(PACKAGE, `${action}.zip`), task]);
      process.chdir(task);
      const { handler } = await import(pathToFileURL(join(task, 'functions', `${action}.mjs`)).href);
      process.chdir(home);
      await assert.rejects(handler({}, context(action)), { name: 'InputError', message: /^action: / });
    }
  } finally {
    process.chdir(home);
    rmSync(root, { recursive: true });
  }
});

for (const what of checks) console.log(`ok: ${what}`);

function lambdaId(action: Schedule['action']): string {
  return { snapshot: 'SnapshotLambdaFunction', copy: 'CopyLambdaFunction', retire: 'RetireLambdaFunction' }[action];
}

/** As much of Lambda's context as a handler reads before it judges its payload. */
function context(action: Schedule['action']) {
  return {
    functionName: `amikeep-${action}`,
    memoryLimitInMB: '512',
    awsRequestId: 'check',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:amikeep-${action}`,
    getRemainingTimeInMillis: () => 900_000,
  };
}
