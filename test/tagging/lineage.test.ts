import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceId } from '../../lib/model/ids.ts';
import { lineagesOf, lineageTagsOf, lineageText } from '../../lib/tagging/lineage.ts';
import { anInstance } from '../builders.ts';
import { anyInstanceId, tagKey, tagValue } from './arbitraries.ts';

const ids = ['i-00000001', 'i-00000002', 'i-00000003', 'i-00000004', 'i-00000005'].map(instanceId);
const instances = (...tags: Record<string, string>[]) =>
  tags.map((each, n) => anInstance({ id: ids[n] ?? instanceId('i-ffffffff'), tags: each }));

describe('the lineage of an instance', () => {
  it('is its own by default', () => {
    expect(lineagesOf(instances({ Role: 'web' }, { Role: 'web' }), undefined)).toEqual(
      new Map([
        ['i-00000001', { lineage: 'i-00000001', sharedBy: [] }],
        ['i-00000002', { lineage: 'i-00000002', sharedBy: [] }],
      ]),
    );
  });

  it('is the value of its lineage tag, so that an instance in its place continues it', () => {
    expect(lineagesOf(instances({ Role: 'web' }, { Role: 'db' }), 'Role')).toEqual(
      new Map([
        ['i-00000001', { lineage: 'Role=web', sharedBy: [] }],
        ['i-00000002', { lineage: 'Role=db', sharedBy: [] }],
      ]),
    );
  });

  it('is its own, and reported, where others share the value at the same time', () => {
    const lineages = lineagesOf(instances({ Role: 'web' }, { Role: 'web' }), 'Role');
    expect(lineages.get(instanceId('i-00000002'))).toEqual({
      lineage: 'Role=web#i-00000002',
      sharedBy: ['i-00000001', 'i-00000002'],
      problem: 'it shares Role=web with i-00000001, so each has a lineage of its own',
    });
  });

  it('does not name everybody who shares the value', () => {
    const web = { Role: 'web' };
    const lineages = lineagesOf(instances(web, web, web, web, web), 'Role');
    expect(lineages.get(instanceId('i-00000002'))?.problem).toBe(
      'it shares Role=web with i-00000001, i-00000003, i-00000004 and 1 more, so each has a lineage of its own',
    );
    expect(lineages.get(instanceId('i-00000005'))?.problem).toContain('i-00000001, i-00000002, i-00000003 and 1 more');
    expect(lineagesOf(instances(web, web, web, web), 'Role').get(instanceId('i-00000001'))?.problem).toBe(
      'it shares Role=web with i-00000002, i-00000003, i-00000004, so each has a lineage of its own',
    );
  });

  it.each<Record<string, string>>([{}, { Role: '' }])(
    'is its own, and reported, where it lacks the tag: %j',
    (tags) => {
      expect(lineagesOf(instances(tags, tags), 'Role').get(instanceId('i-00000001'))).toEqual({
        lineage: 'i-00000001',
        sharedBy: [],
        problem: 'it lacks the lineage tag Role and goes by its own id',
      });
    },
  );

  it('takes no property of every object for a tag', () => {
    expect(lineagesOf(instances({}), 'constructor').get(instanceId('i-00000001'))?.lineage).toBe('i-00000001');
  });
});

describe("a lineage's text", () => {
  // What stands in tags must not change, so these are written out.
  it.each([
    ['a#b', 'Role=a-b~f5c8277f2ed4d968'],
    ['a~b', 'Role=a-b~c1b95f2dd26b2f96'],
    ['x'.repeat(231), `Role=${'x'.repeat(231)}`],
    ['x'.repeat(232), `Role=${'x'.repeat(214)}~bf72049d8c1abfd9`],
  ])('of %s is %s', (value, text) => {
    expect(lineageText('Role', value)).toBe(text);
  });

  it('fits into a tag', () => {
    fc.assert(
      fc.property(tagKey, tagValue, fc.option(anyInstanceId, { nil: undefined }), (key, value, id) => {
        const text = lineageText(key, value, id);
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is the same for no two lineages of one lineage tag', () => {
    const id = fc.option(fc.constantFrom(...ids), { nil: undefined });
    const value = fc.oneof(tagValue, fc.constantFrom('web', ...ids.map((each) => `web#${each}`)));
    const similar = fc.oneof(
      value,
      value.map((text) => lineageText('Role', text).slice('Role='.length)),
    );
    fc.assert(
      fc.property(similar, id, similar, id, (one, itsId, other, otherId) => {
        const same = one === other && itsId === otherId;
        expect(lineageText('Role', one, itsId) === lineageText('Role', other, otherId)).toBe(same);
      }),
    );
  });

  it('tells the tags that it may have been made with, and none where it is of an instance', () => {
    expect(lineageTagsOf('Role=a=b')).toEqual(['Role', 'Role=a']);
    expect(lineageTagsOf('i-0123456789abcdef0')).toEqual([]);
  });
});
