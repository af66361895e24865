import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  type ParameterStringFilter,
  paginateDescribeParameters,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, START } from '../sandbox-wire/world.ts';
import { aParameterWorld, IMAGE, OTHER_IMAGE } from './world.ts';

async function aFewParameters() {
  const world = aParameterWorld();
  await world.putImage('/golden/web');
  await world.putImage('/golden/mail');
  await world.put('/shop/web', 'a,b', { Type: 'StringList', Description: 'two letters' });
  const describe = async (input: DescribeParametersCommandInput) =>
    (await world.ssm.send(new DescribeParametersCommand(input))).Parameters ?? [];
  const found = async (...ParameterFilters: ParameterStringFilter[]) =>
    (await describe({ ParameterFilters })).map(({ Name }) => Name);
  return { ...world, describe, found };
}

describe('a description of parameters', () => {
  it('holds everything but the values', async () => {
    const { describe } = await aFewParameters();
    const descriptions = await describe({});
    expect(descriptions).toHaveLength(3);
    expect(descriptions[2]).toEqual({
      Name: '/shop/web',
      ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/shop/web`,
      Type: 'StringList',
      Description: 'two letters',
      LastModifiedDate: new Date(START),
      LastModifiedUser: `arn:aws:iam::${ACCOUNT}:user/sandbox`,
      Version: 1,
      Tier: 'Standard',
      Policies: [],
      DataType: 'text',
    });
  });

  it('is of those that all filters take', async () => {
    const { found } = await aFewParameters();
    const images = { Key: 'DataType', Values: ['aws:ec2:image'] };
    expect(await found(images)).toEqual(['/golden/web', '/golden/mail']);
    expect(await found(images, { Key: 'Name', Option: 'Contains', Values: ['web'] })).toEqual(['/golden/web']);
    expect(await found({ Key: 'Name', Option: 'BeginsWith', Values: ['/shop/', '/golden/m'] })).toEqual([
      '/golden/mail',
      '/shop/web',
    ]);
    expect(await found({ Key: 'Type', Option: 'Equals', Values: ['StringList'] })).toEqual(['/shop/web']);
  });

  it.each<[string, DescribeParametersCommandInput, string]>([
    ['a filter that is none', { ParameterFilters: [{ Key: 'Colour', Values: ['red'] }] }, 'ValidationException'],
    ['a filter of another operation', { ParameterFilters: [{ Key: 'Label', Values: ['x'] }] }, 'InvalidFilterKey'],
    [
      'a filter that comes twice',
      {
        ParameterFilters: [
          { Key: 'Name', Values: ['golden'] },
          { Key: 'Name', Option: 'BeginsWith', Values: ['g'] },
        ],
      },
      'InvalidFilterKey',
    ],
    ['a filter that is not modelled', { ParameterFilters: [{ Key: 'Path', Values: ['/'] }] }, 'UnsupportedOperation'],
    ['a filter without values', { ParameterFilters: [{ Key: 'Name', Values: [] }] }, 'InvalidFilterValue'],
    [
      'an option that is none',
      { ParameterFilters: [{ Key: 'Type', Option: 'Contains', Values: ['S'] }] },
      'InvalidFilterOption',
    ],
    ['too large a page', { MaxResults: 51 }, 'ValidationException'],
    ['too small a page', { MaxResults: 0 }, 'ValidationException'],
    ['a token of something else', { NextToken: 'x' }, 'InvalidNextToken'],
  ])('is refused for %s', async (_, input, name) => {
    const { describe } = await aFewParameters();
    await expect(describe(input)).rejects.toMatchObject({ name });
  });

  it.each([
    ['full', [50, 50, 20]],
    ['uneven', [25, 0, 50, 25, 0, 20]],
    ['scant', Array.from({ length: 51 }, (_, index) => [2, 0, 5][index % 3]).concat(1)],
  ] as const)('comes in pages, which are %s', async (pageFill, sizes) => {
    const { put, ssm } = aParameterWorld({ ec2: { pageFill } });
    for (let index = 0; index < 120; index++) await put(`name-${index}`, 'value');
    const pages: number[] = [];
    for await (const { Parameters = [] } of paginateDescribeParameters({ client: ssm }, {}))
      pages.push(Parameters.length);
    expect(pages).toEqual(sizes);
  });
});

describe('the parameters of an image', () => {
  it('are those whose current value it is', async () => {
    const { put, putImage, sandbox } = await aFewParameters();
    await put('text', IMAGE);
    await putImage('/golden/web', OTHER_IMAGE);
    const of = (image: string) => sandbox.ssm.parametersOfImage(ACCOUNT, REGION, image);
    expect(of(IMAGE)).toEqual([
      { name: '/golden/mail', arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/golden/mail` },
    ]);
    expect(of(OTHER_IMAGE).map(({ name }) => name)).toEqual(['/golden/web']);
    expect(sandbox.ssm.parametersOfImage('999988887777', REGION, IMAGE)).toEqual([]);
  });
});

describe('the state of parameters', () => {
  it('survives a dump and goes with a reset', async () => {
    const { describe, get, putImage, sandbox } = await aFewParameters();
    await putImage('/golden/web', OTHER_IMAGE);
    const before = await describe({});
    const state = JSON.stringify(sandbox.dump());
    sandbox.reset();
    expect(await describe({})).toEqual([]);
    sandbox.load(JSON.parse(state));
    expect(await describe({})).toEqual(before);
    expect(await get('/golden/web:1')).toMatchObject({ Value: IMAGE });
    expect(JSON.stringify(sandbox.dump())).toBe(state);
    await putImage('/golden/new');
    expect((await describe({})).at(-1)).toMatchObject({ Name: '/golden/new' });
    expect(() => sandbox.ssm.load({ format: 'other' })).toThrow("format 'parameter-store/1'");
  });
});
