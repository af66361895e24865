import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { BINNED, HOLD, SLOT } from '../../../lib/tagging/tag-keys.ts';
import { aPolicyFile } from '../../builders.ts';
import { cutShort, imageOfDay, leftOverSnapshot, NOW, read, retireInventory, slotOfDay, tagged } from '../fleet.ts';

describe('what a policy has in a region', () => {
  it('is counted by policy, failed attempts included, with the slot of its newest good image', () => {
    const images = [
      imageOfDay(0, {}, { state: 'pending' }),
      imageOfDay(1),
      imageOfDay(2, {}, { state: 'failed' }),
      imageOfDay(3, { policy: 'databases' }),
      imageOfDay(4, { policy: 'broken' }, { state: 'failed' }),
    ];
    expect(planRetirement(aPolicyFile(), retireInventory(images), NOW).stock).toEqual([
      { policy: 'broken', images: 1, gib: 8, held: 0 },
      { policy: 'databases', images: 1, gib: 8, held: 0, newest: slotOfDay(3) },
      { policy: 'nightly', images: 3, gib: 24, held: 0, newest: slotOfDay(1) },
    ]);
  });

  it('says how much of it is on hold, on the image or on one of its snapshots, where the snapshots were read whole', () => {
    const images = [tagged(imageOfDay(0), { [HOLD]: '' }), imageOfDay(1), imageOfDay(2)];
    const held = { ...leftOverSnapshot(2, NOW), tags: { [HOLD]: 'court' } };
    const stockWith = (heldSnapshots: RetireInventory['heldSnapshots']) =>
      planRetirement(aPolicyFile(), retireInventory(images, { heldSnapshots }), NOW).stock;
    expect(stockWith(read([held]))).toMatchObject([{ images: 3, held: 2 }]);
    expect(stockWith(cutShort([held]))).toEqual([expect.not.objectContaining({ held: expect.anything() })]);
  });

  it('counts what was restored from the Recycle Bin as on hold: it is kept so, and anybody may write that', () => {
    const images = [tagged(imageOfDay(0), { [BINNED]: 'x' }), imageOfDay(1)];
    expect(planRetirement(aPolicyFile(), retireInventory(images), NOW).stock).toMatchObject([{ images: 2, held: 1 }]);
  });

  it('is not told where the images were not read whole', () => {
    const images = cutShort([imageOfDay(1)]);
    expect(planRetirement(aPolicyFile(), retireInventory([], { images }), NOW)).not.toHaveProperty('stock');
  });
});

describe('what bears no seal that holds', () => {
  const unsealed = (images: readonly Image[]) => planRetirement(aPolicyFile(), retireInventory(images), NOW).unsealed;

  it('is counted, whatever else is the matter with it', () => {
    const robbed = tagged(imageOfDay(3, {}, { seal: 'broken' }), { [SLOT]: '' });
    const [missing, broken] = [imageOfDay(1, {}, { seal: 'missing' }), imageOfDay(2, {}, { seal: 'broken' })];
    expect(unsealed([imageOfDay(0), missing, broken, robbed])).toBe(3);
    expect(unsealed([imageOfDay(0)])).toBe(0);
  });

  it('is not known where the key could not be read, nor where the images were not read whole', () => {
    expect(unsealed([imageOfDay(0, {}, { seal: 'unread' }), imageOfDay(1, {}, { seal: 'missing' })])).toBeUndefined();
    const images = cutShort([imageOfDay(0)]);
    expect(planRetirement(aPolicyFile(), retireInventory([], { images }), NOW)).not.toHaveProperty('unsealed');
  });
});
