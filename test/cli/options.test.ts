import { describe, expect, it } from 'vitest';
import { inCommandWords } from '../../cli/command-words.ts';
import { asOption } from '../../cli/options.ts';
import { parseRunEvent } from '../../lib/run/event.ts';

describe('a problem of an event is told by the option that became its field', () => {
  it.each([
    [{ action: 'delete' }, '<action>: '],
    [{ action: 'copy', policy: 7 }, '--policy: '],
    [{ action: 'snapshot', slot: 'soon' }, '--slot: '],
    [{ action: 'copy', mode: 'dry' }, '--mode: '],
    [{ action: 'copy', target: {} }, '--account and --region: '],
    [{ action: 'copy', target: { account: '1' } }, '--account: '],
    [{ action: 'copy', target: { region: 'here' } }, '--region: '],
    [{ action: 'snapshot', policy: 'a', instances: [] }, '--instance: '],
    [{ action: 'snapshot', policy: 'a', instances: ['web'] }, "--instance: 'web' is not an instance id"],
    [{ action: 'undo', images: ['web'] }, "<image>: 'web' is not an image id"],
    [{ action: 'retire', abandoned: [''] }, '--abandoned: '],
    [{ action: 'retire', policyGone: '' }, '--policy-gone: '],
    [{ action: 'retire', confirmNoInstances: 1 }, '--confirm-no-instances: '],
    [{ action: 'adopt', policy: 'a', filter: { 'aws:made.by': 7 } }, '--filter: 7 will not do'],
  ])('%j', (payload, expected) => {
    const parsed = parseRunEvent(payload);
    const [problem = ''] = parsed.ok ? [] : parsed.problems;

    expect(asOption(problem).slice(0, expected.length)).toBe(expected);
  });

  it.each([
    [
      { action: 'copy', confirmNoInstances: true },
      '--confirm-no-instances: copy takes no --confirm-no-instances; leave it out',
    ],
    [{ action: 'retire', slot: 'current' }, '--slot: retire takes no --slot; leave it out'],
    [{ action: 'retire', images: ['ami-0123456789abcdef0'] }, '<image>: retire takes no <image>; leave it out'],
    [
      { action: 'retire', policyGone: 'a', abandoned: ['b'] },
      '--policy-gone: it names all that ends; leave --abandoned out',
    ],
  ])('and so is what the text says of it: %j', (payload, expected) => {
    const parsed = parseRunEvent(payload);

    expect(parsed.ok ? [] : parsed.problems.map(asOption)).toEqual([expected]);
  });
});

it.each(['policy.yml: there is no such file', 'policies.yml:8:3: reboot: write never or always', 'it failed'])(
  'what is no problem of an event stays as it is: %s',
  (problem) => {
    expect(asOption(problem)).toBe(problem);
  },
);

it("a plan's remedies are told as the command has them", () => {
  const text = 'if they are really all gone, send the event again with confirmNoInstances: true';
  expect(inCommandWords(text)).toBe('if they are really all gone, run this again with --confirm-no-instances');
});
