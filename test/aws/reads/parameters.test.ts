import { LabelParameterVersionCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { isParameterReference, parameterOf, resolveImageParameters } from '../../../lib/aws/reads/parameters.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { ACCOUNT, aWorld, FRANKFURT } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const AL2023 = publicImageId(FRANKFURT, 'al2023');
const UBUNTU = publicImageId(FRANKFURT, 'ubuntu-24.04');
const IMAGE = 'aws:ec2:image';

function aParameterWorld() {
  const world = aWorld();
  const { clients, clock } = world;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
  const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
  return {
    world,
    put: (Name: string, Value: string, DataType?: string) =>
      clock.run(async () => {
        // Parameter Store takes three a second.
        await clock.sleep(334);
        const input = { Name, Value, Type: 'String', Overwrite: true, ...(DataType && { DataType }) } as const;
        await clients.ssm(FRANKFURT).send(new PutParameterCommand(input));
      }),
    label: (Name: string, ParameterVersion: number, label: string) =>
      clock.run(() =>
        clients.ssm(FRANKFURT).send(new LabelParameterVersionCommand({ Name, ParameterVersion, Labels: [label] })),
      ),
    resolve: (...names: string[]) => clock.run(() => resolveImageParameters(caller, HERE, names)),
    asked: () => world.sandbox.calls.total({ service: 'ssm', operation: 'GetParameters' }),
  };
}

describe('P3: a parameter that a launch template names', () => {
  it('is told by the form of what stands in the place of the image', () => {
    const named = ['resolve:ssm:/golden:prod', AL2023, 'ssm:/golden'].filter(isParameterReference);
    expect(named.map(parameterOf)).toEqual(['/golden:prod']);
  });

  it('is resolved by name, version and label, at ten a call and each once', async () => {
    const { asked, label, put, resolve } = aParameterWorld();
    await put('/golden', AL2023, IMAGE);
    await put('/golden', UBUNTU);
    await label('/golden', 1, 'prod');
    for (let index = 0; index < 9; index++) await put(`/other/${index}`, AL2023, IMAGE);
    const others = Array.from({ length: 9 }, (_, index) => `/other/${index}`);
    const names = ['/golden', '/golden:1', '/golden:2', '/golden:prod', ...others];
    expect(await resolve(...names, ...names)).toMatchObject({
      complete: true,
      value: {
        images: new Map([
          ['/golden', UBUNTU],
          ['/golden:1', AL2023],
          ['/golden:2', UBUNTU],
          ['/golden:prod', AL2023],
          ...others.map((name) => [name, AL2023] as const),
        ]),
        unresolved: [],
      },
    });
    expect(asked()).toBe(2);
  });

  it('is unresolved where it is not there, can be no name, or holds no image; the others are resolved', async () => {
    const { put, resolve } = aParameterWorld();
    await put('/golden', AL2023, IMAGE);
    await put('/text', 'golden');
    const names = ['/golden', '/gone', '/golden:7', '/golden:prod', '/text', 'gone away'];
    const { complete, value } = await resolve(...names);
    expect(complete).toBe(true);
    expect(value.images).toEqual(new Map([['/golden', AL2023]]));
    expect(value.unresolved).toEqual(['/gone', '/golden:7', '/golden:prod', '/text', 'gone away']);
  });

  it('costs no call where there is none', async () => {
    const { asked, resolve } = aParameterWorld();
    expect(await resolve()).toMatchObject({ complete: true, value: { images: new Map(), unresolved: [] } });
    expect(asked()).toBe(0);
  });

  it('is not unresolved where the call failed: the reading is partial', async () => {
    const { resolve, world } = aParameterWorld();
    world.sandbox.faults.add({ kind: 'error-before', service: 'ssm' });
    expect(await resolve('/golden')).toMatchObject({
      complete: false,
      value: { images: new Map(), unresolved: [] },
      problem: expect.stringContaining('InternalError'),
    });
  });
});
