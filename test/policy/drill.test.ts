import { describe, expect, it } from 'vitest';
import { formatProblem, parsePolicyFile } from '../../lib/policy/parse.ts';

const DRILL: Readonly<Record<string, string>> = {
  every: '{ days: 30 }',
  regions: '[eu-west-1]',
  check: 'status',
  maxAgeDays: '45',
  network: '{ eu-west-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } }',
};

/** A file of one policy, whose drill section begins on line 13, changed as said; `undefined` leaves a setting out. */
function fileWith(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const lines = Object.entries({ ...DRILL, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`      ${name}: ${value}`],
  );
  return `deployment: prod
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: Europe/Berlin }
    image: { reboot: never }
    copies:
      - { region: eu-west-1, retention: { keepDaily: 3 } }
    retention: { keepDaily: 7 }
    retire: { mode: plan, endAfterSourceGoneDays: never }
    drill:
${lines.join('\n')}
`;
}

function problems(text: string): string[] {
  const result = parsePolicyFile(text, 'p.yml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('the drills of a policy', () => {
  it('are filled in with every default', () => {
    const result = parsePolicyFile(fileWith(), 'p.yml');
    expect(result.ok && result.file.policies[0]?.drill).toEqual({
      every: { days: 30 },
      regions: ['eu-west-1'],
      check: 'status',
      instanceType: 'same',
      leaseMinutes: 45,
      atMost: 2,
      maxAgeDays: 45,
      network: { 'eu-west-1': { subnets: ['subnet-0a1b2c3d'], securityGroup: 'sg-0a1b2c3d' } },
    });
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ['without a network', { network: undefined }, 'p.yml:12:5: policies.nightly.drill.network is missing'],
    [
      'in a region that network leaves out',
      { network: '{ eu-central-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } }' },
      "p.yml:14:17: policies.nightly.drill.regions.0 is 'eu-west-1', for which network names none",
    ],
    [
      'in a region to which nothing is copied',
      {
        regions: '[us-east-1]',
        network: '{ us-east-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } }',
      },
      "p.yml:14:17: policies.nightly.drill.regions.0 is 'us-east-1', where the policy has neither sources nor copies of this account: write one of eu-central-1, eu-west-1",
    ],
    [
      'with a subnet twice',
      { network: '{ eu-west-1: { subnets: [subnet-0a, subnet-0b, subnet-0a], securityGroup: sg-0a } }' },
      "p.yml:17:63: policies.nightly.drill.network.eu-west-1.subnets.2 is 'subnet-0a' again: write each once",
    ],
    [
      'in a region twice',
      { regions: '[eu-west-1, eu-west-1]' },
      "p.yml:14:28: policies.nightly.drill.regions.1 is 'eu-west-1' again",
    ],
    [
      'with a lease that is shorter than its checks',
      { check: 'command', document: 'shop-health', leaseMinutes: '25' },
      'leaseMinutes is 25, and the check command may take 30: write that many at least',
    ],
    [
      'with a pattern that is none',
      { check: 'console', console: "'login('" },
      "console is 'login(', which cannot be read (unterminated group): write a regular expression for a line of the serial console",
    ],
    [
      'with a pattern that ends too early, whatever it holds',
      { check: 'console', console: "'a/u: [b'" },
      "console is 'a/u: [b', which cannot be read (unterminated character class): write",
    ],
    [
      'of no type at all',
      { instanceType: '[]' },
      'drill.instanceType is an empty list: write same, or a list of instance types',
    ],
    ['of networks of which there is none', { network: '{}' }, "is 'eu-west-1', for which network names none"],
    ['by console without a pattern', { check: 'console' }, 'console is missing: write a regular expression'],
    ['by command without a document', { check: 'command' }, 'document is missing: write the name of an SSM document'],
    [
      'with a setting of another check',
      { document: 'shop-health' },
      "document is 'shop-health', and the check is another one: leave it out",
    ],
    [
      'that may come no older than they are repeated',
      { maxAgeDays: '30' },
      'maxAgeDays is 30, and drills come every 30 days: write a whole number of days, more than drill.every has',
    ],
    ['of a type that is none', { instanceType: '[large]' }, 'instanceType'],
    ['with a subnet that is none', { network: '{ eu-west-1: { subnets: [web], securityGroup: sg-0a } }' }, 'subnets'],
    [
      'of a check that is none',
      { check: 'ping' },
      "p.yml:15:14: policies.nightly.drill.check is 'ping': write status, console or command",
    ],
    ['of no number at a time', { atMost: '0' }, 'atMost'],
  ])('%s are answered with their line and what to write', (_, changes, problem) => {
    expect(problems(fileWith(changes)).join('\n')).toContain(problem);
  });

  it.each([
    ['a region to which nothing is copied', { regions: '[us-west-2]' }, /'us-west-2', where the policy has neither/],
    ['a region without a network', { regions: '[eu-central-1]' }, /'eu-central-1', for which network names none/],
    ['a region that is none', { regions: '[ireland]' }, /'ireland': write the name of an AWS region/],
    ['no network', { network: undefined }, /network is missing/],
    ['networks that are none', { network: '[]' }, /network is an empty list/],
  ])('with %s are answered with one line', (_, changes, problem) => {
    expect(problems(fileWith(changes))).toEqual([expect.stringMatching(problem)]);
  });
});
