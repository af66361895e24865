import { describe, expect, it } from 'vitest';
import { RealClock, VirtualClock } from '../../sandbox/clock.ts';

describe('the virtual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock(1000);
    let woken = false;
    void clock.sleep(1).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([clock.now(), woken]).toEqual([1000, false]);
  });

  it('runs timers in the order of their times, and those of one time in the order in which they were set', async () => {
    const clock = new VirtualClock(0);
    const order: string[] = [];
    clock.at(20, () => order.push('late'));
    clock.at(10, () => order.push('early'));
    clock.at(10, () => order.push('early, set second'));
    await clock.advance(20);
    expect(order).toEqual(['early', 'early, set second', 'late']);
  });

  it('lets everything that waits on a promise go on between two timers', async () => {
    const clock = new VirtualClock(0);
    const order: string[] = [];
    void clock.sleep(10).then(async () => {
      await Promise.resolve();
      order.push(`woken at ${clock.now()}`);
    });
    clock.at(11, () => order.push('timer at 11'));
    await clock.advance(20);
    expect(order).toEqual(['woken at 10', 'timer at 11']);
  });

  it('runs a timer that was set by another one, if it is due by then', async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    clock.at(10, () => clock.at(15, () => times.push(clock.now())));
    await clock.advanceTo(20);
    expect([times, clock.now()]).toEqual([[15], 20]);
  });

  it('does not run a timer that was taken off', async () => {
    const clock = new VirtualClock(0);
    let ran = false;
    const cancel = clock.at(10, () => {
      ran = true;
    });
    cancel();
    await clock.advance(20);
    expect(ran).toBe(false);
  });

  it('keeps the order of tens of thousands of timers', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const times = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 20_011);
    for (const time of times) clock.at(time, () => seen.push(time));
    await clock.advance(30_000);
    expect(seen).toEqual(times.toSorted((a, b) => a - b));
  });

  it('moves by itself while it runs a task, as far as the task waits', async () => {
    const clock = new VirtualClock(0);
    const result = await clock.run(async () => {
      await clock.sleep(86_400_000);
      await Promise.all([clock.sleep(1000), clock.sleep(5000)]);
      return 'done';
    });
    expect([result, clock.now()]).toEqual(['done', 86_405_000]);
  });

  it('gives the error that the task fails with', async () => {
    const clock = new VirtualClock(0);
    const failing = clock.run(async () => {
      await clock.sleep(5);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });

  it('says so when a task waits for what will never come', async () => {
    const clock = new VirtualClock(0);
    await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow('the virtual clock stands still');
  });

  it('does not move while a real call is in flight', async () => {
    const clock = new VirtualClock(0);
    let inFlight = 0;
    const realCall = async () => {
      inFlight += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight -= 1;
    };
    clock.at(1000, () => {});
    await clock.run(realCall, { inFlight: () => inFlight });
    expect(clock.now()).toBe(0);
  });

  it('has one driver at a time', async () => {
    const clock = new VirtualClock(0);
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow('already being moved');
    await first;
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to sleep for %s milliseconds', (ms) => {
    expect(() => new VirtualClock(0).sleep(ms)).toThrow(RangeError);
  });
});

describe('the real clock', () => {
  it('sleeps, and runs what is due', async () => {
    const clock = new RealClock();
    const start = clock.now();
    const order: string[] = [];
    clock.at(start - 1, () => order.push('overdue'));
    const cancel = clock.at(start, () => order.push('taken off'));
    cancel();
    await clock.sleep(5);
    expect(order).toEqual(['overdue']);
  });
});
