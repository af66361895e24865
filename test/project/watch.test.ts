import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmResources, anchorOf } from '../../deploy/alarm-resources.ts';
import { ALARMS, type Alarm, alarmsOf } from '../../deploy/alarms.ts';
import { dashboardResources } from '../../deploy/dashboard.ts';
import { HOUR } from '../../lib/model/time.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';

const POLICY = `
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: UTC }
    image: { reboot: never }
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }`;
const COPIED = `${POLICY}\n    copies: [{ region: eu-west-1, retention: { keepDaily: 7 } }]`;

const NETWORK = '{ subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d }';
const drilled = (maxAgeDays: number) =>
  `${COPIED}\n    drill: { every: { days: 30 }, regions: [eu-central-1, eu-west-1], check: status, maxAgeDays: ${maxAgeDays}, network: { eu-central-1: ${NETWORK}, eu-west-1: ${NETWORK} } }`;

function aFile(policies: Readonly<Record<string, string>>, regions = 'eu-central-1'): PolicyFile {
  const text = Object.entries(policies).map(([name, body]) => `\n  ${name}:${body}`);
  const parsed = parsePolicyFile(
    `deployment: prod\nregions: [${regions}]\npolicies:${text.join('')}\n`,
    'policies.yml',
  );
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.file;
}

function withAccount(policy: string): PolicyFile {
  const accounts = "accounts: [{ id: '444455556666', rolePrefix: amikeep, vault: true }]";
  const text = `deployment: prod\nregions: [eu-central-1]\n${accounts}\npolicies:\n  nightly:${policy}\n`;
  const parsed = parsePolicyFile(text, 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.file;
}

const TWO_BY_TWO = aFile({ nightly: COPIED, weekly: POLICY }, 'eu-central-1, us-east-1');
const isFullDay = ({ period, of }: Alarm) => period * of === 24 * HOUR;

describe('alarms', () => {
  const alarms = alarmsOf(TWO_BY_TWO);

  it('watch each policy in each of its source regions, and each region that has images, and take silence for bad news', () => {
    const named = alarms.filter(({ missing }) => missing === 'breaching').map(({ name }) => name);
    expect(named).toEqual([
      'overdue-nightly-eu-central-1',
      'overdue-nightly-us-east-1',
      'overdue-weekly-eu-central-1',
      'overdue-weekly-us-east-1',
      'copies-overdue-nightly-eu-west-1',
      'evidence-eu-central-1',
      'evidence-eu-west-1',
      'evidence-us-east-1',
    ]);
  });

  it('of evidence ring after a day in which runs lacked some each time', () => {
    for (const alarm of alarms.filter(({ heading }) => heading === 'Evidence incomplete')) {
      expect(alarm).toMatchObject({ breaching: alarm.of });
      expect(isFullDay(alarm)).toBe(true);
    }
  });

  it('of continuations ring where a region has more in an hour than its sweeps explain', () => {
    const [alarm] = alarms.filter(({ heading }) => heading === 'Continuations');
    // Of two policies, of copies and of retirement, eight each.
    expect(alarm).toMatchObject({ statistic: 'Sum', threshold: 32, period: HOUR, missing: 'notBreaching' });
    const [drilling] = alarmsOf(aFile({ nightly: drilled(45) })).filter(({ heading }) => heading === 'Continuations');
    expect(drilling).toMatchObject({ threshold: 32 });
    expect(new Set(alarms.filter((one) => one !== alarm).map(({ statistic }) => statistic))).toContain('Maximum');
  });

  it('of copies name the vault that they go to', () => {
    const vault = COPIED.replace('region: eu-west-1', "region: eu-west-1, account: '444455556666', kmsKey: alias/dr");
    const [alarm] = alarmsOf(withAccount(vault)).filter(({ heading }) => heading === 'Copies overdue');
    expect(alarm).toMatchObject({
      name: 'copies-overdue-nightly-444455556666-eu-west-1',
      metrics: [{ dimensions: expect.arrayContaining([['to', '444455556666/eu-west-1']]) }],
    });
  });

  it('of copies are for deployments that copy', () => {
    const ofCopies = (file: PolicyFile) => alarmsOf(file).filter(({ name }) => name.startsWith('cop'));
    expect(ofCopies(TWO_BY_TWO)).toHaveLength(3);
    expect(ofCopies(aFile({ weekly: POLICY }))).toEqual([]);
  });

  it('fit into what CloudWatch takes', () => {
    for (const { breaching, of, period } of alarms) {
      expect(breaching).toBeLessThanOrEqual(of);
      expect(period % 60_000).toBe(0);
      // A week where the period is an hour or more, else a day.
      expect(period * of).toBeLessThanOrEqual((period < HOUR ? 1 : 7) * 24 * HOUR);
    }
    for (const { Type, Properties } of Object.values(alarmResources(TWO_BY_TWO))) {
      if (Type !== 'AWS::CloudWatch::Alarm') continue;
      expect(String(Properties.AlarmName).length).toBeLessThanOrEqual(255);
      expect(String(Properties.AlarmDescription).length).toBeLessThanOrEqual(1024);
    }
  });

  it('have ids of their own where policies differ in what an id cannot hold', () => {
    const ids = alarmsOf(aFile({ 'db-a': POLICY, 'db.a': POLICY, dba: POLICY })).map(({ logicalId }) => logicalId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });

  it('go to the topic, and so does their end', () => {
    const resources = Object.values(alarmResources(TWO_BY_TWO)).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(resources).toHaveLength(alarms.length);
    for (const { Properties } of resources) {
      expect(Properties).toMatchObject({ AlarmActions: [{ Ref: 'Alarms' }], OKActions: [{ Ref: 'Alarms' }] });
    }
  });

  it('are told of by e-mail where an address is given, and a wrong one is refused before anything is deployed', () => {
    expect(alarmResources(TWO_BY_TWO, 'ops@example.com').AlarmsEmail?.Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    expect(alarmResources(TWO_BY_TWO, '')).not.toHaveProperty('AlarmsEmail');
    expect(() => alarmResources(TWO_BY_TWO, 'ops')).toThrow("AMIKEEP_ALARM_EMAIL: 'ops' is not an e-mail address");
  });

  it('of passes ring where one is older than its policy lets it be, and where no run tells', () => {
    const ages = alarmsOf(aFile({ nightly: drilled(45), weekly: drilled(90), plain: POLICY })).filter(
      ({ heading }) => heading === 'No recent pass',
    );
    expect(ages.map(({ name, threshold, missing }) => [name, threshold, missing])).toEqual([
      ['pass-age-nightly-eu-central-1', 45 * 24 * 3600, 'breaching'],
      ['pass-age-nightly-eu-west-1', 45 * 24 * 3600, 'breaching'],
      ['pass-age-weekly-eu-central-1', 90 * 24 * 3600, 'breaching'],
      ['pass-age-weekly-eu-west-1', 90 * 24 * 3600, 'breaching'],
    ]);
  });

  it('of passes in many regions go by the oldest, which ages that are added up would not show', () => {
    const names = Array.from({ length: 80 }, (_, index) => `policy-${index}`);
    const file = aFile(Object.fromEntries(names.map((name) => [name, drilled(45)])));
    const [alarm] = Object.values(alarmResources(file)).filter(({ Properties }) =>
      String(Properties.AlarmName).endsWith('-pass-age-policy-7-all'),
    );
    expect(alarm?.Properties).toMatchObject({
      Threshold: 45 * 24 * 3600,
      TreatMissingData: 'breaching',
      Metrics: [{ Id: 'm1' }, { Id: 'm2' }, { Expression: 'MAX([m1, m2]) + 0 * (m1 + m2)', ReturnData: true }],
    });
  });

  it('of drills that outlive their lease ring within half an hour in which no sweep tells', () => {
    const [alarm] = alarmsOf(aFile({ nightly: drilled(45) })).filter(({ heading }) => heading === 'Drills overdue');
    expect(alarm).toMatchObject({ missing: 'breaching' });
    expect((alarm?.period ?? 0) * (alarm?.of ?? 0)).toBe(HOUR / 2);
  });

  it('of drills are none where no policy drills', () => {
    expect(alarms.filter(({ heading }) => /drill|pass/i.test(heading))).toEqual([]);
  });

  it('have their heading in docs/operations.md, which is where they point to', () => {
    const headings = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^### (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual(expect.arrayContaining(Object.values(ALARMS).map(({ heading }) => heading)));
    for (const { logicalId, heading } of alarms) {
      expect(alarmResources(TWO_BY_TWO)[logicalId]?.Properties.AlarmDescription).toMatch(
        new RegExp(`docs/operations\\.md#${anchorOf(heading)}$`),
      );
    }
  });
});

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly (string | { readonly label: string })[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

function widgetsOf(file: PolicyFile): { readonly body: string; readonly widgets: readonly Widget[] } {
  const body = String(dashboardResources(file).Dashboard?.Properties.DashboardBody);
  return { body, widgets: JSON.parse(body).widgets };
}

const labelsOf = ({ properties }: Widget) =>
  (properties.metrics ?? []).flatMap((metric) =>
    metric.flatMap((part) => (typeof part === 'string' ? [] : [part.label])),
  );

describe('the dashboard', () => {
  it('shows each policy in each region: what is overdue, and how old the newest image is in source and DR regions', () => {
    const { widgets } = widgetsOf(TWO_BY_TWO);
    const labels = (title: string) =>
      widgets.filter(({ properties }) => properties.title?.startsWith(title)).flatMap(labelsOf);
    expect(labels('Overdue instances')).toEqual([
      'nightly eu-central-1',
      'nightly us-east-1',
      'weekly eu-central-1',
      'weekly us-east-1',
    ]);
    expect(labels('nightly: age')).toEqual(['eu-central-1', 'us-east-1', 'eu-west-1']);
    expect(labels('weekly: age')).toEqual(['eu-central-1', 'us-east-1']);
  });

  it.each([
    ['cron(0 4 * * ? *)', 'UTC', 24],
    ['cron(0 4 ? * MON-FRI *)', 'UTC', 72],
    ['cron(0 4 1 * ? *)', 'UTC', 31 * 24],
    ['rate(90 minutes)', 'UTC', 1.5],
    // The day on which clocks are put back.
    ['cron(0 4 * * ? *)', 'Europe/Berlin', 25],
  ])('has the longest gap between slots of %s in %s as the target: %d h', (expression, timeZone, hours) => {
    const policy = POLICY.replace('cron(0 4 * * ? *), timeZone: UTC', `${expression}, timeZone: ${timeZone}`);
    const targets = widgetsOf(aFile({ any: policy })).widgets.flatMap(
      ({ properties }) => properties.annotations?.horizontal.map(({ value }) => value / 3600) ?? [],
    );
    expect(targets).toEqual([hours]);
  });

  it('has no target where a schedule never fires again', () => {
    const policy = POLICY.replace('cron(0 4 * * ? *)', 'cron(0 4 1 1 ? 2020)');
    const { widgets } = widgetsOf(aFile({ once: policy }));
    expect(widgets.filter(({ properties }) => properties.annotations)).toEqual([]);
  });

  it('stays within what CloudWatch takes with a hundred policies in ten regions', () => {
    const policies = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`policy-${index}`, COPIED]));
    const regions = ['eu-central-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1', 'us-east-1', 'us-east-2'];
    const { body, widgets } = widgetsOf(
      aFile(policies, [...regions, 'us-west-1', 'us-west-2', 'sa-east-1'].join(', ')),
    );
    expect(widgets.length).toBeLessThanOrEqual(500);
    expect(body.length).toBeLessThan(1_000_000);
    for (const widget of widgets) expect(labelsOf(widget).length).toBeLessThanOrEqual(100);
  });

  it('costs what docs/operations.md says, with the policy file of the repository', () => {
    const parsed = parsePolicyFile(readFileSync('policies.yml', 'utf8'), 'policies.yml');
    if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
    const shown = widgetsOf(parsed.file).widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const ours = shown.filter(([namespace]) => namespace === 'amikeep').map((metric) => metric.slice(0, -1).join(' '));
    const [metrics, alarms] = [new Set(ours).size, alarmsOf(parsed.file).length];
    const monthly = (metrics * 0.3 + alarms * 0.1 + 3).toFixed(2);
    const text = readFileSync('docs/operations.md', 'utf8').replaceAll(/\s+/g, ' ');
    expect(text).toContain(`${metrics} custom metrics at $0.30, ${alarms} alarms at $0.10 and a dashboard at $3.00`);
    expect(text).toContain(`$${monthly} a month`);
  });

  it('has no widget upon another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgetsOf(TWO_BY_TWO).widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column} ${row}`);
          taken.add(`${column} ${row}`);
        }
      }
    }
  });
});
