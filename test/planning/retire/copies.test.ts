import { describe, expect, it } from 'vitest';
import { placeKey, region } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { HOUR } from '../../../lib/model/time.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { aPolicy, aPolicyFile, DR } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyOfDay,
  cutShort,
  imageOfDay,
  imagesOfDays,
  inShort,
  marked,
  NOW,
  read,
  retireInventory,
} from '../fleet.ts';

/** The source keeps one image and the DR region two, so the second is expired here and wanted there. */
const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 2 } };
const file = (...copies: CopySettings[]) =>
  aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 }, copies })] });
const retire = (copies: readonly Image[], overrides: Partial<RetireInventory> = {}) =>
  planRetirement(
    file(toDr),
    retireInventory(imagesOfDays(3), { copies: new Map([[AT_DR, read(copies)]]), ...overrides }),
    NOW,
  );

describe('P5: a source', () => {
  it('goes once its wanted copy is there, and one whose copy is not wanted goes without', () => {
    expect(inShort(retire([copyOfDay(0), copyOfDay(1)]))).toEqual({
      1: 'keep keep-rule',
      2: 'mark expired',
      3: 'mark expired',
    });
  });

  it('is not retired while its wanted copy is missing', () => {
    const plan = retire([copyOfDay(2)]);
    expect(about(plan, ami(2))).toMatchObject({
      action: 'refuse',
      reason: { code: 'copy-missing', text: 'its copy to eu-west-1 is missing' },
    });
  });

  it.each(['pending', 'other'] as const)('is not retired while its wanted copy is %s', (state) => {
    const plan = retire([copyOfDay(0), copyOfDay(1, {}, { state })]);
    expect(about(plan, ami(2)).reason).toMatchObject({
      code: 'copy-missing',
      text: `its copy to eu-west-1 (${copyOfDay(1).id}) is still pending`,
    });
  });

  it('is not retired while its wanted copy has failed', () => {
    const plan = retire([copyOfDay(0), copyOfDay(1, {}, { state: 'failed' })]);
    expect(about(plan, ami(2)).reason).toMatchObject({
      code: 'copy-missing',
      text: 'its copy to eu-west-1 is missing, 1 attempts at it failed',
    });
  });

  it.each([
    ['no copy was ever tried', []],
    ['none is finished', [copyOfDay(0, {}, { state: 'pending' })]],
    ['all have failed', [copyOfDay(0, {}, { state: 'failed' })]],
  ])('waits, with all that its lineage has, where the DR region has none of it: %s', (_, copies) => {
    const plan = retire(copies);
    expect(about(plan, ami(3))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'no-copy-yet',
        text: 'eu-west-1 has no copy of this lineage yet; until it has, nothing of it goes here',
      },
    });
    // It is not brought back for that: what is on its way out waits where it is.
    const leaving = { images: read([imageOfDay(0), imageOfDay(1), marked(imageOfDay(2), NOW - 30 * HOUR)]) };
    expect(inShort(retire(copies, leaving))).toMatchObject({ 3: 'refuse no-copy-yet' });
  });

  it('that failed itself waits for no copy', () => {
    const failed = imageOfDay(5, {}, { state: 'failed' });
    const plan = retire([], { images: read([...imagesOfDays(3), failed]) });
    expect(about(plan, failed.id)).not.toMatchObject({ reason: { code: 'no-copy-yet' } });
  });

  it('goes where one attempt at its copy failed and another came to be', () => {
    const second = copyOfDay(1, { attempt: 2 }, { id: ami(99) });
    for (const copies of [
      [copyOfDay(0), copyOfDay(1, {}, { state: 'failed' }), second],
      [copyOfDay(0), second, copyOfDay(1, {}, { state: 'pending' })],
      [copyOfDay(0), copyOfDay(1, {}, { state: 'pending' }), second],
    ]) {
      expect(inShort(retire(copies))).toMatchObject({ 2: 'mark expired' });
    }
  });

  it('loses its mark once its copy is gone', () => {
    const images = [imageOfDay(0), marked(imageOfDay(1), NOW - 30 * HOUR)];
    const plan = retire([copyOfDay(2)], { images: read(images) });
    expect(inShort(plan)).toMatchObject({ 2: 'unmark wanted-again' });
  });

  it.each([
    ['was cut short', new Map([[AT_DR, cutShort([copyOfDay(0), copyOfDay(1)])]])],
    ['was not made', new Map()],
  ])('P4: is not retired while the reading of its DR region %s', (_, copies) => {
    const images = [imageOfDay(0), marked(imageOfDay(1), NOW - 30 * HOUR), imageOfDay(2)];
    const plan = retire([], { images: read(images), copies });
    expect(inShort(plan)).toEqual({
      1: 'keep keep-rule',
      2: 'refuse evidence-incomplete',
      3: 'refuse evidence-incomplete',
    });
    expect(about(plan, ami(3)).reason.text).toContain('wants copies in eu-west-1, which could not be read');
    expect(plan.problems).toHaveLength(copies.size);
  });

  it('P4: goes in peace where the unread DR region is another policy’s', () => {
    const other = aPolicy({ name: 'weekly', copies: [toDr] });
    const plan = planRetirement(
      aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 } }), other] }),
      retireInventory([...imagesOfDays(2), imageOfDay(4, { policy: 'weekly' }), imageOfDay(5, { policy: 'weekly' })], {
        copies: new Map([[AT_DR, cutShort([])]]),
      }),
      NOW,
    );
    expect(inShort(plan)).toMatchObject({ 2: 'mark expired', 5: 'keep keep-rule' });
  });

  it('waits for its copies in every DR region', () => {
    const elsewhere = region('us-east-1');
    const plan = planRetirement(
      file(toDr, { ...toDr, region: elsewhere }),
      retireInventory(imagesOfDays(2), {
        copies: new Map([
          [AT_DR, read([copyOfDay(0), copyOfDay(1)])],
          [placeKey({ ...DR, region: elsewhere }), read([imageOfDay(3, { home: { ...DR, region: elsewhere } })])],
        ]),
      }),
      NOW,
    );
    expect(about(plan, ami(2)).reason.text).toBe('its copy to us-east-1 is missing');
  });

  it('P14: in a region that the file names no more waits for no copy, since none is made', () => {
    const plan = planRetirement(
      { ...file(toDr), regions: [region('us-east-1')] },
      retireInventory(imagesOfDays(8, { keep: { rules: { keepLast: 7 }, timeZone: 'UTC' } })),
      NOW,
    );
    expect(inShort(plan)).toMatchObject({ 7: 'keep keep-rule', 8: 'mark expired' });
  });
});

describe('copies in their DR region', () => {
  const inDr = (images: readonly Image[], copies: CopySettings[]) =>
    planRetirement(file(...copies), retireInventory(images, { target: DR }), NOW);

  it('are under their own rules, not under those of their sources', () => {
    const plan = inDr([copyOfDay(0), copyOfDay(1), copyOfDay(2)], [toDr]);
    expect(plan.decisions.map(({ action }) => action).sort()).toEqual(['keep', 'keep', 'mark']);
    expect(about(plan, copyOfDay(2).id).action).toBe('mark');
  });

  it('are under the rules of their own region, not of another that the policy copies to', () => {
    const plan = inDr(
      [copyOfDay(0), copyOfDay(1)],
      [{ ...toDr, region: region('us-east-1'), retention: { keepLast: 1 } }, toDr],
    );
    expect(plan.decisions.map(({ action }) => action)).toEqual(['keep', 'keep']);
  });

  it('P2: keep their newest, and no copy is wanted of a copy', () => {
    const everywhere = [toDr, { ...toDr, region: region('us-east-1') }];
    const plan = inDr([copyOfDay(5, {}, { state: 'disabled' }), copyOfDay(6), copyOfDay(7)], everywhere);
    expect(about(plan, copyOfDay(6).id).action).toBe('keep');
    expect(about(plan, copyOfDay(7).id).action).toBe('mark');
  });

  it('P14: stay under the rules that were stamped on them where the policy no longer copies there', () => {
    const keep = { rules: { keepLast: 1 }, timeZone: 'UTC' };
    const plan = inDr([copyOfDay(0, { keep }), copyOfDay(1, { keep })], []);
    expect(about(plan, copyOfDay(0).id).action).toBe('keep');
    expect(about(plan, copyOfDay(1).id).action).toBe('mark');
  });
});
