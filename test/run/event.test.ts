import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, imageId, instanceId, region } from '../../lib/model/ids.ts';
import { formatRunEvent, parseRunEvent, type RunEvent } from '../../lib/run/event.ts';
import { MAX_CONTINUATIONS } from '../../lib/run/event-schema.ts';

const problemsOf = (payload: unknown) => {
  const parsed = parseRunEvent(payload);
  return parsed.ok ? [] : parsed.problems;
};

describe('a payload', () => {
  it('needs an action and nothing else', () => {
    expect(parseRunEvent({ action: 'retire' })).toEqual({
      ok: true,
      event: { action: 'retire', mode: 'apply', continuation: 0 },
    });
  });

  it('may name a slot, a target, instances and a mode', () => {
    const payload = {
      action: 'snapshot',
      policy: 'nightly',
      slot: '2026-11-23T02:00:00Z',
      mode: 'plan',
      target: { account: '111122223333', region: 'eu-central-1' },
      instances: ['i-0123456789abcdef0'],
    };
    expect(parseRunEvent(payload)).toEqual({
      ok: true,
      event: { ...payload, slot: Date.UTC(2026, 10, 23, 2), continuation: 0 },
    });
  });

  it.each<[string, unknown, string[]]>([
    ['that is no object', 'retire', ['event: ']],
    ['without an action', {}, ['action: ']],
    ['with a field that nobody knows', { action: 'retire', polcy: 'nightly' }, ['event: ']],
    ['with a slot that is no moment', { action: 'snapshot', slot: '2026-02-30T02:00:00Z' }, ['slot: ']],
    ['with a slot in local time', { action: 'snapshot', slot: '2026-11-23T02:00:00+01:00' }, ['slot: ']],
    [
      'with an account that is none',
      { action: 'retire', target: { account: '1', region: 'eu-west-1' } },
      ['target.account: '],
    ],
    ['with a target that is no place', { action: 'retire', target: {} }, ['target: name an account, a region or both']],
    ['with an instance that is none', { action: 'snapshot', policy: 'a', instances: ['i-1'] }, ['instances.0: ']],
    ['with no instances at all', { action: 'snapshot', policy: 'a', instances: [] }, ['instances: ']],
    ['that goes on for ever', { action: 'copy', continuation: MAX_CONTINUATIONS + 1 }, ['continuation: ']],
    [
      'with four mistakes',
      { action: 'delete', mode: 'dry-run', target: { region: 'mars' }, images: ['ami-x'] },
      ['action: ', 'mode: ', 'target.region: ', 'images.0: '],
    ],
    [
      'with fields of another action',
      { action: 'retire', slot: 'current', instances: ['i-0123456789abcdef0'], images: ['ami-0123456789abcdef0'] },
      ['slot: retire takes no slot', 'instances: retire takes no instances', 'images: retire takes no images'],
    ],
    [
      'with instances of no policy',
      { action: 'snapshot', instances: ['i-0123456789abcdef0'] },
      ['instances: name the policy'],
    ],
    ['to undo without its images', { action: 'undo' }, ['images: undo needs it']],
    [
      'to undo with what it has no use for',
      {
        action: 'undo',
        images: ['ami-0123456789abcdef0'],
        policy: 'nightly',
        slot: 'current',
        instances: ['i-0123456789abcdef0'],
        abandoned: ['Role=web'],
        confirmNoInstances: true,
        filter: { Name: 'web*' },
      },
      [
        'policy: undo takes no policy',
        'slot: undo takes no slot',
        'instances: undo takes no instances',
        'abandoned: undo takes no abandoned',
        'confirmNoInstances: undo takes no confirmNoInstances',
        'filter: undo takes no filter',
      ],
    ],
    [
      'to adopt without a filter and a policy',
      { action: 'adopt' },
      ['filter: adopt needs it', 'policy: adopt needs it'],
    ],
    [
      'to adopt every image of the account',
      { action: 'adopt', policy: 'nightly', filter: {} },
      ['filter: name a tag: without one it would be every image of the account'],
    ],
    ['to adopt by a tag without a name', { action: 'adopt', policy: 'nightly', filter: { '': 'x' } }, ['filter.: ']],
    [
      'to adopt by a tag that would be lost, which leaves more images',
      JSON.parse('{ "action": "adopt", "policy": "nightly", "filter": { "__proto__": "web", "Name": "*" } }'),
      ['filter.__proto__: no tag of this name can be asked for'],
    ],
    [
      "to adopt by a pattern of amikeep's own tags, which anybody may write",
      { action: 'adopt', policy: 'nightly', filter: { 'amikeep:adopted': 'ami-*' } },
      ["filter.amikeep:adopted: 'ami-*' takes any image that somebody has written amikeep's tag onto"],
    ],
    [
      'to adopt with images',
      {
        action: 'adopt',
        policy: 'nightly',
        filter: { Name: 'web*' },
        images: ['ami-0123456789abcdef0'],
        abandoned: ['x'],
      },
      ['images: adopt takes no images', 'abandoned: adopt takes no abandoned'],
    ],
    ['to retire no lineage', { action: 'retire', abandoned: [] }, ['abandoned: ']],
    ['to retire a lineage without a name', { action: 'retire', abandoned: [''] }, ['abandoned.0: name a lineage']],
    ['to vouch for nothing', { action: 'retire', confirmNoInstances: 'yes' }, ['confirmNoInstances: ']],
    [
      'to copy with fields of retire',
      { action: 'copy', abandoned: ['x'], confirmNoInstances: false, filter: { a: 'b' } },
      [
        'abandoned: copy takes no abandoned',
        'confirmNoInstances: copy takes no confirmNoInstances',
        'filter: copy takes no filter',
      ],
    ],
  ])('%s is answered with every problem, each by its path', (_, payload, expected) => {
    const problems = problemsOf(payload);
    expect(problems).toEqual(expected.map((start) => expect.stringContaining(start)));
    expect(problems.map((problem, index) => problem.startsWith(expected[index] ?? 'one problem more'))).not.toContain(
      false,
    );
  });

  it.each<[string, unknown, string]>([
    ['action', 7, 'action: 7 will not do; write one of snapshot, copy, retire, drill, undo, adopt'],
    ['action', undefined, 'action: it is missing; write one of snapshot, copy, retire, drill, undo, adopt'],
    ['policy', 7, 'policy: 7 will not do; name a policy, or leave it out for all of them'],
    ['slot', 7, "slot: 7 will not do; write 'current' or a moment in UTC, such as 2026-11-23T02:00:00Z"],
    ['mode', 'dry-run', "mode: 'dry-run' will not do; write plan or apply"],
    ['target', 'here', 'target: \'here\' will not do; write { "account": ..., "region": ... }, one of them or both'],
    ['target', { regoin: 'x' }, 'target: a target has no regoin; it may have account, region'],
    ['target', { account: 1 }, "target.account: 1 will not do; write an account's twelve digits as text"],
    ['target', { region: null }, 'target.region: null will not do; write the name of an AWS region, such as'],
    ['instances', 'i-1', "instances: 'i-1' will not do; write a list of 1 to 1000 instance ids, such as"],
    ['instances', [], 'instances: [] will not do; write a list of 1 to 1000 instance ids'],
    ['instances', [7], 'instances.0: 7 will not do; write an instance id'],
    ['images', {}, 'images: {} will not do; write a list of 1 to 100 image ids, such as'],
    ['images', [null], 'images.0: null will not do; write an image id'],
    ['images', ['x'], "images.0: 'x' is not an image id; expected the form of ami-"],
    ['abandoned', 'Role=web', "abandoned: 'Role=web' will not do; write a list of 1 to 1000 lineages: name a lineage"],
    ['abandoned', [7], 'abandoned.0: 7 will not do; name a lineage as its images have it in amikeep:lineage'],
    ['policyGone', [], 'policyGone: [] will not do; name a policy that is gone, as its images have it'],
    ['policyGone', '', 'policyGone: name a policy that is gone'],
    ['confirmNoInstances', 'yes', "confirmNoInstances: 'yes' will not do; write true or false"],
    ['filter', [], 'filter: [] will not do; write a map of tags, each with a text, such as { "Made": "by-hand" }'],
    ['filter', { Made: true }, "filter.Made: true will not do; write the tag's value as text"],
    ['filter', { '': 'x' }, 'filter.: name a tag'],
    ['orphans', 'yes', "orphans: 'yes' will not do; write true or false"],
    ['unsealed', false, 'unsealed: false will not do; write true, or leave it out'],
    ['until', 7, 'until: 7 will not do; write a moment in UTC, such as 2026-11-23T02:00:00Z'],
    ['continuation', '1', "continuation: '1' will not do; write a whole number from 0 to 8, or leave it out"],
    ['continuation', -1, 'continuation: -1 will not do; write a whole number from 0 to 8'],
    ['polcy', 'x', 'event: an event has no polcy; it may have action, policy, slot, mode,'],
  ])("whose %s is %j is answered in amikeep's own words: place, value and remedy", (field, value, expected) => {
    const problems = problemsOf({ action: 'copy', [field]: value });

    expect(problems[0]?.slice(0, expected.length)).toBe(expected);
    expect(problems.join()).not.toMatch(
      /invalid|expected (string|array|object)|received|unrecognized|too (small|big)/i,
    );
  });

  it('that is a long text shows enough of it to be recognised', () => {
    expect(problemsOf('x'.repeat(5_000))).toEqual([
      `event: '${'x'.repeat(59)}… will not do; write an object with an action, such as { "action": "retire" }`,
    ]);
  });

  it.each(['policy', 'abandoned'])('that ends all of a policy does not name %s as well', (field) => {
    const value = field === 'policy' ? 'nightly' : ['Role=web'];
    expect(problemsOf({ action: 'retire', policyGone: 'weekly', [field]: value })).toEqual([
      `policyGone: it names all that ends; leave ${field} out`,
    ]);
  });

  it.each([
    { action: 'undo', images: ['ami-0123456789abcdef0'] },
    { action: 'adopt', policy: 'nightly', filter: { Name: 'web-*', Owner: '' } },
    { action: 'retire', abandoned: ['Role=web'], confirmNoInstances: true, policy: 'nightly' },
    { action: 'retire', policyGone: 'nightly' },
  ])('of a person may be %j', (payload) => {
    expect(parseRunEvent(payload)).toEqual({ ok: true, event: { ...payload, mode: 'apply', continuation: 0 } });
  });

  it('says what to write instead of a slot that is none', () => {
    expect(problemsOf({ action: 'snapshot', slot: 'today' })).toEqual([
      "slot: 'today' is neither 'current' nor a moment in UTC; write it as 2026-11-23T02:00:00Z",
    ]);
  });
});

/** But the one that a payload can't have. */
const tagName = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');

const anyEvent: fc.Arbitrary<RunEvent> = fc
  .record(
    {
      mode: fc.constantFrom('plan', 'apply'),
      continuation: fc.integer({ min: 0, max: MAX_CONTINUATIONS }),
      until: fc.integer({ min: 0, max: 4e9 }).map((second) => second * 1000),
      policy: fc.constantFrom('nightly', 'weekly'),
      target: fc
        .record(
          {
            account: fc.constant(accountId('111122223333')),
            region: fc.constantFrom('eu-west-1', 'us-east-1').map(region),
          },
          { requiredKeys: [] },
        )
        .filter((place) => Object.keys(place).length > 0),
    },
    { requiredKeys: ['mode', 'continuation'] },
  )
  .chain((common) =>
    fc.oneof(
      fc.constant({ ...common, action: 'retire' } as const),
      fc.constant({ ...common, action: 'copy' } as const),
      fc
        .record(
          { abandoned: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), confirmNoInstances: fc.boolean() },
          { requiredKeys: [] },
        )
        .map((fields) => ({ ...common, ...fields, action: 'retire' as const })),
      fc.constant(common).map(({ policy: _, ...rest }) => ({
        ...rest,
        action: 'undo' as const,
        images: [imageId('ami-0123456789abcdef0'), imageId('ami-0123456789abcdef1')],
      })),
      fc
        .dictionary(tagName, fc.string(), { minKeys: 1, noNullPrototype: true })
        .map((filter) => ({ ...common, action: 'adopt' as const, policy: 'nightly', filter })),
      fc
        .record({
          slot: fc.oneof(
            fc.constant('current' as const),
            fc.integer({ min: 0, max: 4e9 }).map((second) => second * 1000),
          ),
        })
        .map(({ slot }) => ({
          ...common,
          action: 'snapshot' as const,
          slot,
          policy: 'nightly',
          instances: [instanceId('i-0123456789abcdef0')],
        })),
    ),
  );

it('an event is read back as it was sent, by way of JSON', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const payload: unknown = JSON.parse(JSON.stringify(formatRunEvent(event)));
      expect(parseRunEvent(payload)).toEqual({ ok: true, event });
    }),
  );
});
