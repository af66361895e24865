import { describe, expect, it } from 'vitest';
import type { ImageDetails, InstanceProfile } from '../../../lib/planning/restore/inventory.ts';
import { launchOf, outcomesOf, owned, plan, read, SERVER, settingsOf, textOf, unread } from './grounds.ts';

const details = (overrides: Partial<ImageDetails>) =>
  read({
    architecture: 'arm64',
    tpm: false,
    ena: true,
    sriov: true,
    productCodes: [],
    rootDevice: '/dev/xvda',
    volumes: new Map(),
    ...overrides,
  });

describe('the instance profile of a restored machine', () => {
  it('is there, with the role that it hands out', () => {
    expect(textOf(plan(), 'instance profile')).toBe('web is there, with the role web-role');
  });

  it('that has no role blocks the restore: EC2 refuses a launch with it', () => {
    const inventory = { profile: read<InstanceProfile>({}) };
    expect(plan({ inventory }).verdict).toBe('blocked');
    expect(textOf(plan({ inventory }), 'instance profile')).toContain(
      'web has no role, and EC2 launches nothing with such a one: give it its role, name another one with --profile, or none',
    );
  });

  it('that is gone blocks the restore: only a person says that a machine goes without its rights', () => {
    const inventory = { profile: read(undefined) };
    const planned = plan({ inventory });
    expect([planned.verdict, outcomesOf(planned, 'instance profile')]).toEqual(['blocked', ['blocked']]);
    expect(textOf(planned, 'instance profile')).toContain('--profile, or none');
    expect(plan({ inventory, flags: { profile: 'none' } }).verdict).toBe('admissible');
  });

  it('that could not be read makes it degraded, and says which right that takes', () => {
    const planned = plan({ inventory: { profile: unread(undefined) } });
    expect([planned.verdict, launchOf(planned)?.profile]).toEqual(['degraded', 'web']);
    expect(textOf(planned, 'instance profile')).toContain('could not be read');
    expect(textOf(planned, 'instance profile')).toContain('iam:GetInstanceProfile');
  });
});

describe('the metadata of a restored machine', () => {
  const image = owned({}, undefined, { ...SERVER, imds: 'optional' });

  it('answer as those of the old one did', () => {
    expect(settingsOf({ image })).toMatchObject({ 'metadata token': 'optional (recipe)' });
    expect(plan({ image }).verdict).toBe('admissible');
  });

  it('ask for a token where the account launches nothing else, which is no longer as it was', () => {
    const inventory = { tokensEnforced: read(true) };
    const planned = plan({ image, inventory });
    expect([planned.verdict, launchOf(planned)?.imds]).toEqual(['degraded', 'required']);
    expect(settingsOf({ image, inventory })).toMatchObject({ 'metadata token': 'required (default)' });
    expect(textOf(planned, 'metadata token')).toContain('IMDSv1');
  });

  it('ask for a token as well where nobody knows how the old ones were', () => {
    const { imds: _, ...rest } = SERVER;
    const planned = plan({ image: owned({}, undefined, rest), inventory: { tokensEnforced: read(true) } });
    expect([planned.verdict, launchOf(planned)?.imds]).toEqual(['admissible', 'required']);
  });

  it('P23: ask for a token where the recipe had no room to say how they were, and the plan is degraded', () => {
    const groups = Array.from({ length: 9 }, (_, index) => `sg-0123456789abcdef${index}`);
    const crowded = owned({}, undefined, { ...SERVER, groups, imds: 'optional' });
    const there = read(groups.map((id) => ({ id, vpc: 'vpc-01' })));
    const planned = plan({ image: crowded, inventory: { groups: there } });
    expect([planned.verdict, launchOf(planned)?.imds]).toEqual(['degraded', 'required']);
    expect(outcomesOf(planned, 'metadata token')).toEqual(['degraded']);
    expect(textOf(planned, 'metadata token')).toContain('no room');
  });

  it('are told where it is not known what the account launches, unless they ask for a token anyway', () => {
    const inventory = { tokensEnforced: unread(false) };
    const planned = plan({ image, inventory });
    expect([planned.verdict, launchOf(planned)?.imds]).toEqual(['degraded', 'optional']);
    expect(textOf(planned, 'metadata token')).toContain('is not known');
    expect(plan({ inventory }).verdict).toBe('admissible');
  });
});

describe('what EC2 refuses only at the launch', () => {
  it('is a product code to which the account may not have subscribed: the plan is degraded by it', () => {
    const planned = plan({ inventory: { details: details({ productCodes: ['abc123'] }) } });
    expect([planned.verdict, outcomesOf(planned, 'product codes')]).toEqual(['degraded', ['unknown']]);
    expect(textOf(planned, 'product codes')).toContain('abc123');
  });

  it('is an image without ENA on a type that has no other adapter', () => {
    const planned = plan({ inventory: { details: details({ ena: false }) } });
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'type')).toContain('m7g.large has no network adapter but ENA');
  });
});

it('what the metadata told of tags they tell again, and the dedicated host is named that it leaves', () => {
  const settings = { ...SERVER, metadataTags: true, tenancy: 'host', host: 'h-0a1b' } as const;
  const planned = plan({ image: owned({}, undefined, settings) });
  expect(launchOf(planned)).toMatchObject({ metadataTags: true });
  expect(launchOf(planned)).not.toHaveProperty('tenancy');
  expect(planned.lost).toContain('its dedicated host h-0a1b: it shares hardware as others do');
});
