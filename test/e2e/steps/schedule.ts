import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { FRANKFURT, IRELAND } from '../history.ts';
import { imagesOf, tagOf } from '../images.ts';
import { assertDone } from '../stack.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';

/** The schedule fires by itself. Of the sweeps that of drills alone is due within the minutes of this test. */
export async function checkSchedule(checks: Checks, { sandbox, stacks }: World): Promise<void> {
  const imageIn = (region: string) => async () =>
    imagesOf(sandbox, 'shop', 'often').find((own) => own.region === region && own.image.State === 'available')?.image;

  await checks.check("a policy's schedule fires, and an image of its instance appears", async () => {
    const image = await until('an image appears', imageIn(FRANKFURT));
    assert.match(image.Name ?? '', /^shop\/often\/i-/);
  });
  await checks.check('the sweep of copies leads to its copy in the DR region', async () => {
    assertDone(await stacks.shop.invoke('copy', { data: { action: 'copy' } }));
    const copy = await until('a copy appears', imageIn(IRELAND));
    const [source] = imagesOf(sandbox, 'shop', 'often');
    assert.equal(copy.Name, source?.image.Name);
    assert.equal(tagOf(copy, 'amikeep:source-region'), FRANKFURT);
  });
}
