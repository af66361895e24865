import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { readFleet } from '../../sim/fleet-file.ts';
import { main } from '../../sim/main.ts';
import { matchFleet } from '../../sim/matching.ts';
import { demoPolicies } from './rehearsal.ts';

interface Described {
  readonly id?: string;
  readonly zone?: string;
  readonly state?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly devices?: readonly string[];
}

/** As `aws ec2 describe-instances --output json` prints an instance, as far as it matters. */
function anInstance({
  id = 'i-0123456789abcdef0',
  zone = 'eu-central-1b',
  state = 'running',
  tags = { Name: 'shop', Tier: 'web', App: 'shop' },
  devices = ['/dev/xvda', '/dev/sdf'],
}: Described = {}) {
  return {
    InstanceId: id,
    State: { Code: 16, Name: state },
    Placement: { AvailabilityZone: zone, Tenancy: 'default' },
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    BlockDeviceMappings: devices.map((DeviceName) => ({ DeviceName, Ebs: { VolumeId: 'vol-0123456789abcdef0' } })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function aFile(...instances: readonly object[]) {
  return { path: 'fleet.json', text: JSON.stringify({ Reservations: [{ Instances: instances }] }) };
}

describe('a fleet file', () => {
  test('gives name, region, state, tags and data volumes of each instance', () => {
    const { specs } = readFleet([aFile(anInstance({ state: 'stopped' }))]);
    expect(specs).toEqual([
      {
        name: 'shop',
        origin: 'i-0123456789abcdef0',
        region: 'eu-central-1',
        zone: 'eu-central-1b',
        state: 'stopped',
        tags: { Name: 'shop', Tier: 'web', App: 'shop' },
        volumes: [{ device: '/dev/sdf', size: 50, tags: {} }],
      },
    ]);
  });

  test('says what was assumed or left out', () => {
    const { specs, assumptions } = readFleet([
      aFile(
        anInstance({ tags: { 'aws:autoscaling:groupName': 'web', Tier: 'web' } }),
        anInstance({ state: 'terminated' }),
      ),
    ]);
    expect(specs).toHaveLength(1);
    expect(specs[0]?.tags).toEqual({ Tier: 'web' });
    expect(assumptions.join('\n')).toMatch(
      /ids are new.*\n.*sizes of 1 data volume.*\n.*\n1 instance.*terminated.*\n.*aws:/,
    );
  });

  test('tells instances of one name apart by their ids, and finds the region of a local zone', () => {
    const { specs } = readFleet([aFile(anInstance(), anInstance({ id: 'i-0123abcd', zone: 'us-west-2-lax-1a' }))]);
    expect(specs.map(({ name }) => name)).toEqual(['shop i-0123456789abcdef0', 'shop i-0123abcd']);
    expect(specs[1]?.region).toBe('us-west-2');
  });

  test.each([
    ['no JSON', '{', /^fleet\.json: it is not JSON .*describe-instances/],
    ['something else', '7', /^fleet\.json: the file: 7 will not do: .*/],
    ['no reservations', '{"Instances":[]}', /^fleet\.json: Reservations: nothing will not do: write what `aws ec2/],
    [
      'a zone that is none',
      JSON.stringify({ Reservations: [{ Instances: [anInstance({ zone: 'here' })] }] }),
      /Reservations\.0\.Instances\.0\.Placement\.AvailabilityZone: "here" will not do: write an availability zone/,
    ],
  ])('with %s is refused with place, value and remedy', (_, text, problem) => {
    expect(() => readFleet([{ path: 'fleet.json', text }])).toThrow(problem);
  });

  test.each([
    ['Reservations[].Instances[]', (one: object, other: object) => [one, other]],
    ['Reservations[].Instances', (one: object, other: object) => [[one], [other]]],
  ])('may have been flattened by --query %s', (_, flatten) => {
    const text = JSON.stringify(flatten(anInstance(), anInstance({ id: 'i-0123abcd' })));
    expect(readFleet([{ path: 'fleet.json', text }]).specs.map(({ origin }) => origin)).toEqual([
      'i-0123456789abcdef0',
      'i-0123abcd',
    ]);
  });

  test('that does not do is answered shortly, however long it is', () => {
    const text = JSON.stringify(Array.from({ length: 200 }, (_, index) => ({ id: index, rest: 'x'.repeat(500) })));
    let message = '';
    try {
      readFleet([{ path: 'fleet.json', text }]);
    } catch (error) {
      message = String(error);
    }
    expect(message.split('\n')).toHaveLength(6);
    expect(message).toContain('fleet.json: 0.InstanceId: nothing will not do: write an instance id');
    expect(message).toContain('fleet.json: 595 problems more');
  });

  test.each<[string, unknown, string]>([
    ['the whole', 'i-0123456789abcdef0', 'the file: "i-0123456789abcdef0" will not do: write what `aws ec2'],
    ['an instance of a list', ['i-0123456789abcdef0'], '0: "i-0123456789abcdef0" will not do: write instances as'],
    ['Reservations', { Reservations: {} }, 'Reservations: {} will not do: write what `aws ec2 describe-instances'],
    ['a reservation', { Reservations: [7] }, 'Reservations.0: 7 will not do: leave it as'],
    ['Instances', { Reservations: [{ Instances: 7 }] }, 'Reservations.0.Instances: 7 will not do: leave it as'],
    ['OwnerId', { Reservations: [{ OwnerId: 7, Instances: [] }] }, 'Reservations.0.OwnerId: 7 will not do: leave it'],
    [
      'NextToken',
      { Reservations: [], NextToken: 'eyJ' },
      'NextToken: "eyJ" will not do: the file is cut off there; write',
    ],
    ['State', [{ ...anInstance(), State: 'running' }], '0.State: "running" will not do: write { "Name": "running" }'],
    ['Tags', [{ ...anInstance(), Tags: { a: 'b' } }], '0.Tags: {"a":"b"} will not do: leave it as'],
    ['a tag', [{ ...anInstance(), Tags: [{ Key: 'a' }] }], '0.Tags.0.Value: nothing will not do: leave it as'],
    ['RootDeviceName', [{ ...anInstance(), RootDeviceName: 7 }], '0.RootDeviceName: 7 will not do: leave it as'],
    ['a device', [{ ...anInstance(), BlockDeviceMappings: [7] }], '0.BlockDeviceMappings.0: 7 will not do: leave it'],
  ])("with the wrong type of %s is answered in the demo's own words", (_, data, problem) => {
    expect(() => readFleet([{ path: 'fleet.json', text: JSON.stringify(data) }])).toThrow(`fleet.json: ${problem}`);
  });

  test('of several accounts is refused, since instances of different accounts share no lineage', () => {
    const [one, other] = ['222222222222', '333333333333'].map((OwnerId) => ({
      path: `${OwnerId}.json`,
      text: JSON.stringify({ Reservations: [{ OwnerId, Instances: [anInstance()] }] }),
    }));
    const both = [one, other].flatMap((file) => file ?? []);
    expect(() => readFleet(both)).toThrow(/^--fleet: the instances are of 2 accounts, 222222222222, 333333333333; /);
    expect(readFleet(both.slice(0, 1)).specs).toHaveLength(1);
  });

  test('that nothing matches is told by condition', () => {
    const { specs } = readFleet([
      aFile(anInstance({ tags: {} }), anInstance({ id: 'i-0123abcd', zone: 'sa-east-1a' })),
    ]);
    const { selected, problems } = matchFleet(demoPolicies(), specs);
    expect(selected).toBe(0);
    expect(problems[0]).toMatch(/^1 of 2 instances is in a region other than eu-central-1, us-east-1/);
    expect(problems[1]).toMatch(/^policy web selects none of 1 instance: 'tag Tier is 'web'' removed 1, 0 left/);
  });
});

/** Runs the demo's command line; what it says goes to the texts. */
async function run(...argv: readonly string[]) {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts) =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const exitCode = await main(argv, { stdout: stream('stdout'), stderr: stream('stderr') });
  return { exitCode, ...texts };
}

const folder = mkdtempSync(join(tmpdir(), 'amikeep-fleets-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this text, until all tests are over. */
function written(text: string): string {
  const path = join(mkdtempSync(join(folder, 'fleet-')), 'fleet.json');
  writeFileSync(path, text);
  return path;
}

describe('the demo on a copy of a fleet', () => {
  test('rehearses it, and says which id each instance came from', async () => {
    const path = written(aFile(anInstance(), anInstance({ id: 'i-0123abcd', tags: { Name: 'other' } })).text);
    const { exitCode, stdout, stderr } = await run('--fleet', path, '--days', '2', '--json');
    const report = JSON.parse(stdout);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '2 days of 2 instances\n' });
    expect(report.members[0]).toMatchObject({ name: 'shop', origin: 'i-0123456789abcdef0' });
    expect(report.rows[0]).toMatchObject({ policy: 'web', lineage: 'App=shop', region: 'eu-central-1' });
    expect(report.recount.disagreements).toEqual([]);
  });

  const fleetOfTwo = () =>
    written(aFile(anInstance(), anInstance({ id: 'i-0123abcd', tags: { Name: 'other', Tier: 'web', App: 'b' } })).text);
  const planning = () =>
    written(
      readFileSync('sim/policies.yml', 'utf8')
        .replaceAll('mode: apply', 'mode: plan')
        .replace('keepLast: 4, keepDaily: 7, keepWeekly: 4, keepMonthly: 3', 'keepLast: 1'),
    );

  test('leaves it in peace, and says so', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await run('--fleet', fleetOfTwo(), '--days', '12', '--json');
    const report = JSON.parse(stdout);
    const happened = report.notes.filter(({ text }: { text: string }) => !/ runs? warned, /.test(text));
    expect({ exitCode, happened, instances: report.instances }).toEqual({
      exitCode: 0,
      happened: [],
      instances: { ever: 2, live: 2 },
    });
    expect(report.assumptions.join('\n')).toContain('no instance comes or goes, no call fails');
  });

  test('says of policies that only plan that nothing is retired, unless it is to be', { timeout: 60_000 }, async () => {
    const args = ['--fleet', fleetOfTwo(), '--policies', planning(), '--days', '5', '--json'];
    const planned = JSON.parse((await run(...args)).stdout);
    const applied = JSON.parse((await run(...args, '--retire', 'apply')).stdout);

    expect(planned.totals.retired).toBe(0);
    expect(planned.assumptions.join('\n')).toContain('so nothing is retired; --retire apply rehearses that it is');
    expect(applied.totals.retired).toBeGreaterThan(0);
    expect(applied.assumptions.join('\n')).toContain("every policy's retire.mode is taken to be apply");
    expect(applied.recount.disagreements).toEqual([]);
  });

  test.each([
    ['a file that is not there', ['--fleet', '/nowhere.json'], /--fleet: '\/nowhere\.json' can't be read/],
    [
      'a fleet that none of the own policies is for',
      ['--fleet', written('{"Reservations":[]}')],
      /^no policy selects any instance of the fleet: .*sim\/policies\.yml; pass yours with --policies <file>\n/,
    ],
    [
      'a fleet that no policy is for',
      ['--fleet', written('{"Reservations":[]}'), '--policies', 'sim/policies.yml'],
      /^no policy selects any instance of the fleet\n/,
    ],
    ['no whole number of days', ['--days', 'ten'], /--days.*'ten'.*whole number from 1 to 1000/],
    [
      'an option twice, of which one would be dropped',
      ['--days', '3', '--days', '4'],
      /option '--days <n>' is given twice/,
    ],
    ['an option that is not there', ['--dyas', '3'], /unknown option '--dyas'/],
  ])('ends with 2 for %s', async (_, argv, problem) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(problem);
  });
});
