import { describe, expect, test } from 'vitest';
import { type Context, isAllowed, policyDocument, type Statement } from './iam.ts';

const IMAGE = 'arn:aws:ec2:eu-central-1::image/ami-1';

function statements(...parts: readonly object[]): Statement[] {
  const whole = parts.map((part) => ({ Effect: 'Allow', Action: 'ec2:DeregisterImage', Resource: '*', ...part }));
  return policyDocument.parse({ Version: '2012-10-17', Statement: whole }).Statement;
}

const ask = (context: Context = {}, resource = IMAGE, action = 'ec2:DeregisterImage') => ({
  action,
  resource,
  context,
});

describe('a request', () => {
  test('is denied unless something allows it', () => {
    expect(isAllowed([], ask())).toBe(false);
    expect(isAllowed(statements({}), ask())).toBe(true);
    expect(isAllowed(statements({}), ask({}, IMAGE, 'ec2:DeleteSnapshot'))).toBe(false);
  });

  test('is denied where anything denies it, whatever allows it, in whichever order', () => {
    const deny = { Effect: 'Deny', Condition: { StringEquals: { k: 'x' } } };
    for (const parts of [
      [deny, {}],
      [{}, deny],
    ]) {
      expect(isAllowed(statements(...parts), ask({ k: 'x' }))).toBe(false);
      expect(isAllowed(statements(...parts), ask({ k: 'y' }))).toBe(true);
    }
  });

  test('needs all operators and all keys of one statement, and not of two together', () => {
    const both = { Condition: { StringEquals: { k: 'x', l: 'y' }, Bool: { b: 'true' } } };
    expect(isAllowed(statements(both), ask({ k: 'x', l: 'y', b: 'true' }))).toBe(true);
    for (const context of [
      { k: 'x', l: 'y' },
      { k: 'x', b: 'true' },
      { l: 'y', b: 'true' },
    ]) {
      expect(isAllowed(statements(both), ask(context))).toBe(false);
    }
  });

  test.each([
    ['ec2:deregisterimage', true],
    ['ec2:Deregister*', true],
    ['ec2:D?registerImage', true],
    ['ec2:Deregister', false],
    ['ec2.DeregisterImage', false],
  ])('of ec2:DeregisterImage matches the action %s: %s', (Action, allowed) => {
    expect(isAllowed(statements({ Action }), ask())).toBe(allowed);
  });

  test.each([
    ['arn:aws:ec2:*::image/*', true],
    ['arn:aws:ec2:eu-*::image/ami-?', true],
    ['arn:aws:ec2:*:*:image/*', true],
    ['arn:aws:ec2:*::snapshot/*', false],
    ['arn:aws:ec2:*:111122223333:image/*', false],
    ['arn:aws:ec2:EU-CENTRAL-1::image/*', false],
    // A wildcard does not reach beyond its colon.
    ['arn:aws:ec2:*/ami-1', false],
  ])(`of ${IMAGE} matches the resource %s: %s`, (Resource, allowed) => {
    expect(isAllowed(statements({ Resource }), ask())).toBe(allowed);
  });

  test('of a log stream matches a pattern whose last part has colons in it', () => {
    const Resource = 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/a:log-stream:*';
    const stream = (group: string) => `arn:aws:logs:eu-west-1:111122223333:log-group:${group}:log-stream:2026/11/[1]x`;
    expect(isAllowed(statements({ Resource }), ask({}, stream('/aws/lambda/a')))).toBe(true);
    expect(isAllowed(statements({ Resource }), ask({}, stream('/aws/lambda/ab')))).toBe(false);
  });
});

describe('a condition', () => {
  test.each<[string, string | string[], Context[string] | undefined, boolean]>([
    ['StringEquals', 'x', 'x', true],
    ['StringEquals', 'x', 'X', false],
    ['StringEquals', ['x', 'y'], 'y', true],
    ['StringEquals', 'x*', 'xy', false],
    ['StringEquals', 'x', undefined, false],
    ['StringEqualsIgnoreCase', 'x', 'X', true],
    ['StringLike', 'x*', 'xy', true],
    ['StringLike', 'x?', 'x', false],
    ['StringLike', 'a.c', 'abc', false],
    ['StringLike', '*', undefined, false],
    ['StringNotEquals', 'x', 'y', true],
    ['StringNotEquals', ['x', 'y'], 'y', false],
    ['StringNotEquals', 'x', undefined, true],
    ['StringNotLike', 'x*', 'xy', false],
    ['StringEqualsIfExists', 'x', undefined, true],
    ['StringEqualsIfExists', 'x', 'y', false],
    ['StringEqualsIgnoreCaseIfExists', 'x', 'X', true],
    ['Bool', 'true', 'true', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'true', undefined, false],
    ['BoolIfExists', 'true', undefined, true],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'x', false],
    ['Null', 'false', undefined, false],
    ['Null', 'false', ['x'], true],
    ['ArnEquals', 'arn:aws:iam::1:role/*', 'arn:aws:iam::1:role/a', true],
    ['ArnEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::2:role/a', false],
    ['ForAllValues:StringEquals', ['x', 'y'], ['y', 'x'], true],
    ['ForAllValues:StringEquals', ['x', 'y'], ['x', 'z'], false],
    ['ForAllValues:StringLike', 'x*', ['x1', 'x2'], true],
    // Of no values at all everything is true.
    ['ForAllValues:StringEquals', 'x', undefined, true],
    ['ForAllValues:StringEquals', 'x', [], true],
    ['ForAnyValue:StringEquals', 'x', ['y', 'x'], true],
    ['ForAnyValue:StringEquals', 'x', ['y', 'z'], false],
    ['ForAnyValue:StringEquals', 'x', undefined, false],
    ['ForAnyValue:StringEqualsIfExists', 'x', undefined, true],
    ['ForAnyValue:StringLike', 'x*', 'xy', true],
  ])('%s of %j where the request says %j: %s', (operator, wanted, value, allowed) => {
    const judged = statements({ Condition: { [operator]: { k: wanted } } });
    expect(isAllowed(judged, ask(value === undefined ? {} : { k: value }))).toBe(allowed);
  });

  test('does not heed the case of a key, of a tag in it neither', () => {
    const judged = statements({ Condition: { StringEquals: { 'aws:ResourceTag/Team': 'x' } } });
    expect(isAllowed(judged, ask({ 'AWS:resourcetag/team': 'x' }))).toBe(true);
  });

  test('that this evaluator does not know is an error', () => {
    const judge = (condition: object, value: Context[string]) =>
      isAllowed(statements({ Condition: condition }), ask({ k: value }));
    expect(() => judge({ NumericEquals: { k: '1' } }, '1')).toThrow('NumericEquals');
    expect(() => judge({ StringEquals: { k: 'x' } }, ['x'])).toThrow('several values');
    expect(() => statements({ NotResource: '*' })).toThrow('NotResource');
  });
});
