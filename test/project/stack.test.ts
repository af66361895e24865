import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { partitionOf } from '../../deploy/regions.ts';
import { stackOf } from '../../deploy/stack.ts';
import { joined } from '../../deploy/template.ts';
import { InputError } from '../../lib/run/input-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'amikeep-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

const POLICY = `
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never }
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }`;
const COPIES = '\n    copies: [{ region: eu-west-1, retention: { keepDaily: 3 } }]';

const DRILL = `
    drill: { every: { days: 30 }, regions: [us-east-1], check: status, maxAgeDays: 45, network: { us-east-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } } }`;

function stack(policies: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}, region = 'us-east-1') {
  const path = join(folder, 'policies.yml');
  const texts = Object.entries(policies).map(([name, text]) => `  ${name}:${text}`);
  writeFileSync(path, `deployment: prod\nregions: [eu-central-1, ${region}]\npolicies:\n${texts.join('\n')}\n`);
  return stackOf({ ...environment, AMIKEEP_POLICY_FILE: path });
}

const resourcesOf = (policies: Readonly<Record<string, string>>) => stack(policies).template.Resources;

describe('the stack', () => {
  test('of a policy less has its schedule, its alarms and its place on the dashboard less, and all else as it was', () => {
    const before = resourcesOf({ nightly: POLICY + COPIES, gone: POLICY });
    const after = resourcesOf({ nightly: POLICY + COPIES });
    const removed = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
    expect(removed).toEqual([
      expect.stringMatching(/^Schedulegone/),
      expect.stringMatching(/^AlarmOverduegoneeucentral1/),
      expect.stringMatching(/^AlarmOverduegoneuseast1/),
    ]);
    const changed = Object.keys(after).filter((id) => !isDeepStrictEqual(after[id], before[id]));
    // How many continuations are explained goes by the number of policies.
    expect(changed.filter((id) => !id.startsWith('AlarmContinuations'))).toEqual(['Dashboard']);
    // What goes on looking after the images of the policy that is gone is named after no policy.
    expect(JSON.stringify(after)).toContain('"Input":"{\\"action\\":\\"retire\\"}"');
  });

  test('hands a flexible window on to Scheduler, and has none unless it is written', () => {
    const windows = (policy: string) =>
      Object.entries(resourcesOf({ nightly: policy })).flatMap(([id, { Properties }]) =>
        id.startsWith('Schedulenightly') ? [Properties.FlexibleTimeWindow] : [],
      );
    expect(windows(POLICY)).toEqual([{ Mode: 'OFF' }]);
    expect(windows(POLICY.replace('Berlin', 'Berlin, flexibleWindowMinutes: 45'))).toEqual([
      { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 45 },
    ]);
  });

  test('has what drills take where a policy drills, and nothing of it elsewhere', () => {
    const ofDrills = (policy: string) =>
      Object.keys(resourcesOf({ nightly: policy })).filter((id) => /drill|pass/i.test(id));
    expect(ofDrills(POLICY)).toEqual([]);
    expect(stack({ nightly: POLICY }).further).toBe('none');
    expect(ofDrills(POLICY + DRILL)).toEqual([
      'DrillRequested',
      'DrillRequestedPermission',
      expect.stringMatching(/^Scheduledrillsweep/),
      expect.stringMatching(/^Scheduledrillsweep/),
      'DrillRole',
      expect.stringMatching(/^AlarmPassAgenightlyuseast1/),
      'AlarmDrillsOverdueeucentral1',
      'AlarmDrillsOverdueuseast1',
      'AlarmDrillsFailed',
    ]);
    const drilling = stack({ nightly: POLICY + DRILL }, { AMIKEEP_RESERVED_CONCURRENCY: '4' });
    expect(drilling.further).toBe('drills');
    expect(drilling.template.extensions).toHaveProperty('DrillLambdaFunction');
  });

  test('reserves concurrency where it is asked for, and only there', () => {
    const extensions = (environment: NodeJS.ProcessEnv) => stack({ nightly: POLICY }, environment).template.extensions;
    expect(extensions({})).toEqual({});
    const reserved = { Properties: { ReservedConcurrentExecutions: 4 } };
    expect(extensions({ AMIKEEP_RESERVED_CONCURRENCY: '4' })).toEqual({
      SnapshotLambdaFunction: reserved,
      CopyLambdaFunction: reserved,
      RetireLambdaFunction: reserved,
    });
  });

  test('tells the functions the settings that are written, if they are ones that functions take', () => {
    const environment = (given: NodeJS.ProcessEnv) => stack({ nightly: POLICY }, given).environment;
    expect(Object.keys(environment({}))).toEqual(['AMIKEEP_BUS']);
    expect(environment({ AMIKEEP_RATE_SHARE: '0.5', AMIKEEP_MAX_COPIES_IN_FLIGHT: '20' })).toMatchObject({
      AMIKEEP_RATE_SHARE: '0.5',
      AMIKEEP_MAX_COPIES_IN_FLIGHT: '20',
    });
    expect(() => environment({ AMIKEEP_RATE_SHARE: '2' })).toThrow(InputError);
  });

  test.each(['0', 'many', '', '1.5'])("takes '%s' for no concurrency to reserve", (AMIKEEP_RESERVED_CONCURRENCY) => {
    expect(() => stack({ nightly: POLICY }, { AMIKEEP_RESERVED_CONCURRENCY })).toThrow(InputError);
  });

  test('is not made for a region that AWS does not have, whose line is told', () => {
    expect(() => stack({ nightly: POLICY }, {}, 'eu-centrall-1')).toThrow(
      /policies\.yml:2:25: regions\.1 is 'eu-centrall-1', which AWS does not have/,
    );
  });

  test('is not made for regions of two partitions, since no account is in both', () => {
    expect(() => stack({ nightly: POLICY }, {}, 'us-gov-east-1')).toThrow(
      /policies\.yml:2:25: regions\.1 is 'us-gov-east-1' of the partition aws-us-gov, but 'eu-central-1' is of aws, and no account is in two: write it in a policy file of its own/,
    );
  });

  test('does not use one name for two things', () => {
    const part = { Bus: { Type: 'AWS::Events::EventBus', Properties: {} } };
    expect(() => joined([part, part])).toThrow('two resources of the stack are called Bus');
  });
});

test.each([
  ['eu-central-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
  ['eu-central-99', undefined],
  ['xx-moon-1', undefined],
])('%s is a region of the partition %s', (name, partition) => {
  expect(partitionOf(name)).toBe(partition);
});
