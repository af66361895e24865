import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { FRANKFURT } from '../history.ts';
import { assertUnchanged, imagesOf, type OwnImage, standing } from '../images.ts';
import { assertDone } from '../stack.ts';
import { ACCOUNT, type World } from '../world.ts';

/**
 * Both deployments image the same instance, and each has expired images.
 *
 * @param office the images of the one that has not done anything yet, before the other one retired its own
 */
export async function checkNeighbours(
  checks: Checks,
  { stacks, sandbox }: World,
  office: readonly OwnImage[],
): Promise<void> {
  await checks.check("what one deployment has retired left the other's images as they were", async () => {
    assertUnchanged(imagesOf(sandbox, 'office'), office);
  });
  await checks.check("what the other one retires leaves the first one's images as they are", async () => {
    const shop = imagesOf(sandbox, 'shop', 'nightly');
    const target = { account: ACCOUNT, region: FRANKFURT };
    assertDone(await stacks.office.invoke('retire', { data: { action: 'retire', target } }));
    const [, second = '', ...others] = standing(office);
    assert.deepEqual(standing(imagesOf(sandbox, 'office')), [`${second} marked`, ...others]);
    assertUnchanged(imagesOf(sandbox, 'shop', 'nightly'), shop);
  });
}
