import type { Tag } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { defaultBehaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import { allHold, compileFilters, taggedFilterTable } from '../../sandbox/ec2/requests/filters.ts';
import { aPlane, refusal } from './plane.ts';

interface Thing {
  readonly name: string;
  readonly Tags?: Tag[];
}

const table = taggedFilterTable<Thing>({ name: ({ name }) => name });

function matches(pattern: string, name: string): boolean {
  return allHold(compileFilters([{ Name: 'name', Values: [pattern] }], table, defaultBehaviour), { name });
}

describe('a filter value', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'ABC', false],
    ['abc', 'abcd', false],
    ['a*', 'a', true],
    ['a*c', 'abbbc', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', true],
    ['a?c', 'abbc', false],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\?', 'a?', true],
    ['a\\\\b', 'a\\b', true],
    ['a.c', 'abc', false],
    ['*.c', 'a.c', true],
    ['*(x)[y]{z}^$|+', '(x)[y]{z}^$|+', true],
    ['a*b', 'a\nb', true],
    ['', '', true],
  ])('%j applied to %j gives %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });
});

describe('filters', () => {
  const compile = (Name: string, Values: string[], behaviour = defaultBehaviour) =>
    compileFilters([{ Name, Values }], table, behaviour);

  it('match a tag by its value and by the presence of its key', () => {
    const thing = { name: 'x', Tags: [{ Key: 'a:b', Value: '' }] };
    expect(allHold(compile('tag:a:b', ['']), thing)).toBe(true);
    expect(allHold(compile('tag:a', ['*']), thing)).toBe(false);
    expect(allHold(compile('tag-key', ['a*']), thing)).toBe(true);
  });

  it.each(['nope', 'constructor', '__proto__', 'tag-value'])('do not exist under the name %s', (name) => {
    expect(refusal(() => compile(name, ['x']))).toEqual({
      code: 'InvalidParameterValue',
      message: `The filter '${name}' is invalid`,
    });
  });

  it.each([
    ['DescribeImages', 'product-code'],
    ['DescribeImages', 'image-watermark.watermark-key'],
    ['DescribeImages', 'scan-result.finding-scan-date'],
    ['DescribeInstances', 'tenancy'],
    ['DescribeSubnets', 'ipv6-native'],
    ['DescribeNetworkInterfaces', 'requester-id'],
    ['DescribeSnapshots', 'owner-alias'],
    ['DescribeVolumes', 'create-time'],
  ] as const)('of %s that EC2 has and the sandbox does not are refused as such: %s', (operation, Name) => {
    const { call } = aPlane();
    expect(refusal(() => call(operation, { Filters: [{ Name, Values: ['x'] }] }))).toEqual({
      code: 'UnsupportedOperation',
      message: `sandbox does not model the filter '${Name}': leave it out, or add it to the operation's filters`,
    });
    expect(refusal(() => call(operation, { Filters: [{ Name: `${Name}s`, Values: ['x'] }] })).message).toBe(
      `The filter '${Name}s' is invalid`,
    );
  });

  it('are at most fifty, with at most two hundred values of at most 255 characters', () => {
    const filters = Array.from({ length: 51 }, () => ({ Name: 'name', Values: ['x'] }));
    expect(refusal(() => compileFilters(filters, table, defaultBehaviour)).code).toBe('FilterLimitExceeded');
    expect(
      refusal(() =>
        compile(
          'name',
          Array.from({ length: 201 }, (_, index) => String(index)),
        ),
      ).code,
    ).toBe('FilterLimitExceeded');
    expect(refusal(() => compile('name', ['x'.repeat(256)])).code).toBe('InvalidParameterValue');
    expect(
      allHold(
        compile(
          'name',
          Array.from({ length: 200 }, (_, index) => String(index)),
        ),
        { name: '199' },
      ),
    ).toBe(true);
  });

  it('without values are refused, match nothing or are ignored, as the behaviour says', () => {
    const having = (filterWithoutValues: 'refused' | 'matches-nothing' | 'ignored') =>
      allHold(compile('name', [], { ...defaultBehaviour, filterWithoutValues }), { name: 'x' });
    expect(refusal(() => having('refused')).code).toBe('InvalidParameterValue');
    expect(having('matches-nothing')).toBe(false);
    expect(having('ignored')).toBe(true);
  });
});
