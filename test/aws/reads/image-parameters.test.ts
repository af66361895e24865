import { DeleteParameterCommand, PutParameterCommand, type PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { type KnownParameters, readImageParameters } from '../../../lib/aws/reads/image-parameters.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { ACCOUNT, aWorld, FRANKFURT, type WorldOptions } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const AL2023 = publicImageId(FRANKFURT, 'al2023');
const UBUNTU = publicImageId(FRANKFURT, 'ubuntu-24.04');
const IMAGE = { DataType: 'aws:ec2:image' };

function aParameterWorld(options: WorldOptions = {}) {
  const world = aWorld(options);
  const { clients, clock, sandbox } = world;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
  const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
  const known: KnownParameters = new Map();
  const total = (operation: string) => sandbox.calls.total({ service: 'ssm', operation });
  return {
    world,
    put: (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
      clock.run(async () => {
        // Parameter Store takes three a second.
        await clock.sleep(334);
        const input = { Name, Value, Type: 'String', Overwrite: true, ...more } as const;
        await clients.ssm(FRANKFURT).send(new PutParameterCommand(input));
      }),
    remove: (Name: string) =>
      clock.run(async () => {
        await clock.sleep(334);
        await clients.ssm(FRANKFURT).send(new DeleteParameterCommand({ Name }));
      }),
    /** One look of a run. */
    read: () => clock.run(() => readImageParameters(caller, HERE, known)),
    asked: () => [total('DescribeParameters'), total('GetParameters')],
  };
}

type ParameterWorld = ReturnType<typeof aParameterWorld>;

/** Without the calls, which would take as long as those of a real account. */
async function fill({ world }: ParameterWorld, count: number): Promise<void> {
  const parameters = Array.from({ length: count }, (_, index) => ({
    name: `/p/${index}`,
    seq: 1_000 + index,
    type: 'String',
    dataType: 'text',
    versions: [{ version: 1, value: index % 2 === 0 ? AL2023 : 'of no image', writtenAt: 0, labels: [] }],
  }));
  world.sandbox.ssm.load({
    format: 'parameter-store/1',
    issued: 1_000 + count,
    places: [{ account: ACCOUNT, region: FRANKFURT, parameters }],
  });
}

describe('P3: parameters that name images', () => {
  it('are those of every type and data type, each with what it names now', async () => {
    const { put, read } = aParameterWorld();
    await put('/golden/web', AL2023, IMAGE);
    await put('/golden/web', UBUNTU);
    await put('/terraform', AL2023);
    await put('/packer', `${AL2023},${UBUNTU}`, { Type: 'StringList' });
    await put('/json', JSON.stringify({ image: AL2023, region: FRANKFURT }));
    await put('/of-no-image', 'ami-nonsense and no more');
    expect(await read()).toMatchObject({
      complete: true,
      source: 'image parameters',
      value: new Map([
        ['/golden/web', [UBUNTU]],
        ['/terraform', [AL2023]],
        ['/packer', [AL2023, UBUNTU]],
        ['/json', [AL2023]],
      ]),
    });
  });

  it.each(['full', 'uneven'] as const)('go beyond the first page, where pages are %s', async (pageFill) => {
    const world = aParameterWorld({ behaviour: { pageFill } });
    await fill(world, 105);
    const { complete, value } = await world.read();
    expect([complete, value.size]).toEqual([true, 53]);
    expect(world.asked()[1]).toBe(11);
  });

  it.each(['DescribeParameters', 'GetParameters'])('are partial where %s is denied', async (operation) => {
    const { put, read, world } = aParameterWorld();
    await put('/golden', AL2023, IMAGE);
    world.sandbox.faults.add({ kind: 'denied', service: 'ssm', operation });
    expect(await read()).toMatchObject({
      complete: false,
      value: new Map(),
      problem: expect.stringContaining('AccessDeniedException'),
    });
  });

  it('are partial where only some of them could be read, and those that could not are read the next time', async () => {
    const { put, read, world } = aParameterWorld();
    for (let index = 0; index < 12; index++) await put(`/golden/${index}`, AL2023);
    world.sandbox.faults.add({ kind: 'denied', service: 'ssm', operation: 'GetParameters', times: 1 });
    const first = await read();
    expect([first.complete, first.value.size]).toEqual([false, 2]);
    const second = await read();
    expect([second.complete, second.value.size]).toEqual([true, 12]);
  });

  it('are read again where Parameter Store was too busy', async () => {
    const { put, read, world } = aParameterWorld();
    await put('/golden', AL2023, IMAGE);
    world.sandbox.faults.add({ kind: 'throttle', service: 'ssm', times: 4 });
    expect(await read()).toMatchObject({ complete: true, value: new Map([['/golden', [AL2023]]]) });
  });
});

describe('P3: a second look at parameters', () => {
  it('reads the values of those alone that are new, changed, or have gone and come again', async () => {
    const { asked, put, read, remove } = aParameterWorld();
    for (const name of ['/same', '/changed', '/gone', '/again']) await put(name, AL2023);
    await read();
    await read();
    expect(asked()).toEqual([2, 1]);
    await put('/changed', UBUNTU);
    await put('/new', UBUNTU);
    for (const name of ['/gone', '/again']) await remove(name);
    await put('/again', UBUNTU);

    const { value } = await read();
    expect(Object.fromEntries(value)).toEqual({
      '/same': [AL2023],
      '/changed': [UBUNTU],
      '/new': [UBUNTU],
      '/again': [UBUNTU],
    });
    expect(asked()).toEqual([3, 2]);
  });

  it('reuses a list of ten thousand for five minutes, since reading it again would take longer than it may', async () => {
    const world = aParameterWorld();
    await fill(world, 10_000);
    const { clock } = world.world;
    const begun = clock.now();
    const { value, at, complete } = await world.read();
    expect([complete, value.size, at]).toEqual([true, 5_000, begun]);
    expect(world.asked()).toEqual([200, 1_000]);
    // 200 calls at three a second, and a thousand at forty.
    expect(clock.now() - begun).toBeLessThan(100_000);

    expect(await world.read()).toMatchObject({ complete: true, at: begun });
    expect(world.asked()).toEqual([200, 1_000]);
    await clock.advance(5 * 60_000);
    expect((await world.read()).at).toBeGreaterThan(begun);
    expect(world.asked()).toEqual([400, 1_000]);
  });
});
