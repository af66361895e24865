import { DAY, HOUR, MINUTE } from '../../lib/model/time.ts';
import { HOME, NEWEST } from '../inventory.ts';
import { parsed, policyText } from '../policies.ts';
import type { Row } from '../row.ts';
import { functionSettings, RATE_SHARE } from './functions.ts';
import { Lambda } from './lambda.ts';
import { LAUNCHING, type LargeRegion, largeRegion } from './region.ts';

const SLOTS_A_DAY = 2;
const KEPT = 2;
/** Of a day's images the first go after two days: one until a newer one has pushed them out, one that their mark rests. */
const DAYS_BEFORE = 3;
const DAYS = 5;
/** What is asked of one region a day. */
const RETIRED_A_DAY = 20_000;

const FILE = parsed(policyText(`{ keepLast: ${KEPT} }`));

/**
 * Days on which each of so many instances gets two images, and two of it expire, under AWS's call rates: whether retirement
 * keeps up, so that the stock of images stays the same, and what calls that takes.
 */
export async function measureStock(instances: number): Promise<Row[]> {
  const { timeout } = await functionSettings();
  const region = await largeRegion(FILE, instances, { startsAt: NEWEST - LAUNCHING, throttling: true });
  const { sandbox } = region;
  const lambda = new Lambda({ sandbox, file: FILE, rateShare: RATE_SHARE, timeout, maxCopiesInFlight: 1 });
  const stock: number[] = [];
  for (let day = 0; day < DAYS_BEFORE + DAYS; day++) {
    if (day === DAYS_BEFORE) sandbox.calls.reset();
    await pass(region, lambda, NEWEST + day * DAY);
    stock.push(sandbox.ec2.inspect.images(HOME).length);
  }
  lambda.close();
  const retired = sandbox.calls.total({ operation: 'DeregisterImage', outcome: 'ok' });
  // The images of the days are made by nobody whose calls count here.
  const made = sandbox.calls.total({ operation: 'CreateImage' });
  const calls = sandbox.calls.total({ service: 'ec2' }) - made;
  const instancesRead = sandbox.calls.total({ operation: 'DescribeInstances' });
  const due = Math.min(SLOTS_A_DAY * instances, RETIRED_A_DAY);
  return [
    { what: 'retired a day', value: retired / DAYS, unit: 'images', target: { atLeast: due }, anywhere: true },
    {
      what: 'stock after five days, to what it was before',
      value: (stock.at(-1) ?? Number.NaN) / (stock[DAYS_BEFORE - 1] ?? Number.NaN),
      unit: 'x',
      target: { atMost: 1 },
      anywhere: true,
      note: `${stock.at(-1)} images`,
    },
    { what: 'calls an image retired, all of it', value: calls / retired, unit: 'calls', note: 'under no key' },
    {
      what: 'DescribeInstances a thousand retired',
      value: (instancesRead / retired) * 1000,
      unit: 'calls',
      growth: { atMost: 0.2 },
      note: 'whatever the fleet',
    },
    ...lambda.rows(),
  ];
}

/** One day: two slots, and the sweeps that go on while the images of the second are made. */
async function pass({ clock, makeImages }: LargeRegion, lambda: Lambda, begins: number): Promise<void> {
  for (let hour = 1; hour < 24; hour += 6) {
    clock.at(begins + hour * HOUR + 26 * MINUTE, () => lambda.invoke('retire', { action: 'retire' }));
  }
  for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
    const at = begins + (slot * DAY) / SLOTS_A_DAY;
    await clock.advanceTo(at);
    await makeImages(at);
  }
  await clock.advanceTo(begins + DAY);
}
