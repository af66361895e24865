import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, START } from '../sandbox-wire/world.ts';
import { aParameterWorld, IMAGE, OTHER_IMAGE } from './world.ts';

describe('a parameter', () => {
  it('is read as it was put', async () => {
    const { get, put } = aParameterWorld();
    expect(await put('/golden/web', IMAGE, { DataType: 'aws:ec2:image' })).toMatchObject({
      Version: 1,
      Tier: 'Standard',
    });
    expect(await get('/golden/web')).toEqual({
      Name: '/golden/web',
      Type: 'String',
      Value: IMAGE,
      Version: 1,
      LastModifiedDate: new Date(START),
      ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/golden/web`,
      DataType: 'aws:ec2:image',
    });
  });

  it('is not overwritten unless that is asked for', async () => {
    const { get, put } = aParameterWorld();
    await put('golden', 'one');
    await expect(put('golden', 'two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('golden', 'two', { Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await get('golden')).toMatchObject({ Value: 'two', DataType: 'text' });
  });

  it('has versions and labels that it can be read by', async () => {
    const { get, put, ssm } = aParameterWorld();
    for (const value of ['one', 'two', 'three']) await put('golden', value, { Overwrite: true });
    const label = (ParameterVersion: number | undefined, ...Labels: string[]) =>
      ssm.send(new LabelParameterVersionCommand({ Name: 'golden', ParameterVersion, Labels }));
    await label(1, 'prod', 'test');
    expect(await label(undefined, 'test', '1st', 'aws-x')).toMatchObject({
      InvalidLabels: ['1st', 'aws-x'],
      ParameterVersion: 3,
    });
    expect(await get('golden:2')).toMatchObject({ Name: 'golden', Selector: ':2', Value: 'two' });
    expect(await get('golden:prod')).toMatchObject({ Value: 'one' });
    expect(await get('golden:test')).toMatchObject({ Value: 'three' });
    await expect(get('golden:4')).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 4 of golden. Verify the version and try again.',
    });
    await expect(get('golden:old')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await expect(label(9, 'x')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    const many = Array.from({ length: 9 }, (_, index) => `label-${index}`);
    await expect(label(1, ...many, 'one-more')).rejects.toMatchObject({ name: 'ParameterVersionLabelLimitExceeded' });
  });

  it('keeps its description and tells its history, page by page', async () => {
    const { put, ssm } = aParameterWorld();
    await put('golden', 'one', { Description: 'the image of web' });
    await put('golden', 'two', { Overwrite: true });
    const history = (NextToken?: string) =>
      ssm.send(new GetParameterHistoryCommand({ Name: 'golden', MaxResults: 1, NextToken }));
    const first = await history();
    expect(first.Parameters).toMatchObject([{ Version: 1, Value: 'one', Labels: [] }]);
    const second = await history(first.NextToken);
    expect(second.Parameters).toMatchObject([{ Version: 2, Value: 'two', Description: 'the image of web' }]);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('keeps a hundred versions, and no more for the sake of a label', async () => {
    const { get, put, ssm } = aParameterWorld();
    for (let version = 1; version <= 101; version++) await put('golden', `${version}`, { Overwrite: true });
    await expect(get('golden:1')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await ssm.send(new LabelParameterVersionCommand({ Name: 'golden', ParameterVersion: 2, Labels: ['prod'] }));
    await expect(put('golden', '102', { Overwrite: true })).rejects.toMatchObject({
      name: 'ParameterMaxVersionLimitExceeded',
    });
    expect(await get('golden')).toMatchObject({ Version: 101 });
  });

  it('is gone once it is deleted', async () => {
    const { get, put, ssm } = aParameterWorld();
    for (const name of ['one', 'two', 'three']) await put(name, 'value');
    await ssm.send(new DeleteParameterCommand({ Name: 'one' }));
    await expect(ssm.send(new DeleteParameterCommand({ Name: 'one' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(await ssm.send(new DeleteParametersCommand({ Names: ['one', 'two'] }))).toMatchObject({
      DeletedParameters: ['two'],
      InvalidParameters: ['one'],
    });
    await expect(get('two')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await get('three')).toMatchObject({ Value: 'value' });
  });

  it.each<[string, Partial<PutParameterCommandInput>, string]>([
    ['a space', { Name: 'golden image' }, 'ValidationException'],
    ['a version in its name', { Name: 'golden:1' }, 'ValidationException'],
    ["AWS's own prefix", { Name: '/aws/service/golden' }, 'ValidationException'],
    ['a slash at its end', { Name: '/golden/' }, 'ValidationException'],
    ['levels without a slash at the start', { Name: 'golden/web' }, 'ValidationException'],
    ['sixteen levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    ['no value', { Value: '' }, 'ValidationException'],
    ['a value that is too long', { Value: 'x'.repeat(4097) }, 'ValidationException'],
    ['no type', { Type: undefined }, 'ValidationException'],
    ['an image that is none', { Value: 'golden', DataType: 'aws:ec2:image' }, 'ValidationException'],
    ['a list of images', { Value: IMAGE, Type: 'StringList', DataType: 'aws:ec2:image' }, 'ValidationException'],
    ['a data type that is not modelled', { DataType: 'aws:ssm:integration' }, 'UnsupportedOperation'],
    ['a type that is not modelled', { Type: 'SecureString' }, 'UnsupportedOperation'],
    ['an ARN', { Name: 'arn:aws:ssm:eu-central-1:111122223333:parameter/golden' }, 'UnsupportedOperation'],
  ])('with %s is refused', async (_, input, name) => {
    const { put, sandbox } = aParameterWorld();
    await expect(put('golden', 'value', input)).rejects.toMatchObject({ name });
    expect(sandbox.ssm.find(ACCOUNT, REGION, 'golden')).toBeUndefined();
  });

  it('of the data type of images takes the id of any image, be it there or not', async () => {
    const { get, putImage } = aParameterWorld();
    const Value = 'ami-00000000000000001';
    await putImage('golden', Value);
    expect(await get('golden')).toMatchObject({ DataType: 'aws:ec2:image', Value });
  });

  it('stays of its type and data type', async () => {
    const { get, put, putImage, ssm } = aParameterWorld();
    await putImage('golden');
    await expect(put('golden', 'a,b', { Type: 'StringList', Overwrite: true })).rejects.toMatchObject({
      name: 'HierarchyTypeMismatchException',
    });
    await expect(put('golden', IMAGE, { DataType: 'text', Overwrite: true })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const again = new PutParameterCommand({ Name: 'golden', Value: OTHER_IMAGE, Overwrite: true });
    expect(await ssm.send(again)).toMatchObject({ Version: 2 });
    expect(await get('golden')).toMatchObject({ DataType: 'aws:ec2:image', Type: 'String', Value: OTHER_IMAGE });
  });
});

describe('parameters by name', () => {
  it('come in the order of their names, those that are not there apart', async () => {
    const { put, ssm } = aParameterWorld();
    for (const name of ['b', 'a']) for (const value of ['1', '2']) await put(name, value, { Overwrite: true });
    const Names = ['b', 'a:1', 'c', 'a:9', 'b:none'];
    const answer = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
    expect(answer.Parameters?.map(({ Name, Value }) => [Name, Value])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(answer.InvalidParameters).toEqual(['c', 'a:9', 'b:none']);
  });

  it.each([
    ['none', [], 'length greater than or equal to 1'],
    ['eleven', Array.from({ length: 11 }, (_, index) => `name-${index}`), 'length less than or equal to 10'],
    ['one that can be no name', ['golden', 'golden image'], 'sub-paths divided by slashes'],
  ])('are not to be had for %s', async (_, Names, message) => {
    const { ssm } = aParameterWorld();
    await expect(ssm.send(new GetParametersCommand({ Names }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});
