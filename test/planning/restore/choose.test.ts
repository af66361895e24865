import { describe, expect, it } from 'vitest';
import { accountId, imageId, instanceId } from '../../../lib/model/ids.ts';
import type { Image, Tags } from '../../../lib/model/resources.ts';
import { DAY } from '../../../lib/model/time.ts';
import { chooseImage } from '../../../lib/planning/restore/choose.ts';
import type { Wanted } from '../../../lib/planning/restore/request.ts';
import { type OwnedImage, readOwnership } from '../../../lib/tagging/ownership.ts';
import { drilledTag, passedTag } from '../../../lib/tagging/verdict.ts';
import { anImageOf, aStamp, DR, HERE } from '../../builders.ts';

const DRILL = instanceId('i-0123456789abcdef0');
const FIRST = aStamp().slot;
const VAULT = { account: accountId('444455556666'), region: DR.region };

function version(day: number, home = HERE, overrides: Partial<Image> = {}): OwnedImage {
  const id = imageId(
    `ami-${String(home.region.length).padStart(2, '0')}${home.account}${String(day).padStart(3, '0')}`,
  );
  const found = readOwnership(anImageOf(aStamp({ slot: FIRST + day * DAY, home }), { id, ...overrides }), 'prod');
  if (found.kind !== 'ours') throw new Error(found.problem);
  return found;
}

const choose = (images: readonly OwnedImage[], wanted: Wanted = {}) => chooseImage(images, wanted, HERE.account);

function chosen(images: readonly OwnedImage[], wanted?: Wanted): string {
  const choice = choose(images, wanted);
  return choice.ok ? choice.image.image.id : choice.problem;
}

describe('the image that a restore starts from', () => {
  const days = [0, 1, 2].flatMap((day) => [version(day), version(day, DR)]);

  it('is the newest good one where the server was', () => {
    expect(chosen(days)).toBe(version(2).image.id);
    expect(choose(days)).toMatchObject({ why: 'the newest good one in eu-central-1; it is not verified' });
  });

  it('is a newest one that is good: what is still being made or has failed is told', () => {
    const pending = [...days, version(3, HERE, { state: 'pending' })];
    const choice = choose(pending);
    expect(choice).toMatchObject({ ok: true, why: expect.stringContaining('2026.11.26-0200') });
    expect(chosen(pending)).toBe(version(2).image.id);
  });

  it('is a copy where the source region has none, or is not meant', () => {
    expect(chosen([version(1, DR), version(0, DR)])).toBe(version(1, DR).image.id);
    expect(chosen(days, { region: DR.region })).toBe(version(2, DR).image.id);
  });

  it('has data of the moment that is named or of before, whatever its slot is', () => {
    const made = FIRST + DAY + 5_000;
    expect(chosen(days, { at: made })).toBe(version(1).image.id);
    expect(chosen(days, { at: made - 1 })).toBe(version(0).image.id);
    // Of a copy EC2 tells only when the copy was made.
    expect(chosen(days, { at: FIRST + DAY, region: DR.region })).toBe(version(1, DR).image.id);
    expect(chosen(days, { at: FIRST - 1 })).toContain('there are 2026.11.23-0200 to 2026.11.25-0200');
  });

  it('is the version that is named, or none', () => {
    expect(chosen(days, { version: '2026.11.24-0200' })).toBe(version(1).image.id);
    expect(chosen(days, { version: '2026.11.24-0300' })).toContain('there is no version 2026.11.24-0300');
  });

  it('is the image that is named, in whatever state it is: the plan says what is amiss with it', () => {
    const disabled = version(0, HERE, { state: 'disabled' });
    expect(chosen([...days.slice(1), disabled], { image: disabled.image.id })).toBe(disabled.image.id);
    expect(chosen(days, { image: imageId('ami-00000000000000099') })).toContain('there is no image');
  });

  it('is told to be verified or not, and which is the newest one that is', () => {
    const pass = { at: FIRST + 2 * DAY, rung: 'status', seconds: 400, type: 'm7g.large', instance: DRILL } as const;
    const passed = passedTag(pass);
    const failed = drilledTag({ at: FIRST + 3 * DAY, verdict: 'failed', failures: 1, reason: 'no prompt' });
    const tagged = (owned: OwnedImage, tags: Tags) => ({ tags: { ...owned.image.tags, ...tags } });
    const verified = version(1, HERE, tagged(version(1), passed));
    expect(choose([version(0), verified])).toMatchObject({
      why: expect.stringContaining('; it is verified 2026-11-25'),
    });
    expect(choose([verified, version(2)])).toMatchObject({
      why: expect.stringContaining(
        `it is not verified; the newest verified one there is 2026.11.24-0200 (${verified.image.id})`,
      ),
    });
    const copy = version(2, DR, tagged(version(2, DR), passed));
    expect(choose([version(2), copy])).toMatchObject({
      why: expect.stringContaining(
        `it is not verified; the same version in ${DR.region} (${copy.image.id}) is verified`,
      ),
    });
    const doubtful = version(1, HERE, tagged(version(1), { ...passed, ...failed }));
    expect(choose([doubtful, version(2)])).toMatchObject({ why: expect.stringMatching(/it is not verified$/) });
  });

  it('is none that was revoked, unless it is named', () => {
    const revoked = version(3, HERE, { tags: { ...version(3).image.tags, 'amikeep:revoked': 'bad kernel' } });
    expect(chosen([...days, revoked])).toBe(version(2).image.id);
    expect(choose([...days, revoked])).toMatchObject({ why: expect.stringContaining('is revoked') });
    expect(chosen([...days, revoked], { image: revoked.image.id })).toBe(revoked.image.id);
  });

  it('is of the account whose credentials are used', () => {
    const vault = version(3, VAULT);
    expect(chosen([...days, vault])).toBe(version(2).image.id);
    expect(chosen([vault])).toContain('is in account 444455556666');
    expect(chosen([vault], { image: vault.image.id })).toContain('is in account 444455556666');
  });

  it('is none where no image of it can be started, with the states that they are in', () => {
    const disabled = version(0, HERE, { state: 'disabled' });
    expect(chosen([disabled])).toContain(`${disabled.image.id} (2026.11.23-0200) is disabled`);
    expect(chosen([version(0)], { region: DR.region })).toContain('there is no image of it in eu-west-1');
  });
});
