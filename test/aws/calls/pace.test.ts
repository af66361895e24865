import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { rateOf } from '../../../lib/model/call-rates.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const HERE = { account: accountId('111122223333'), region: region('eu-central-1') };
const THERE = { ...HERE, region: region('eu-west-1') };
const NEVER = Number.POSITIVE_INFINITY;

/** The moments, in milliseconds from the start, at which so many calls asked for at once get their turns. */
async function turns(count: number, action: string, share = 1): Promise<number[]> {
  const clock = new VirtualClock(0);
  const pace = new Pace(clock, share);
  const moments: number[] = [];
  await clock.run(() =>
    Promise.all(
      Array.from({ length: count }, async () => {
        await pace.turn(HERE, action, NEVER);
        moments.push(clock.now());
      }),
    ),
  );
  return moments;
}

describe('the pace of calls', () => {
  it.each([
    ['CreateImage', 50, 5],
    ['CopyImage', 100, 1],
    ['DeregisterImage', 100, 5],
    ['CreateTags', 100, 10],
    ['RunInstances', 5, 2],
    ['TerminateInstances', 100, 5],
    ['GetParameters', 40, 40],
    ['DescribeParameters', 3, 3],
    ['DescribeAutoScalingGroups', 20, 5],
    ['DescribeImages', 100, 20],
  ])('of %s is a burst of %i, then %i a second, as AWS documents', (action, burst, perSecond) => {
    expect(rateOf(action)).toEqual({ burst, perSecond });
  });

  it('lets the burst through at once and spreads the rest', async () => {
    const moments = await turns(60, 'CreateImage');
    expect(moments.slice(0, 50).every((moment) => moment === 0)).toBe(true);
    expect(moments.slice(50)).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000]);
  });

  it('uses no more than its share', async () => {
    const moments = await turns(30, 'CreateImage', 0.5);
    expect(moments.slice(25)).toEqual([400, 800, 1200, 1600, 2000]);
  });

  it('never exceeds the bucket, whenever calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 80 }), async (gaps) => {
        const clock = new VirtualClock(0);
        const pace = new Pace(clock, 0.2);
        const moments: number[] = [];
        await clock.run(async () => {
          for (const gap of gaps) {
            await clock.sleep(gap);
            await pace.turn(HERE, 'CreateImage', NEVER);
            moments.push(clock.now());
          }
        });
        // A fifth of CreateImage's bucket: 10 at once, then one a second.
        let tokens = 10;
        let filledAt = 0;
        for (const moment of moments) {
          tokens = Math.min(10, tokens + (moment - filledAt) / 1000) - 1;
          filledAt = moment;
          expect(tokens).toBeGreaterThanOrEqual(-1e-6);
        }
      }),
    );
  });

  it('keeps a bucket for each region', async () => {
    const clock = new VirtualClock(0);
    const pace = new Pace(clock, 1);
    await clock.run(async () => {
      for (let call = 0; call < 50; call++) await pace.turn(HERE, 'CreateImage', NEVER);
      await pace.turn(THERE, 'CreateImage', NEVER);
    });
    expect(clock.now()).toBe(0);
  });

  it('refuses a turn that would come too late, and takes no token for it', async () => {
    const clock = new VirtualClock(0);
    const pace = new Pace(clock, 1);
    await clock.run(async () => {
      for (let call = 0; call < 50; call++) await pace.turn(HERE, 'CreateImage', NEVER);
      expect(await pace.turn(HERE, 'CreateImage', 200)).toBe(false);
      expect(await pace.turn(HERE, 'CreateImage', 201)).toBe(true);
    });
    expect(clock.now()).toBe(200);
  });

  it('holds its tokens to be gone once AWS throttles', async () => {
    const clock = new VirtualClock(0);
    const pace = new Pace(clock, 1);
    pace.throttled(HERE, 'CreateImage');
    await clock.run(() => pace.turn(HERE, 'CreateImage', NEVER));
    expect(clock.now()).toBe(200);
  });
});
