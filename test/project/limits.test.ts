import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { excessesIn } from '../../deploy/limits.ts';
import { memberResources } from '../../deploy/member-account.ts';
import { LONGEST } from '../../deploy/member-parameters.ts';
import { stackOf } from '../../deploy/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'amikeep-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

const REGIONS = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-west-1',
  'us-west-2',
];
const DR_REGIONS = ['us-east-1', 'us-east-2'];

interface Size {
  readonly policies: number;
  readonly regions: number;
  /** Each with a key of its own for each policy. */
  readonly drRegions?: number;
  readonly accounts?: number;
  readonly deployment?: string;
  readonly home?: string;
  readonly expression?: string;
}

/** The stack of a policy file of this size; one policy or account a line, the first policy in line 4 of its own. */
function stack(size: Size) {
  const {
    policies,
    regions,
    drRegions = 0,
    accounts = 0,
    deployment = 'prod',
    expression = 'cron(0 4 * * ? *)',
  } = size;
  const sources = size.home === undefined ? REGIONS.slice(0, regions) : [size.home];
  const policy = (index: number) => {
    const copies = DR_REGIONS.slice(0, drRegions).map((region, place) => {
      const id = `${String(index * 10 + place).padStart(8, '0')}-12ab-34cd-56ef-1234567890ab`;
      return `{ region: ${region}, kmsKey: 'arn:aws:kms:${region}:111122223333:key/${id}', retention: { keepDaily: 7 } }`;
    });
    const when = `schedule: { expression: '${expression}', timeZone: Europe/Berlin }, image: { reboot: never }`;
    const what = 'retention: { keepDaily: 7 }, retire: { mode: plan, endAfterSourceGoneDays: never }';
    return `  policy-${index}: { select: { tags: { Backup: 'p${index}' } }, ${when}, copies: [${copies.join(', ')}], ${what} }`;
  };
  const text = [
    `deployment: ${deployment}`,
    `regions: [${sources.join(', ')}]`,
    'policies:',
    ...Array.from({ length: policies }, (_, index) => policy(index)),
    'accounts:',
    ...Array.from(
      { length: accounts },
      (_, index) => `  - { id: '${222_200_000_000 + index}', rolePrefix: amikeep-prod }`,
    ),
    ...(accounts === 0 ? ['  []'] : []),
  ];
  const path = join(folder, 'policies.yml');
  writeFileSync(path, `${text.join('\n')}\n`);
  return stackOf({ AMIKEEP_POLICY_FILE: path }).template;
}

describe('the largest policy file that the README promises', () => {
  test('makes a stack that AWS takes', () => {
    const { Resources } = stack({ policies: 100, regions: 6, drRegions: 2, accounts: 100 });
    const count = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type).length;
    // Beside what osls makes.
    expect(Object.keys(Resources).length).toBeLessThan(500 - 11);
    expect(count('AWS::Scheduler::Schedule')).toBe(104);
    expect(count('AWS::CloudWatch::Alarm')).toBe(2 * 100 + 5 * 8 + 6 + 7);
    // Two hundred keys: more than there is room for within a role.
    expect(count('AWS::IAM::ManagedPolicy')).toBeGreaterThan(3);
  });

  test('makes one for the roles of other accounts as well', () => {
    expect(excessesIn({ Resources: memberResources() }, LONGEST)).toEqual([]);
  });
});

describe('a stack', () => {
  test.each([
    { policies: 24, regions: 1, drRegions: 2 },
    { policies: 95, regions: 4 },
  ])('is made of $policies policies in $regions regions and copies in $drRegions', (size) => {
    expect(() => stack(size)).not.toThrow();
  });

  test('watches each region of a policy by one alarm where each by its own would be too many', () => {
    const { Resources } = stack({ policies: 30, regions: 6 });
    const [alarm, ...others] = Object.values(Resources).filter(({ Properties }) =>
      String(Properties.AlarmName).startsWith('amikeep-prod-overdue-policy-7-'),
    );
    expect(others).toEqual([]);
    const regions = REGIONS.slice(0, 6);
    expect(alarm?.Properties).toMatchObject({
      AlarmName: 'amikeep-prod-overdue-policy-7-all',
      TreatMissingData: 'breaching',
      Metrics: [
        ...regions.map((Value, index) => ({
          Id: `m${index + 1}`,
          ReturnData: false,
          MetricStat: {
            Stat: 'Maximum',
            Period: 3600,
            Metric: {
              MetricName: 'OverdueInstances',
              Dimensions: [{}, { Value: 'policy-7' }, { Name: 'region', Value }],
            },
          },
        })),
        { Expression: 'm1 + m2 + m3 + m4 + m5 + m6', ReturnData: true },
      ],
    });
    expect(alarm?.Properties).not.toHaveProperty('MetricName');
  });

  test('has as many alarms of a policy as its regions take, ten to each', () => {
    const { Resources } = stack({ policies: 20, regions: 11 });
    const names = Object.values(Resources).flatMap(({ Properties: { AlarmName } }) => AlarmName ?? []);
    expect(names.filter((name) => String(name).includes('overdue-policy-7'))).toEqual([
      'amikeep-prod-overdue-policy-7-all',
      'amikeep-prod-overdue-policy-7-all-2',
    ]);
  });

  test.each<[string, Size, RegExp]>([
    [
      'more policies than there is room for',
      { policies: 250, regions: 1 },
      /policies\.yml:2\d\d:3: policies\.policy-2\d\d is too much for AWS: the stack would have \d+ resources in a stack, and AWS takes 500 \(CloudFormation User Guide.*\); move what comes from here on into a policy file of its own/,
    ],
    [
      'a name that the region makes too long',
      { policies: 1, regions: 1, deployment: 'd'.repeat(32), home: 'us-isof-south-1' },
      /:1:13: deployment is too much for AWS: Role SnapshotRole would have 65 characters of a name, and AWS takes 64 .*; write a shorter one/,
    ],
    [
      'an expression that Scheduler does not take',
      {
        policies: 1,
        regions: 1,
        expression: `cron(${Array.from({ length: 60 }, (_, n) => n).join()},0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28 4 * * ? *)`,
      },
      /:4:3: policies\.policy-0 is too much for AWS: Schedule \w+ would have \d+ characters of its expression, and AWS takes 256/,
    ],
  ])('is not made of %s, whose line is told', (_, size, message) => {
    expect(() => stack(size)).toThrow(message);
  });
});
