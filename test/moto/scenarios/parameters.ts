import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  type ParameterStringFilter,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { Witness } from '../witness.ts';
import { PUBLIC_IMAGE, UNKNOWN } from './setting.ts';

/** PutParameter, GetParameter(s), their versions and labels, DeleteParameter(s). */
export async function parameters(witness: Witness): Promise<void> {
  const ssm = await witness.ssm();
  const put = (Name: string, Value: string, more: Partial<PutParameterCommand['input']> = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
  const over = (Name: string, Value: string, more: Partial<PutParameterCommand['input']> = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true, ...more }));
  const get = (Name: string) => ssm.send(new GetParameterCommand({ Name }));
  const several = (...Names: string[]) => ssm.send(new GetParametersCommand({ Names }));
  const label = (Name: string, Labels: string[], ParameterVersion?: number) =>
    ssm.send(new LabelParameterVersionCommand({ Name, Labels, ParameterVersion }));
  const history = (Name: string, more: Partial<GetParameterHistoryCommand['input']> = {}) =>
    ssm.send(new GetParameterHistoryCommand({ Name, ...more }));
  const image = { DataType: 'aws:ec2:image' };

  witness.name('al2023', PUBLIC_IMAGE);
  await witness.step('putting an image', put('/golden/web', PUBLIC_IMAGE, { ...image, Description: 'of web' }));
  await witness.step('an image that was put', get('/golden/web'));
  await witness.step('putting a text', put('stage', 'prod', { DataType: 'text' }));
  await witness.step('a text that was put', get('stage'));
  await witness.step('putting a list', put('stages', 'prod,test', { Type: 'StringList' }));
  await witness.step('a list that was put', get('stages'));
  await witness.step('putting what is there', put('stage', 'test'));
  await witness.step('overwriting', over('stage', 'test'));
  await witness.step('a text that was overwritten', get('stage'));
  await witness.step('overwriting an image', over('/golden/web', UNKNOWN.image));
  await witness.step('an image that was overwritten', get('/golden/web'));
  await witness.step('overwriting what is not there', over('fresh', 'x', { Type: 'String' }));
  await put('fixed', 'x');
  await witness.step('overwriting with another type', over('fixed', 'x', { Type: 'StringList' }));
  await witness.step('overwriting with another data type', over('fixed', PUBLIC_IMAGE, image));
  await witness.step('putting an image that is none', put('/golden/none', 'image', image));
  await witness.step('putting an unknown image', put('/golden/unknown', UNKNOWN.image, image));
  await witness.step('putting a list of images', put('/golden/list', PUBLIC_IMAGE, { ...image, Type: 'StringList' }));
  await witness.step('putting an empty value', put('blank', ''));
  await witness.step('putting a long value', put('long', 'x'.repeat(4_097)));
  await witness.step('putting without a type', put('typeless', 'x', { Type: undefined }));
  await witness.step('putting under a reserved name', put('aws-golden', 'x'));
  await witness.step('putting under a name with a space', put('golden web', 'x'));
  await witness.step('putting under a name that ends with a slash', put('/golden/', 'x'));
  await witness.step('putting under a path without a slash before it', put('golden/web', 'x'));
  await witness.step('putting sixteen levels deep', put('/a'.repeat(16), 'x'));

  await witness.step('a version', get('stage:1'));
  await witness.step('an unknown version', get('stage:9'));
  await witness.step('labelling a version', label('stage', ['live', 'next'], 1));
  await witness.step('a label', get('stage:live'));
  await witness.step('an unknown label', get('stage:old'));
  await witness.step('moving a label', label('stage', ['next']));
  await witness.step('a label that moved', get('stage:next'));
  await witness.step('labels that are none', label('stage', ['1st', 'aws-x', 'with space', 'fine'], 1));
  await witness.step('labelling an unknown version', label('stage', ['x'], 9));
  await witness.step('labelling an unknown parameter', label('unlabelled', ['x']));
  const labels = Array.from({ length: 9 }, (_, index) => `label-${index}`);
  await witness.step('more labels than a version may have', label('stage', labels, 1));
  await witness.step('no labels', label('stage', []));
  await witness.step('a history', history('/golden/web'));
  await witness.step('a history with labels', history('stage'));
  await witness.step('a page of a history', history('stage', { MaxResults: 1 }));
  const { NextToken } = await history('stage', { MaxResults: 1 });
  await witness.step('the page after it', history('stage', { MaxResults: 1, NextToken }));
  await witness.step('pages of 51 versions', history('stage', { MaxResults: 51 }));
  await witness.step('the history of an unknown parameter', history('nobody'));

  await witness.step('an unknown parameter', get('nobody'));
  await witness.step('a parameter of no name', get('golden mail'));
  await witness.step('several parameters', several('stage', '/golden/web', 'nobody'));
  await witness.step('parameters by version and label', several('stage:1', '/golden/web:1', 'stages:7'));
  await witness.step('a parameter twice', several('stage', 'stage'));
  await witness.step('eleven parameters', several(...Array.from({ length: 11 }, (_, index) => `p${index}`)));

  const remove = (Name: string) => ssm.send(new DeleteParameterCommand({ Name }));
  await witness.step('deleting', remove('stages'));
  await witness.step('deleting again', remove('stages'));
  await witness.step('a parameter that was deleted', get('stages'));
  await witness.step(
    'deleting several',
    ssm.send(new DeleteParametersCommand({ Names: ['stage', 'nobody', '/golden/web'] })),
  );
  await witness.step('parameters that were deleted', several('stage', '/golden/web'));
  await witness.step('putting what was deleted', put('stage', 'anew'));
}

/** DescribeParameters. */
export async function listsOfParameters(witness: Witness): Promise<void> {
  const ssm = await witness.ssm();
  const put = (Name: string, Value: string, more: Partial<PutParameterCommand['input']> = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
  const describe = (input: DescribeParametersCommand['input']) => ssm.send(new DescribeParametersCommand(input));
  const names = async (input: DescribeParametersCommand['input']) => {
    const { Parameters: found = [], NextToken } = await describe(input);
    return { names: found.map(({ Name }) => Name), NextToken: NextToken ?? 'none' };
  };
  const filtered = (...ParameterFilters: ParameterStringFilter[]) => names({ ParameterFilters });
  const by = (Key: string, Option: string | undefined, ...Values: string[]) => filtered({ Key, Option, Values });

  await witness.step('no parameters', names({}));
  await put('/golden/web', PUBLIC_IMAGE, { DataType: 'aws:ec2:image', Description: 'of web' });
  await put('/golden/web', PUBLIC_IMAGE, { DataType: 'aws:ec2:image', Overwrite: true });
  await put('/golden/shop', PUBLIC_IMAGE, { DataType: 'aws:ec2:image' });
  await put('stages', 'prod,test', { Type: 'StringList' });
  await witness.step('all parameters', describe({}));
  await witness.step('parameters by name', by('Name', undefined, '/golden/web'));
  await witness.step('parameters by two names', by('Name', 'Equals', '/golden/web', 'stages'));
  await witness.step('parameters by the beginning of their names', by('Name', 'BeginsWith', '/golden/'));
  await witness.step('parameters by a part of their names', by('Name', 'Contains', 'shop'));
  await witness.step('parameters by type', by('Type', undefined, 'StringList'));
  await witness.step('parameters by data type', by('DataType', undefined, 'aws:ec2:image'));
  await witness.step(
    'parameters by two filters',
    filtered({ Key: 'Name', Option: 'BeginsWith', Values: ['/golden/w'] }, { Key: 'Type', Values: ['String'] }),
  );
  await witness.step('parameters by an unknown key', by('Nonsense', undefined, 'x'));
  await witness.step('parameters by label', by('Label', undefined, 'x'));
  await witness.step('parameters by an unknown option', by('Name', 'EndsWith', 'web'));
  await witness.step('types by a part of them', by('Type', 'Contains', 'String'));
  await witness.step('parameters by a type that there is not', by('Type', undefined, 'Number'));
  await witness.step('parameters by no name', filtered({ Key: 'Name' }));
  await witness.step(
    'parameters by the same key twice',
    filtered({ Key: 'Name', Values: ['stages'] }, { Key: 'Name', Option: 'BeginsWith', Values: ['s'] }),
  );
  await witness.step('a page of two of three', names({ MaxResults: 2 }));
  const { NextToken } = await describe({ MaxResults: 2 });
  await witness.step('the page after two of three', names({ MaxResults: 2, NextToken }));
  await witness.step('a page of three of three', names({ MaxResults: 3 }));
  await witness.step('pages of none', names({ MaxResults: 0 }));
  await witness.step('pages of 51', names({ MaxResults: 51 }));
  await witness.step('a page after a wrong token', names({ NextToken: 'wrong' }));
}
