import { DAY, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '../../lib/model/time.ts';
import type { RecordedCall } from '../../sandbox/calls.ts';
import { NEWEST } from '../inventory.ts';
import { parsed, policyText } from '../policies.ts';
import type { Row } from '../row.ts';
import { functionSettings, RATE_SHARE } from './functions.ts';
import { Lambda } from './lambda.ts';
import { LAUNCHING, largeRegion } from './region.ts';

const FILE = parsed(policyText('{ keepLast: 3 }', 'copies: [{ region: eu-west-1, retention: { keepLast: 1 } }]'));

/** What EC2 takes in one region. */
const COPIES_IN_FLIGHT = 300;
const CREATE = { burst: 50, perSecond: 5 };

/** What is asked of one DR region a day. */
const COPIES_A_DAY = 7000;

/**
 * A slot of so many instances and the day after it, under AWS's call rates: the images are made, and each is copied by a
 * sweep, with as many copies in flight as EC2 takes.
 */
export async function measureNight(instances: number): Promise<Row[]> {
  const { timeout } = await functionSettings();
  const { sandbox, clock } = await largeRegion(FILE, instances, {
    startsAt: NEWEST - LAUNCHING,
    throttling: true,
    concurrentCopies: COPIES_IN_FLIGHT,
    log: 20 * instances + 10_000,
  });
  await clock.advanceTo(NEWEST);
  sandbox.calls.reset();
  const lambda = new Lambda({
    ...{ sandbox, file: FILE, rateShare: RATE_SHARE, timeout },
    maxCopiesInFlight: COPIES_IN_FLIGHT,
  });
  lambda.invoke('snapshot', { action: 'snapshot', policy: 'nightly', slot: formatInstant(NEWEST) });
  for (let hour = 0; hour < 24; hour++) {
    clock.at(NEWEST + hour * HOUR + 55 * MINUTE, () =>
      lambda.invoke('snapshot', { action: 'snapshot', slot: 'current' }),
    );
    for (const minutes of [10, 25, 40, 55]) {
      clock.at(NEWEST + hour * HOUR + minutes * MINUTE, () => lambda.invoke('copy', { action: 'copy' }));
    }
  }
  await clock.advanceTo(NEWEST + DAY);
  lambda.close();
  const { log } = sandbox.calls;
  const created = done(log, 'CreateImage');
  const copied = done(log, 'CopyImage');
  const ec2 = sandbox.calls.total({ service: 'ec2' });
  const throttled = sandbox.calls.total({ service: 'ec2', outcome: 'RequestLimitExceeded' });
  const over = sandbox.calls.total({ operation: 'CopyImage', outcome: 'ResourceLimitExceeded' });
  const slotSeconds = (lastOf(created) - NEWEST) / SECOND;
  const allowed = (instances - CREATE.burst * RATE_SHARE) / (CREATE.perSecond * RATE_SHARE);
  return [
    { what: 'images made', value: created.length, unit: 'images', growth: { exactly: 1 } },
    {
      what: 'slot: time, to what the share of the rate allows',
      value: slotSeconds / allowed,
      unit: 'x',
      target: { atMost: 1.05 },
      anywhere: true,
      note: `${slotSeconds.toFixed(0)} s of ${allowed.toFixed(0)} s`,
    },
    {
      what: 'first copy begun, in the time of the slot',
      value: ((copied[0]?.time ?? Number.NaN) - NEWEST) / SECOND / slotSeconds,
      unit: 'x',
      note: 'images take minutes to become available',
    },
    {
      what: 'copies a day',
      value: copied.length,
      unit: 'copies',
      target: { atLeast: Math.min(instances, COPIES_A_DAY) },
      anywhere: true,
    },
    { what: 'copies refused, over the limit', value: over, unit: 'calls', target: { exactly: 0 }, anywhere: true },
    {
      what: 'calls throttled',
      value: (throttled / ec2) * 100,
      unit: '%',
      target: { atMost: 1 },
      anywhere: true,
      note: `${throttled} of ${ec2}, by ${lambda.instances} instances of functions`,
    },
    ...lambda.rows(),
  ];
}

function done(log: readonly RecordedCall[], operation: string): RecordedCall[] {
  return log.filter((call) => call.operation === operation && call.outcome === 'ok');
}

function lastOf(calls: readonly RecordedCall[]): Instant {
  return calls.at(-1)?.time ?? Number.NaN;
}
