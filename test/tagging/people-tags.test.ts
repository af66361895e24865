import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tags } from '../../lib/model/resources.ts';
import { adoptionTags, composeTags, inheritTags, MOST_TAGS, type TagRequest } from '../../lib/tagging/people-tags.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { anImage, aStamp, DR } from '../builders.ts';
import { anyStamp, tagKey, tagValue } from './arbitraries.ts';

const stamp = aStamp();

function compose(request: Partial<TagRequest> = {}): Tags {
  const composed = composeTags({ stamp, policyTags: {}, instanceTags: [], fromInstance: {}, ...request });
  if (!composed.ok) throw new Error(composed.problem);
  return composed.tags;
}

const manyTags = (count: number): Tags => Object.fromEntries(Array.from({ length: count }, (_, n) => [`Key${n}`, 'x']));
const RECIPE = { shape: 'm7g.large az=euc1-az1', address: '10.0.3.7' };

describe('the recipe of an image', () => {
  const stamps = Object.keys(encodeStamp(stamp)).length;
  const room = MOST_TAGS - stamps - 'Name Version'.split(' ').length;

  it('comes with it where its tags leave room for both texts', () => {
    const at = (count: number) =>
      composeTags({ stamp, policyTags: manyTags(count), instanceTags: [], fromInstance: {}, recipe: RECIPE });
    expect(at(room - 2)).toMatchObject({ ok: true, recipe: RECIPE });
    expect(at(room - 1)).not.toHaveProperty('recipe');
    expect(at(room)).toMatchObject({ ok: true });
  });

  it('goes with its copy before what people added, and after what its policy writes', () => {
    const added = { ...manyTags(40), zone: 'x' };
    const { tags, recipe, leftOut } = inheritTags(added, stamp, ['zone'], RECIPE);
    expect(recipe).toEqual(RECIPE);
    expect(tags.zone).toBe('x');
    expect(Object.keys(tags)).toHaveLength(MOST_TAGS - 2);
    expect(leftOut).toHaveLength(41 - (MOST_TAGS - 2 - stamps));

    const policyTags = manyTags(MOST_TAGS - stamps - 1);
    expect(inheritTags(policyTags, stamp, Object.keys(policyTags), RECIPE)).not.toHaveProperty('recipe');
  });

  it('comes with what is adopted where the image has room', () => {
    const { id } = anImage();
    expect(adoptionTags({ id, tags: {} }, stamp, RECIPE)).toMatchObject({ ok: true, recipe: RECIPE });
    const full = manyTags(MOST_TAGS - stamps - 1);
    expect(adoptionTags({ id, tags: full }, stamp, RECIPE)).not.toHaveProperty('recipe');
  });
});

const anyTags = fc.dictionary(tagKey, tagValue, { maxKeys: 10 });

describe('the tags of an image', () => {
  it("are its stamp, a name and a version for people's eyes", () => {
    expect(compose({ fromInstance: { Name: 'web-1' } })).toEqual({
      ...encodeStamp(stamp),
      Name: 'web-1 2026.11.23-0200',
      Version: '2026.11.23-0200',
    });
  });

  it.each([{}, { Name: '' }])('name the instance by its id if it has no name: %j', (fromInstance) => {
    expect(compose({ fromInstance }).Name).toBe('i-0123456789abcdef0 2026.11.23-0200');
  });

  it("cut the instance's name and not the version", () => {
    const { Name = '' } = compose({ fromInstance: { Name: 'n'.repeat(256) } });
    expect(Name).toHaveLength(256);
    expect(Name.endsWith('nnn 2026.11.23-0200')).toBe(true);
  });

  it("hold the policy's tags and those of the instance that the policy asks for", () => {
    const tags = compose({
      policyTags: { Project: 'shop' },
      instanceTags: ['Team', 'Stage'],
      fromInstance: { Team: 'web', Secret: 'x' },
    });
    expect(tags).toMatchObject({ Project: 'shop', Team: 'web' });
    expect(tags).not.toHaveProperty('Secret');
    expect(tags).not.toHaveProperty('Stage');
  });

  it.each([
    ["the policy's tags over the instance's", { A: 'policy' }, { A: 'instance' }, { A: 'policy' }],
    ['the policy over our Name and Version', { Name: 'n', Version: 'v' }, {}, { Name: 'n', Version: 'v' }],
    ["the instance's Name over ours where it is asked for", {}, { Name: 'web-1' }, { Name: 'web-1' }],
  ])('prefer %s', (_, policyTags, fromInstance, expected) => {
    expect(compose({ policyTags, fromInstance, instanceTags: ['A', 'Name'] })).toMatchObject(expected);
  });

  it("P6: hold an image whose instance is on hold, and only then: that is not a policy's to say", () => {
    expect(compose({ fromInstance: { 'amikeep:hold': 'audit' } })['amikeep:hold']).toBe('audit');
    expect(compose({ policyTags: { 'amikeep:hold': 'audit' } })).not.toHaveProperty('amikeep:hold');
  });

  it("say the stamp, take nobody's word for it and leave AWS's own tags out", () => {
    fc.assert(
      fc.property(anyStamp, anyTags, fc.array(tagKey), anyTags, (any, policyTags, instanceTags, fromInstance) => {
        const tags = compose({ stamp: any, policyTags, instanceTags, fromInstance });
        expect(tags).toMatchObject(encodeStamp(any));
        expect(Object.keys(tags).filter((key) => /^aws:/i.test(key))).toEqual([]);
        for (const [key, value] of Object.entries(policyTags)) {
          if (!/^(?:aws|amikeep):/i.test(key)) expect(Object.getOwnPropertyDescriptor(tags, key)?.value).toBe(value);
        }
      }),
    );
  });

  it('leave room for the tags that retiring and copying write', () => {
    const ours = Object.keys(compose()).length;
    expect(Object.keys(compose({ policyTags: manyTags(MOST_TAGS - ours) }))).toHaveLength(42);
  });

  it('are a problem where they are too many', () => {
    const request = { stamp, policyTags: manyTags(33), instanceTags: [], fromInstance: {} };
    expect(composeTags(request)).toEqual({
      ok: false,
      problem:
        'the image would carry 47 tags, and 42 is the most: EC2 allows 50, and 8 are left free for retiring and copying; ' +
        'take 5 away from image.tags or image.instanceTags of policy nightly',
    });
  });
});

describe('the tags of a copy', () => {
  it("are its own stamp and people's tags and the hold of its source", () => {
    const copy = aStamp({ home: DR, attempt: 2 });
    const source = {
      ...compose({ policyTags: { Project: 'shop' }, fromInstance: { Name: 'web-1', 'amikeep:hold': 'audit' } }),
      'amikeep:retire': '2026-11-23T02:00:00Z old',
      'amikeep:copy-attempts:eu-west-1': '2',
      'aws:cloudformation:stack-name': 'x',
    };
    expect(inheritTags(source, copy, [])).toEqual({
      leftOut: [],
      tags: {
        ...encodeStamp(copy),
        Project: 'shop',
        Name: 'web-1 2026.11.23-0200',
        Version: '2026.11.23-0200',
        'amikeep:hold': 'audit',
      },
    });
  });

  it('P23: are without some of people’s where the source has more than the copy has room for, its policy’s come first', () => {
    const source = { ...compose({ policyTags: { zone: 'b' } }), ...manyTags(32) };
    const { tags, leftOut } = inheritTags(source, stamp, ['zone']);
    expect(Object.keys(tags)).toHaveLength(MOST_TAGS);
    expect(tags).toMatchObject({ ...encodeStamp(stamp), Name: source.Name, Version: source.Version, zone: 'b' });
    expect(leftOut).toHaveLength(5);
    expect(Object.keys(tags)).not.toEqual(expect.arrayContaining([...leftOut]));
  });
});

describe('the tags of an image that is adopted', () => {
  const { id } = anImage();
  const adopt = (tags: Tags) => adoptionTags({ id, tags }, stamp);
  const written = { ...encodeStamp(stamp), 'amikeep:adopted': id };

  it('are the stamp and its own id, beside those that it has', () => {
    expect(adopt({ Name: 'before amikeep', Owner: 'shop' })).toEqual({ ok: true, tags: written });
  });

  it('are a problem where the image has so many that there is no room for those of its retirement', () => {
    const room = MOST_TAGS - Object.keys(written).length;
    expect(adopt(manyTags(room)).ok).toBe(true);
    expect(adopt(manyTags(room + 2))).toEqual({
      ok: false,
      problem:
        'the image would carry 44 tags, and 42 is the most: EC2 allows 50, and 8 are left free for retiring and copying; ' +
        'take 2 off the image',
    });
  });

  it('have room where some of them stand there already, or are AWS’s own, which do not count', () => {
    const room = MOST_TAGS - Object.keys(written).length;
    const again = { 'amikeep:policy': 'another', 'amikeep:keep': 'last=1 zone=UTC' };
    expect(adopt({ ...manyTags(room), ...again, 'aws:backup:source': 'x', 'AWS:other': 'y' }).ok).toBe(true);
  });
});
