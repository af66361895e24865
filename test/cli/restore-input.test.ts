import { describe, expect, it } from 'vitest';
import { aWorld, IRELAND, NIGHTLY } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';
import { aLostServer, aServer, checksOf, launchIn, lose, restore, restoreBy } from './lost-server.ts';

const IMAGE = 'ami-0123456789abcdef0';
const INSTANCE = 'i-0123456789abcdef0';

describe('amikeep restore refuses options that make no sense, before it asks AWS anything', () => {
  const world = aWorld();

  it.each<[readonly string[], string]>([
    [['--version', 'yesterday'], "--version: 'yesterday' is no version: write it as amikeep list shows it"],
    [['--at', 'noon'], "--at: 'noon' is no moment: write it as 2026-11-23T02:00:00Z"],
    [['--region', 'Frankfurt'], "--region: 'Frankfurt' is no region: write one such as eu-central-1"],
    [['--type', 'large'], "--type: 'large' is no instance type: write one such as m7g.large"],
    [['--subnet', 'web'], "--subnet: 'web' is no subnet: write its id, such as subnet-0a1b2c3d"],
    [['--security-group', 'sg-01', 'web'], "--security-group: 'web' is no security group: write its id"],
    [
      ['--profile', 'arn:aws:iam::111122223333:instance-profile/web'],
      "--profile: 'arn:aws:iam::111122223333:instance-profile/web' is no instance profile: write its name, not its ARN, or none",
    ],
    [['--key', ' '], "--key: ' ' is no key pair: write its name, or none"],
    [['--volume', '/dev/'], "--volume: '/dev/' is no device: write it as the image has it, such as /dev/sdf"],
    [['--volume', '/dev/sdf', '--attach', 'db-1'], "--attach: 'db-1' is no instance: write its id"],
    [['--attach', INSTANCE], '--attach: only a volume is attached; name its device with --volume'],
    [['--version', '2026.11.02-0300', '--at', '2026-11-03T00:00:00Z'], '--version and --at: give one of them'],
    [['--in-place', 'root', '--volume', '/dev/sdf'], '--in-place and --volume: give one of them'],
    [
      ['--in-place', 'root', '--type', 'm7g.large', '--take-over'],
      '--type, --take-over: for a machine, and with --in-place none is made; leave --in-place out, or these',
    ],
    [['--volume', '/dev/sdf', '--as', 'json'], '--as: for a machine, and with --volume none is made'],
    [['--as', 'json', '--json'], '--as and --json: give one of them'],
    [['--as', 'json', '--mode', 'apply'], '--as: it prints the launch for another command; leave --mode apply out'],
  ])('%j', async (args, said) => {
    expect(await restore(world, 'web-1', ...args)).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining(said),
    });
  });

  it.each<[readonly string[], string]>([
    [['--in-place', 'everything'], "argument 'everything' is invalid. Allowed choices are root"],
    [['--as', 'yaml'], "argument 'yaml' is invalid. Allowed choices are json, template"],
    [['--zone', 'eu-central-1a'], "unknown option '--zone'"],
    [['db-1'], 'too many arguments'],
  ])('%j, with those that there are', async (args, said) => {
    expect(await restore(world, 'web-1', ...args)).toMatchObject({ status: 2, err: expect.stringContaining(said) });
  });

  it('a version, a moment or a region beside an image, which is of one version in one region', async () => {
    const { status, err } = await restore(world, IMAGE, '--region', IRELAND);
    expect([status, err]).toEqual([2, expect.stringContaining('--version, --at and --region: an image is named')]);
  });

  it('all that is wrong at once, a line each', async () => {
    const { err } = await restore(world, 'web-1', '--type', 'large', '--subnet', 'web', '--as', 'json', '--json');
    expect(err.trimEnd().split('\n')).toHaveLength(3);
  });

  it('an entry of the map in the policy file that is no id, with its line and what to write', async () => {
    const policies = `${NIGHTLY}
restore:
  eu-west-1:
    subnets:
      eu-central-1a: subnet-0a1b
      euc1-az2: web
    securityGroups: { sg-01: default }
`;
    const line = policies.split('\n').findIndex((text) => text.includes('eu-central-1a:')) + 1;
    const { status, err } = await restoreBy(policies, world, 'web-1');
    expect(status).toBe(2);
    for (const [at, said] of [
      [line, "is 'eu-central-1a': write the id of a zone, such as euc1-az2"],
      [line + 1, "restore.eu-west-1.subnets.euc1-az2 is 'web': write the id of a subnet, such as subnet-0a1b2c3d"],
      [line + 2, "restore.eu-west-1.securityGroups.sg-01 is 'default': write the id of a security group"],
    ] as const) {
      expect(err).toMatch(new RegExp(`policies\\.yml:${at}:\\d+: .*`));
      expect(err).toContain(said);
    }
  });
});

describe('amikeep restore says of what it does not find what there is', () => {
  it('a name that is nearly that of a server', async () => {
    const { world, id } = await aLostServer();
    const { status, err } = await restore(world, 'web-2');
    expect([status, err]).toEqual([
      1,
      expect.stringContaining("there is no image of 'web-2'; did you mean web-1? (amikeep list names all servers)"),
    ]);
    const wrong = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    expect((await restore(world, wrong)).err).toContain(`there is no image of '${wrong}'; did you mean ${id}?`);
  });

  it('a name that several servers have, each by its instance', async () => {
    const { world, id } = await aServer();
    const other = await launchIn(world, undefined);
    await world.tag(other, { Name: 'web-1', Backup: 'nightly' });
    await world.night('2026-11-04');
    const { status, err } = await restore(world, 'web-1');
    expect([status, err]).toEqual([2, expect.stringContaining('web-1 means 2 servers: name one by its instance: ')]);
    for (const one of [id, other])
      expect(err).toMatch(new RegExp(`${one} \\(policy nightly, eu-central-1, newest version 2026[.\\d-]+\\)`));
  });

  it('an instance that was in several lineages, each by its lineage or an image, which leads there', async () => {
    const policies = NIGHTLY.replace('schedule:', 'lineage: { tag: Service }\n    schedule:');
    const { world, id } = await aServer({ policies });
    await world.tag(id, { Service: 'shop' });
    await world.night('2026-11-04');
    await lose({ world, id });
    const [other] = await world.launch(1, { Backup: 'nightly', Name: 'web-1', Service: 'shop' });
    await world.night('2026-11-05');
    const { status, err } = await restoreBy(policies, world, id);
    const said = new RegExp(
      `${id} was in 2 lineages: name one by its lineage, or by its newest image: (?=.*Service=shop \\().*(ami-\\w+) \\(`,
    );
    expect([status, err]).toEqual([2, expect.stringMatching(said)]);
    const image = said.exec(err)?.[1] ?? '';
    const [byLineage, byImage] = [
      await restoreBy(policies, world, 'Service=shop'),
      await restoreBy(policies, world, image),
    ];
    expect(byLineage.out).toContain(`web-1 (${other}, Service=shop, policy nightly): 2026.11.05-0300`);
    expect(byImage.out).toContain(`(${id}, policy nightly): 2026.11.03-0300, ${image}`);
  });

  it('a moment before the first version, and a version that there is not', async () => {
    const { world } = await aLostServer();
    expect(await restore(world, 'web-1', '--at', '2026-11-01T00:00:00Z')).toMatchObject({
      status: 2,
      err: expect.stringContaining(
        'web-1: no version is of 2026-11-01T00:00:00Z or before: there are 2026.11.02-0300 to 2026.11.03-0300; give a later --at',
      ),
    });
    expect(await restore(world, 'web-1', '--version', '2026.11.01-0300')).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no version 2026.11.01-0300: there are 2026.11.02-0300 to 2026.11.03-0300'),
    });
  });

  it('a region without copies, and those that have some', async () => {
    const { world } = await aLostServer();
    expect(await restore(world, 'web-1', '--region', 'eu-north-1')).toMatchObject({
      status: 2,
      err: expect.stringMatching(
        /there is no image of it in eu-north-1: it has some in eu-\w+-1, eu-\w+-1; name one of these with --region/,
      ),
    });
  });

  it('an image that is none of the deployment’s', async () => {
    const { world } = await aLostServer();
    expect(await restore(world, IMAGE)).toMatchObject({
      status: 1,
      err: expect.stringContaining(`there is no image of '${IMAGE}'`),
    });
  });
});

describe('which server a word means', () => {
  it('is never said by a Name where it is an instance: who writes tags takes no id out of use', async () => {
    const { world, id } = await aLostServer();
    const [other = ''] = await world.launch(1, { Backup: 'nightly', Name: 'dev-7' });
    await world.night('2026-11-04');
    await world.tag(other, { Name: id });
    const { status, out } = await restore(world, id);
    expect([status, out]).toEqual([0, expect.stringContaining(`web-1 (${id}, policy nightly): `)]);
    expect(out).not.toContain('anybody may write');
  });

  it('is told by its heading, and where a Name alone said so, that anybody may have written it', async () => {
    const { world, id } = await aLostServer();
    const ended = await restore(world, 'web-1');
    expect(ended.out).toMatch(new RegExp(`^web-1 \\(${id}, policy nightly\\): 2026`));
    expect(checksOf(ended, 'server')).toEqual([
      expect.stringContaining(`a tag that anybody may write: see that ${id} is the one meant, or name it by that`),
    ]);
    expect(ended.out).toContain('\nadmissible: ');
  });
});

it('what people have written into tags moves no cursor and breaks no line of a terminal', async () => {
  const { world } = await aLostServer();
  const [image = ''] = world.images().map(({ ImageId }) => ImageId);
  const evil = 'x\u009b2K\r\nadmissible: all is well\u202e';
  await world.tag(image, { 'amikeep:revoked': evil, 'amikeep:hold': evil });
  const [other = ''] = await world.launch(1, { Backup: 'nightly', Name: `web-2${evil}` });
  await world.night('2026-11-04');
  const texts = [await restore(world, image), await restore(world, other), await restore(world, 'web-3')];
  for (const { out, err } of [...texts, await amikeep(world, NIGHTLY, 'list')]) {
    expect(`${out}${err}`).not.toMatch(/[^\P{C}\n]/u);
    expect(`${out}${err}`).not.toMatch(/^admissible: all is well/m);
  }
});
