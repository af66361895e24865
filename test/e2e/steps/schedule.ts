import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { FRANKFURT, IRELAND } from '../history.ts';
import { imagesOf, tagOf } from '../images.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';

/** ministack looks every ten seconds whether a schedule is due, and lets the first minute pass. */
const SCHEDULE_LIMIT_MS = 100_000;
const COPY_LIMIT_MS = 30_000;

/** Nobody invokes anything here: what happens, the deployment does by itself. */
export async function checkSchedule(checks: Checks, { sandbox }: World): Promise<void> {
  const imageIn = (region: string) => async () =>
    imagesOf(sandbox, 'shop', 'often').find((own) => own.region === region && own.image.State === 'available')?.image;

  await checks.check("a policy's schedule fires, and an image of its instance appears", async () => {
    const image = await until('an image appears', SCHEDULE_LIMIT_MS, imageIn(FRANKFURT));
    assert.match(image.Name ?? '', /^shop\/often\/i-/);
  });
  await checks.check("EC2's word that the image is available leads to its copy in the DR region", async () => {
    const copy = await until('a copy appears', COPY_LIMIT_MS, imageIn(IRELAND));
    const [source] = imagesOf(sandbox, 'shop', 'often');
    assert.equal(copy.Name, source?.image.Name);
    assert.equal(tagOf(copy, 'amikeep:source-region'), FRANKFURT);
  });
}
