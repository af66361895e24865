import { describe, expect, it } from 'vitest';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { aPolicyFile } from '../../builders.ts';
import { cutShort, imageOfDay, NOW, retireInventory, slotOfDay } from '../fleet.ts';

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
      { policy: 'broken', images: 1, gib: 8 },
      { policy: 'databases', images: 1, gib: 8, newest: slotOfDay(3) },
      { policy: 'nightly', images: 3, gib: 24, newest: slotOfDay(1) },
    ]);
  });

  it('is not told where the images were not read whole', () => {
    const images = cutShort([imageOfDay(1)]);
    expect(planRetirement(aPolicyFile(), retireInventory([], { images }), NOW)).not.toHaveProperty('stock');
  });
});
