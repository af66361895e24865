import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { inventory } from '../account.ts';
import { assertKept, imagesOf } from '../images.ts';
import { assertDone } from '../stack.ts';
import type { World } from '../world.ts';

/** @param before what the account had before anything was deployed */
export async function checkRemoval(
  checks: Checks,
  { stacks, sandbox, account }: World,
  before: readonly string[],
): Promise<void> {
  const images = () => [...imagesOf(sandbox, 'shop'), ...imagesOf(sandbox, 'office')];

  await checks.check('removing one deployment leaves all of the other, and every image', async () => {
    const kept = images();
    const office = (await inventory(account)).filter((line) => line.includes('office'));
    assert.notEqual(office.length, 0);
    assertDone(await stacks.shop.remove());
    assert.deepEqual(await inventory(account), [...before, ...office].sort());
    assertKept(images(), kept);
  });
  await checks.check('removing the last one leaves nothing but images', async () => {
    const kept = images();
    assert.notEqual(kept.length, 0);
    assertDone(await stacks.office.remove());
    assert.deepEqual(await inventory(account), before);
    assertKept(images(), kept);
  });
}
