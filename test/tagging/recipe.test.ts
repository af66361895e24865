import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchSettings } from '../../lib/model/launch-settings.ts';
import type { Recipe } from '../../lib/model/resources.ts';
import { readRecipe, writeRecipe } from '../../lib/tagging/recipe.ts';
import { recipeHash, recipeIn, recipeTags, sealedRecipe } from '../../lib/tagging/recipe-tags.ts';
import { LONGEST_VALUE } from '../../lib/tagging/text.ts';

const SERVER: LaunchSettings = {
  type: 'm7g.large',
  zoneId: 'euc1-az2',
  subnet: 'subnet-0a1b',
  vpc: 'vpc-0a1b',
  groups: ['sg-01', 'sg-02'],
  profile: 'web',
  key: 'ops 26',
  imds: 'required',
  hops: 2,
  tenancy: 'dedicated',
  placementGroup: 'by=us, us+them',
  ebsOptimized: true,
  monitoring: true,
  hibernation: true,
  enclave: true,
  lifecycle: 'spot',
  metadataTags: true,
  host: 'h-0a1b',
  privateAddress: '10.0.3.7',
  publicAddress: '203.0.113.9',
  elasticAddress: '198.51.100.1',
  ipv6Addresses: ['2001:db8::1', '2001:db8::2'],
  interfaces: 2,
  forwards: true,
};

const WRITTEN: Recipe = {
  shape:
    'm7g.large az=euc1-az2 subnet=subnet-0a1b vpc=vpc-0a1b sg=sg-01,sg-02 profile=web key=ops%2026 imds=required hops=2 ' +
    'tenancy=dedicated group=by=us%2C%20us%2Bthem ebs-optimized=on monitoring=on hibernation=on enclave=on lifecycle=spot imds-tags=on host=h-0a1b',
  address: '10.0.3.7 public=203.0.113.9 elastic=198.51.100.1 ipv6=2001:db8::1,2001:db8::2 enis=2 forwards=on',
};

const name = fc.stringMatching(/^[^\p{C}]{1,80}$/u);
const hex = fc.stringMatching(/^[0-9a-f]{8,17}$/);
const groups = fc.array(
  hex.map((digits) => `sg-${digits}`),
  { minLength: 1, maxLength: 20 },
);
const anySettings: fc.Arbitrary<LaunchSettings> = fc.record(
  {
    type: fc.constantFrom('t4g.nano', 'm7i.large'),
    zoneId: fc.constantFrom('euc1-az1', 'use1-az6'),
    subnet: hex.map((digits) => `subnet-${digits}`),
    groups,
    profile: fc.stringMatching(/^[\w+=,.@-]{1,128}$/),
    key: name,
    imds: fc.constantFrom('required', 'optional', 'off'),
    placementGroup: name,
    monitoring: fc.constant(true as const),
    privateAddress: fc.ipV4(),
    ipv6Addresses: fc.array(fc.ipV6(), { minLength: 1, maxLength: 20 }),
    interfaces: fc.integer({ min: 2, max: 15 }),
  },
  { requiredKeys: [] },
);

describe('a recipe', () => {
  it('is written in words of a fixed order, and read again', () => {
    expect(writeRecipe(SERVER)).toEqual(WRITTEN);
    expect(readRecipe(WRITTEN)).toEqual({ settings: SERVER, cut: [] });
  });

  it('has no text where there is nothing to say', () => {
    expect(writeRecipe({})).toEqual({});
    expect(writeRecipe({ type: 'm7g.large' })).toEqual({ shape: 'm7g.large' });
    expect(readRecipe({})).toEqual({ settings: {}, cut: [] });
  });

  it('says what was written, or less and that it was cut, in no more than a tag holds', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const written = writeRecipe(settings);
        const { settings: read, cut } = readRecipe(written);
        expect(settings).toMatchObject(read);
        if (cut.length === 0) expect(read).toEqual(settings);
        for (const tag of ['shape', 'address'] as const) {
          expect((written[tag] ?? '').length).toBeLessThanOrEqual(LONGEST_VALUE);
          expect(cut.includes(tag)).toBe(written[tag]?.endsWith('+') ?? false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses a list that has no room as a whole, since half of the groups is another machine, and keeps the rest', () => {
    const groups = Array.from({ length: 16 }, (_, n) => `sg-0123456789abcde${n.toString(16).padStart(2, '0')}`);
    const { shape } = writeRecipe({ type: 'm7g.large', groups, profile: 'web', key: 'ops' });
    expect(shape).toBe('m7g.large profile=web key=ops +');
    expect(readRecipe({ shape: shape ?? '' })).toEqual({
      settings: { type: 'm7g.large', profile: 'web', key: 'ops' },
      cut: ['shape'],
    });
  });

  it.each<[string, string, LaunchSettings]>([
    [
      'words of a later version',
      'm9z.huge quantum=on az=euc1-az1 ebs-optimized=later',
      { type: 'm9z.huge', zoneId: 'euc1-az1' },
    ],
    ['words in another order', 'key=ops m7g.large', { key: 'ops', type: 'm7g.large' }],
    ['numbers that are none', 'm7g.large hops=many', { type: 'm7g.large' }],
    ['empty words', 'm7g.large key= sg=sg-1,,sg-2', { type: 'm7g.large' }],
    ['what is not encoded as it should be', 'm7g.large key=%E0%A4%A group=%', { type: 'm7g.large' }],
    [
      'what has not the form of its word',
      'm7g.large profile=a;b subnet=sg-01 az=../x key=%1b[2J',
      { type: 'm7g.large' },
    ],
    [
      'a name of every object’s prototype',
      'constructor.x az=constructor',
      { type: 'constructor.x', zoneId: 'constructor' },
    ],
    ['nothing', '', {}],
  ])('passes over %s', (_, shape, settings) => {
    expect(readRecipe({ shape }).settings).toEqual(settings);
  });

  it.each(['203.0.113.9%20;curl%20evil', '999.0.0.1', 'web-1'])('has no address that is none: %s', (text) => {
    const { settings } = readRecipe({ address: `${text} public=${text} elastic=${text}` });
    expect(settings.publicAddress ?? settings.elasticAddress).toBeUndefined();
  });

  it('never fails to be read, whatever somebody wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (shape, address) => {
        expect(readRecipe({ shape, address }).settings).toBeTypeOf('object');
      }),
    );
  });

  it('is two tags of an image, and nothing where it has none', () => {
    const tags = recipeTags(WRITTEN);
    expect(Object.keys(tags)).toEqual(['amikeep:shape', 'amikeep:address']);
    expect(recipeIn({ Name: 'web', ...tags })).toEqual(WRITTEN);
    expect(recipeIn({ Name: 'web' })).toBeUndefined();
    expect(recipeTags({})).toEqual({});
  });

  it('has a hash of its own, in which its two texts do not run together', () => {
    const all = [WRITTEN, {}, { shape: 'a' }, { address: 'a' }, { shape: 'a', address: 'b' }, { shape: 'a b' }];
    expect(new Set(all.map(recipeHash)).size).toBe(all.length);
    expect(recipeHash(WRITTEN)).toMatch(/^[\w-]{43}$/);
  });

  it('is believed only where it is sealed', () => {
    expect(sealedRecipe({ recipe: { ...WRITTEN, sealed: true } })).toEqual(WRITTEN);
    expect(sealedRecipe({ recipe: { ...WRITTEN, sealed: false } })).toBeUndefined();
    expect(sealedRecipe({})).toBeUndefined();
  });
});
