/**
 * `node deploy/check-package.ts`, after `serverless package`: what was packaged is what a deployment needs. It reads
 * the template as CloudFormation gets it and loads the bundles as Lambda does, from the zip files alone.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readPolicyFile } from '../lib/lambda/policy-file.ts';
import { type Action, parseRunEvent } from '../lib/run/event.ts';
import { oslsResources } from './excesses.ts';
import { describeExcess, excessesIn } from './limits.ts';
import { longestIn, roleId, roleResources } from './permissions.ts';
import { schedulesOf } from './schedules.ts';
import { stackOf } from './stack.ts';
import { functionId, functionsOf } from './template.ts';

interface Packaged {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types; every assertion below says what it expects
  readonly Properties: any;
}

const PACKAGE = '.serverless';
const POLICY_FILE = process.env.AMIKEEP_POLICY_FILE ?? 'policies.yml';
const file = readPolicyFile(POLICY_FILE);
const functions = functionsOf(file);
/** Those that are swept so soon that what fails is neither tried again nor kept. */
const SWEPT_SOON: readonly Action[] = ['copy', 'drill'];
/** In seconds: a run of these has ended when the next sweep begins. */
const TIMEOUTS: Partial<Record<Action, number>> = { copy: 840, drill: 240 };
const template: { Resources: Record<string, Packaged> } = JSON.parse(
  readFileSync(join(PACKAGE, 'cloudformation-template-update-stack.json'), 'utf8'),
);
const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
const idsOfType = (type: string) =>
  Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === type);
const DEAD_LETTERS_ARN = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };
const checks: string[] = [];

async function check(what: string, assertion: () => unknown): Promise<void> {
  await assertion();
  checks.push(what);
}

await check('its functions on Node 24 and arm64, with their time and their bus', () => {
  const packaged = ofType('AWS::Lambda::Function').map(({ Properties }) => Properties);
  assert.deepEqual(
    packaged.map(({ FunctionName }) => FunctionName),
    functions.map((action) => `amikeep-${file.deployment}-${action}`),
  );
  const reserved = process.env.AMIKEEP_RESERVED_CONCURRENCY;
  const timeouts = functions.map((action) => TIMEOUTS[action] ?? 900);
  for (const [index, { Runtime, Architectures, MemorySize, Timeout, Environment, ...rest }] of packaged.entries()) {
    assert.deepEqual([Runtime, Architectures, MemorySize, Timeout], ['nodejs24.x', ['arm64'], 512, timeouts[index]]);
    const { AMIKEEP_POLICY_FILE, AMIKEEP_BUS } = Environment.Variables;
    assert.deepEqual([AMIKEEP_POLICY_FILE, AMIKEEP_BUS], [undefined, { Ref: 'Bus' }]);
    assert.equal(rest.ReservedConcurrentExecutions, reserved === undefined ? undefined : Number(reserved));
  }
  const groups = ofType('AWS::Logs::LogGroup').map(({ Properties }) => [
    Properties.LogGroupName,
    Properties.RetentionInDays,
  ]);
  assert.deepEqual(
    groups,
    functions.map((action) => [`/aws/lambda/amikeep-${file.deployment}-${action}`, 90]),
  );
});

await check(
  'what a function fails at three times within an hour is a dead letter, but for copies and drills, which are swept soon',
  () => {
    const configs = ofType('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    assert.deepEqual(
      configs,
      functions.map((action) => ({
        FunctionName: { Ref: functionId(action) },
        Qualifier: '$LATEST',
        ...(SWEPT_SOON.includes(action)
          ? { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300, DestinationConfig: {} }
          : {
              MaximumRetryAttempts: 2,
              MaximumEventAgeInSeconds: 3600,
              DestinationConfig: { OnFailure: { Destination: DEAD_LETTERS_ARN } },
            }),
      })),
    );
  },
);

await check('what cannot be delivered within an hour is a dead letter', () => {
  const targets = [
    ...ofType('AWS::Events::Rule').flatMap(({ Properties }) => Properties.Targets),
    ...ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties.Target),
  ];
  assert.ok(targets.length >= functions.length * 2);
  for (const { RetryPolicy, DeadLetterConfig } of targets) {
    assert.deepEqual(RetryPolicy, { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 });
    assert.deepEqual(DeadLetterConfig, { Arn: DEAD_LETTERS_ARN });
  }
});

await check('dead letters are encrypted, stay 14 days, and come from our rules besides our roles', () => {
  assert.deepEqual(template.Resources.DeadLetters?.Properties, {
    QueueName: `amikeep-${file.deployment}-dead-letters`,
    MessageRetentionPeriod: 14 * 24 * 3600,
    SqsManagedSseEnabled: true,
  });
  const [policy, ...others] = ofType('AWS::SQS::QueuePolicy');
  assert.deepEqual(others, []);
  const rules = idsOfType('AWS::Events::Rule').map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
  for (const { Principal, Action, Condition } of policy?.Properties.PolicyDocument.Statement ?? []) {
    assert.deepEqual([Principal, Action], [{ Service: 'events.amazonaws.com' }, 'sqs:SendMessage']);
    assert.deepEqual(Condition, {
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      ArnEquals: { 'aws:SourceArn': rules },
    });
  }
});

await check('runs that are asked for on the bus go to the function of their action', () => {
  assert.equal(template.Resources.Bus?.Properties.Name, `amikeep-${file.deployment}`);
  for (const action of functions) {
    const pattern = { source: ['amikeep'], 'detail-type': ['Run Requested'], detail: { action: [action] } };
    assert.deepEqual(routesOf(pattern), [[{ Ref: 'Bus' }, functionId(action)]]);
  }
});

await check('every rule may invoke its function, and nobody else', () => {
  const allowed = ofType('AWS::Lambda::Permission').map(({ Properties }) => [
    Properties.Principal,
    Properties.SourceArn['Fn::GetAtt'][0],
    Properties.FunctionName,
  ]);
  const rules = idsOfType('AWS::Events::Rule');
  assert.deepEqual(
    allowed,
    rules.map((id) => ['events.amazonaws.com', id, template.Resources[id]?.Properties.Targets[0].Arn]),
  );
});

await check('a schedule for every policy and the sweeps, with payloads that the functions take', () => {
  const packaged = ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  assert.deepEqual(
    packaged.map(({ ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target }) => [
      ScheduleExpression,
      ScheduleExpressionTimezone,
      FlexibleTimeWindow.MaximumWindowInMinutes,
      Target.Arn['Fn::GetAtt'][0],
      JSON.parse(Target.Input),
    ]),
    schedulesOf(file).map(({ expression, timeZone, flexibleWindowMinutes, action, payload }) => [
      expression,
      timeZone,
      flexibleWindowMinutes,
      functionId(action),
      payload,
    ]),
  );
  for (const { Target } of packaged) {
    const payload = Target.Input.replace('<aws.scheduler.scheduled-time>', '2026-11-23T02:00:00Z');
    assert.deepEqual(parseRunEvent(JSON.parse(payload)).ok, true, payload);
  }
});

await check('schedules act by a role of their own, which invokes, puts dead letters down and does nothing else', () => {
  const { AssumeRolePolicyDocument, Policies } = template.Resources.SchedulerRole?.Properties ?? {};
  for (const { Properties } of ofType('AWS::Scheduler::Schedule')) {
    assert.deepEqual(Properties.Target.RoleArn, { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] });
    assert.deepEqual(Properties.GroupName, { Ref: 'ScheduleGroup' });
  }
  assert.deepEqual(AssumeRolePolicyDocument.Statement[0].Condition.StringEquals['aws:SourceArn'], {
    'Fn::GetAtt': ['ScheduleGroup', 'Arn'],
  });
  assert.deepEqual(
    Policies[0].PolicyDocument.Statement.map(({ Action, Resource }: { Action: unknown; Resource: unknown }) => [
      Action,
      Resource,
    ]),
    [
      ['lambda:InvokeFunction', functions.map((action) => ({ 'Fn::GetAtt': [functionId(action), 'Arn'] }))],
      ['sqs:SendMessage', DEAD_LETTERS_ARN],
    ],
  );
});

await check('each function has its own role, and nothing else has any but the schedules', () => {
  const ofIam = Object.entries(template.Resources).filter(([, { Type }]) => Type.startsWith('AWS::IAM::'));
  const { SchedulerRole, ...ofFunctions } = Object.fromEntries(ofIam);
  assert.ok(SchedulerRole);
  assert.deepEqual(ofFunctions, roleResources(file));
  for (const action of functions) {
    const { Role } = template.Resources[functionId(action)]?.Properties ?? {};
    assert.deepEqual(Role, { 'Fn::Sub': `\${${roleId(action)}.Arn}` });
  }
});

await check("all of it is within AWS's limits, with as much beside ours as was reckoned with", () => {
  const ours = Object.keys(stackOf(process.env).template.Resources);
  assert.equal(Object.keys(template.Resources).length - ours.length, oslsResources(file));
  assert.deepEqual(excessesIn(template, longestIn(file)).map(describeExcess), []);
});

await check('each bundle runs by itself, with nothing but its module', async () => {
  const root = mkdtempSync(join(tmpdir(), 'amikeep-package-'));
  try {
    for (const action of functions) {
      const task = join(root, action);
      execFileSync('python3', ['-m', 'zipfile', '-e', join(PACKAGE, `${action}.zip`), task]);
      assert.deepEqual(readdirSync(task, { recursive: true }).sort(), [
        'functions',
        join('functions', `${action}.mjs`),
      ]);
      const { handler } = await import(pathToFileURL(join(task, 'functions', `${action}.mjs`)).href);
      await assert.rejects(handler({}, context(action)), { name: 'InputError', message: /^action: / });
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

for (const what of checks) console.log(`ok: ${what}`);

/** The buses on which events of a pattern are looked for, each with the function that gets them. */
function routesOf(pattern: unknown): [bus: unknown, functionId: string][] {
  return ofType('AWS::Events::Rule')
    .filter(({ Properties }) => isDeepStrictEqual(Properties.EventPattern, pattern) && Properties.State === 'ENABLED')
    .map(({ Properties }) => [Properties.EventBusName, Properties.Targets[0].Arn['Fn::GetAtt'][0]]);
}

/** As much of Lambda's context as a handler reads before it judges its payload. */
function context(action: Action) {
  return {
    functionName: `amikeep-${action}`,
    memoryLimitInMB: '512',
    awsRequestId: 'check',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:amikeep-${action}`,
    getRemainingTimeInMillis: () => 900_000,
  };
}
