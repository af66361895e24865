import { describe, expect, it } from 'vitest';
import { formatProblem, parsePolicyFile } from '../../lib/policy/parse.ts';

const FILE = `deployment: prod
regions: [eu-central-1]
defaults:
  schedule: { expression: 'cron(0 4 * * ? *)', timeZone: Europe/Berlin }
  image: { reboot: never, tags: { Project: shop } }
  copies: [{ region: eu-west-1, retention: { keepDaily: 3 } }]
  retention: { keepLast: 3 }
  retire: { mode: plan, minKeep: 2, endAfterSourceGoneDays: never }
policies:
  nightly:
    select: { tags: { Backup: nightly } }
  golden:
    enabled: false
    select: { tags: { Golden: 'true' } }
    schedule: { expressions: ['rate(1 day)', 'rate(5 hours)'] }
    image: { tags: { Kind: golden } }
    copies: []
    retention: { keepMonthly: 6 }
    retire: { mode: apply }
`;

function parsed(text: string) {
  const result = parsePolicyFile(text, 'p.yml');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.file.policies;
}

function problems(was: string, is: string): string[] {
  if (!FILE.includes(was)) throw new Error(`'${was}' is not in the file`);
  const result = parsePolicyFile(FILE.replace(was, is), 'p.yml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('the defaults of a policy file', () => {
  const [nightly, golden] = parsed(FILE);

  it('say what a policy does not, what must be written included', () => {
    expect(nightly).toMatchObject({
      name: 'nightly',
      enabled: true,
      schedule: { expressions: ['cron(0 4 * * ? *)'], timeZone: 'Europe/Berlin' },
      image: { reboot: 'never', tags: { Project: 'shop' } },
      copies: [{ region: 'eu-west-1' }],
      retire: { mode: 'plan', minKeep: 2, endAfterSourceGoneDays: 'never' },
    });
    expect(nightly?.retention).toEqual({ keepLast: 3 });
  });

  it('give way to what a policy says, key by key', () => {
    expect(golden?.retire).toMatchObject({ mode: 'apply', minKeep: 2, endAfterSourceGoneDays: 'never' });
    expect(golden?.retention).toEqual({ keepLast: 3, keepMonthly: 6 });
    expect(golden).toMatchObject({ enabled: false, image: { reboot: 'never' } });
  });

  it('are not joined with the lists and maps that a policy writes at those keys', () => {
    expect(golden?.copies).toEqual([]);
    expect(golden?.image.tags).toEqual({ Kind: 'golden' });
  });

  it('leave one expression out where a policy has several', () => {
    expect(golden?.schedule).toEqual({ expressions: ['rate(1 day)', 'rate(5 hours)'], timeZone: 'Europe/Berlin' });
  });

  it.each([
    ['minKeep: 2', 'minKeep: 0', ['p.yml:8:34: defaults.retire.minKeep is 0: write a whole number of at least 1']],
    [
      'minKeep: 2',
      'minkeep: 2',
      ["p.yml:8:25: defaults.retire.minkeep is an unknown key 'minkeep'; did you mean 'minKeep'?"],
    ],
    [
      '  retention: { keepLast',
      '  retain: { keepLast',
      [
        "p.yml:7:3: defaults.retain is an unknown key 'retain'; write one of enabled, ",
        'p.yml:10:3: policies.nightly.retention is missing: write at least one keep rule, such as { keepDaily: 7 }',
      ],
    ],
    ['region: eu-west-1', 'region: eu-central-1', [expect.stringContaining('p.yml:6:22: defaults.copies.0.region')]],
    ['mode: plan, ', '', ['p.yml:10:3: policies.nightly.retire.mode is missing: write plan']],
    ['mode: apply', 'mode: dry', ["p.yml:19:21: policies.golden.retire.mode is 'dry': write plan"]],
    ['{ mode: apply }', '', ['p.yml:19:5: policies.golden.retire is empty: write { mode: plan']],
  ])('with a mistake are told where it is written, once: %s -> %s', (was, is, expected) => {
    const found = problems(was, is);
    expect(found).toEqual(expected.map((text) => (typeof text === 'string' ? expect.stringContaining(text) : text)));
  });

  it('that are no map, or policies that are none, are told as such', () => {
    expect(parsePolicyFile('defaults: nightly\npolicies: []\n', 'p.yml')).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.objectContaining({ path: 'defaults', message: expect.stringContaining("is 'nightly': write settings") }),
      ]),
    });
    expect(problems('\n    select: { tags: { Backup: nightly } }', '')).toEqual([
      expect.stringContaining('p.yml:10:3: policies.nightly is empty: write a policy'),
    ]);
  });
});
