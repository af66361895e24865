import { CreateTagsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { instanceId } from '../../lib/model/ids.ts';
import { ACCOUNT, aWorld, FRANKFURT, NIGHTLY, type World } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';
import { drilledAs } from './verdicts.ts';

/** Two servers with two nights each, of which the second has a copy in Ireland. */
async function withServers(): Promise<{ world: World; web: string; db: string }> {
  const world = aWorld();
  const [web = ''] = await world.launch(1, { Backup: 'nightly', Name: 'web-1' });
  const [db = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  return { world, web, db };
}

const list = (world: World, ...args: readonly string[]) => amikeep(world, NIGHTLY, 'list', ...args);

describe('amikeep list', () => {
  it('says of an image that a rule keeps that it is on hold as well, and why', async () => {
    const { world, web } = await withServers();
    const newest = world.images().findLast(({ SourceInstanceId }) => SourceInstanceId === web);
    const Tags = [{ Key: 'amikeep:hold', Value: 'restored 2026-11-03T09:00:00Z' }];
    const input = { Resources: [newest?.ImageId ?? ''], Tags };
    await world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand(input)));
    await world.clock.advance(60_000);
    const held = (await list(world, 'web-1')).out.split('\n').filter((line) => line.includes('on hold'));
    expect(held).toEqual([expect.stringMatching(/2026\.11\.03-0300 .* kept as .*; on hold: restored 2026-11-03T09/)]);
  });

  it('tells the versions of each server, where they are and what keeps each, by calls that change nothing', async () => {
    const { world, web, db } = await withServers();
    world.sandbox.calls.reset();
    const { status, out, err } = await list(world);

    expect(status).toBe(0);
    expect(err).toContain(`list eu-west-1 of account ${ACCOUNT} ...`);
    const [first = '', second = '', total] = out.trimEnd().split('\n\n');
    expect(first).toMatch(new RegExp(`^${db}: policy nightly, eu-central-1 of account ${ACCOUNT}\\n`));
    expect(second).toMatch(new RegExp(`^web-1, ${web}: policy nightly, eu-central-1 of account ${ACCOUNT}\\n`));
    expect(second.split('\n').slice(1)).toEqual([
      expect.stringMatching(
        /^ {2}2026\.11\.03-0300 {2}eu-central-1 {2}ami-\w+ {2}available {2}not verified {2}kept as daily/,
      ),
      expect.stringMatching(/^ {19}eu-west-1 {5}ami-\w+ {2}available {2}not verified {2}kept as daily/),
      expect.stringMatching(
        /^ {2}2026\.11\.02-0300 {2}eu-central-1 {2}ami-\w+ {2}available {2}not verified {2}kept as daily/,
      ),
      expect.stringMatching(/^ {19}eu-west-1 {5}ami-\w+ {2}available {2}not verified {2}kept as daily/),
    ]);
    expect(total).toBe('2 servers, 4 versions, 8 images. Nothing was changed.');
    const operations = new Set(world.sandbox.calls.log.map(({ operation }) => operation));
    for (const operation of operations) expect(operation).toMatch(/^(?:Describe|Get|List)/);
    // What EC2 tells of one image at a time would take calls for each.
    expect(operations).not.toContain('DescribeImageAttribute');
  });

  it.each(['WEB-1', 'instance', 'image'])(
    'finds the one server that is meant by its %s, though it is long gone',
    async (by) => {
      const { world, web } = await withServers();
      const terminate = new TerminateInstancesCommand({ InstanceIds: [web] });
      await world.send(FRANKFURT, (client) => client.send(terminate));
      await world.clock.advance(2 * 3_600_000);
      const copy = world.images().find(({ SourceInstanceId }) => SourceInstanceId === web)?.ImageId ?? '';
      const word = { instance: web, image: copy }[by] ?? by;
      const { status, out } = await list(world, word);
      expect(status).toBe(0);
      expect(out).toMatch(new RegExp(`^web-1, ${web}: `));
      expect(out).toContain('1 server, 2 versions, 4 images.');
    },
  );

  it('says what is nowhere, with what may have been meant, and fails', async () => {
    const { world } = await withServers();
    expect(await list(world, 'web-2', 'mail')).toMatchObject({
      status: 1,
      out: [
        'not found: there is no image of web-2; did you mean web-1?',
        'not found: there is no image of mail',
        '0 servers, 0 versions, 0 images. Nothing was changed.\n',
      ].join('\n\n'),
    });
  });

  it('tells of each image whether it is verified, since when and how far, and that a later drill failed', async () => {
    const { world, web } = await withServers();
    const images = world.images().filter(({ SourceInstanceId }) => SourceInstanceId === web);
    const [oldest = '', newest = ''] = images.map(({ ImageId }) => ImageId);
    const at = Date.parse('2026-11-03T09:00:00Z');
    const passed = {
      at,
      rung: 'status',
      seconds: 412,
      type: 'm7g.large',
      instance: instanceId('i-0123456789abcdef0'),
    } as const;
    await drilledAs(world, oldest, { passed });
    const drilled = { at: at + 60_000, verdict: 'failed', failures: 2, reason: 'its status is impaired' } as const;
    await drilledAs(world, newest, { passed, drilled });
    const { out } = await list(world, web);
    const verified = 'verified 2026-11-03T09:00:00Z \\(status\\)';
    expect(out).toMatch(new RegExp(`${oldest} {2}available {2}${verified} {2}`));
    expect(out).toMatch(new RegExp(`${newest} {2}available {2}${verified}, failed 2026-11-03T09:01:00Z {2}`));
    expect(out).toMatch(/eu-west-1 .* not verified {2}/);
    const { servers } = JSON.parse((await list(world, web, '--json')).out);
    expect(servers[0].versions[0].images[0]).toMatchObject({ passed: { at, rung: 'status' }, drilled });
  });

  it('tells what is held, and what is on its way out', async () => {
    const { world, web } = await withServers();
    const [oldest] = world.images().filter(({ SourceInstanceId }) => SourceInstanceId === web);
    const hold = { Key: 'amikeep:hold', Value: 'for the auditors' };
    const tag = new CreateTagsCommand({ Resources: [oldest?.ImageId ?? ''], Tags: [hold] });
    await world.send(FRANKFURT, (client) => client.send(tag));
    for (const day of [4, 5, 6, 7]) await world.night(`2026-11-0${day}`);
    const { out } = await list(world, web);
    expect(out).toMatch(new RegExp(`2026\\.11\\.02-0300 .* ${oldest?.ImageId} .*for the auditors`));
    expect(out).toMatch(/2026\.11\.04-0300 .* leaving: marked 2026-11-07T/);
  });

  it('names what bears our names and no seal that holds, which is left out, and fails', async () => {
    const { world, web } = await withServers();
    const [changed] = world.images().filter(({ SourceInstanceId }) => SourceInstanceId === web);
    const keep = { Key: 'amikeep:keep', Value: 'last=1 zone=UTC' };
    const tag = new CreateTagsCommand({ Resources: [changed?.ImageId ?? ''], Tags: [keep] });
    await world.send(FRANKFURT, (client) => client.send(tag));
    const { status, out } = await list(world, web);
    expect(status).toBe(1);
    expect(out).toMatch(new RegExp(`problem: ${changed?.ImageId} in eu-central-1, which is left out: `));
    expect(out).toContain('1 server, 2 versions, 3 images.');
  });

  it('says of a region that the file does not name where it looks, and how it comes to look there', async () => {
    const { status, err } = await list(aWorld(), '--region', 'eu-north-1');
    expect(status).toBe(2);
    expect(err).toContain(
      '--region: eu-north-1 is no region that list has work in; those are eu-central-1, eu-west-1; where images are left',
    );
    expect(err).toContain('name the region under formerRegions of the policy file');
  });

  it('says what could not be read, and fails: somebody goes by this list', async () => {
    const { world } = await withServers();
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', region: 'eu-west-1' });
    const { status, out } = await list(world);
    expect(status).toBe(1);
    expect(out).toMatch(/problem: .*eu-west-1.*UnauthorizedOperation/);
    expect(out).toContain('2 servers, 4 versions, 4 images.');
  });

  it('gives the same as one JSON document', async () => {
    const { world, web } = await withServers();
    const { out } = await list(world, web, '--json');
    const { servers, unlisted, problems } = JSON.parse(out);
    expect({ unlisted, problems }).toEqual({ unlisted: [], problems: [] });
    expect(servers).toMatchObject([
      {
        ...{
          policy: 'nightly',
          lineage: web,
          account: ACCOUNT,
          region: 'eu-central-1',
          instances: [web],
          name: 'web-1',
        },
        versions: [{ version: '2026.11.03-0300' }, { version: '2026.11.02-0300' }],
      },
    ]);
    expect(servers[0].versions[0].images).toEqual([
      expect.objectContaining({ region: 'eu-central-1', state: 'available', action: 'keep' }),
      expect.objectContaining({ region: 'eu-west-1', state: 'available', action: 'keep' }),
    ]);
  });
});
