import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { Book } from '../../sim/trial/observer/book.ts';
import type { BegunRun } from '../../sim/trial/observer/promised.ts';
import { Rows } from '../../sim/trial/observer/rows.ts';
import { Scene } from '../../sim/trial/observer/scene.ts';

const ACCOUNT = '111122223333';

function aRow() {
  const sandbox = createSandbox({ clock: new VirtualClock(0), seed: 1 });
  const scene = new Scene(sandbox, new Book(sandbox), { account: ACCOUNT, lag: 0, transit: 0 });
  const rows = new Rows();
  const run = (invokedBy: string, continuation: number, retry: number): BegunRun => ({
    caller: `ours/${invokedBy}`,
    deployment: 'ours',
    account: ACCOUNT,
    event: { action: 'retire', mode: 'apply', continuation },
    promised: { deployment: 'ours', regions: [], policies: [] },
    window: undefined,
    stopAt: Number.POSITIVE_INFINITY,
    invokedBy,
    retry,
  });
  const begins = (event: string, continuation: number, retry = 0) =>
    rows.begins(run(event, continuation, retry), scene);
  const sendsOn = (event: string, as: string) => rows.sentOn(run(event, 0, 0), as);
  const dies = (event: string) => rows.died(run(event, 0, 0));
  // Three tries of the event, and of each of the eight that it is sent on as.
  for (let continuation = 0; continuation <= 8; continuation++) {
    if (continuation > 0) sendsOn(`event ${continuation - 1}`, `event ${continuation}`);
    for (const retry of [0, 1, 2]) begins(`event ${continuation}`, continuation, retry);
  }
  return { begins, sendsOn, dies, broken: () => scene.violations.map(({ promise }) => promise) };
}

describe('P15: one event leads to three tries of each of nine links', () => {
  it('and to no more, whichever of them is sent on once more', () => {
    const { begins, sendsOn, broken } = aRow();
    begins('another event', 0);
    expect(broken()).toEqual([]);
    sendsOn('event 3', 'a second one');
    begins('a second one', 4);
    expect(broken()).toEqual(['P15']);
  });

  it('and to as many again for a delivery more and for a death', () => {
    const { begins, dies, broken } = aRow();
    begins('event 4', 4);
    dies('event 2');
    for (let times = 0; times < 2 * 27 - 1; times++) begins('event 5', 5, 1);
    expect(broken()).toEqual([]);
    begins('event 5', 5, 1);
    expect(broken()).toEqual(['P15']);
  });

  it('and is sent on eight times at most', () => {
    const { begins, broken } = aRow();
    begins('some event', 9);
    expect(broken()).toEqual(['P15']);
  });
});
