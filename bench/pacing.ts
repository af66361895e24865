import { DAY, HOUR, SECOND } from '../lib/model/time.ts';
import type { Action } from '../lib/run/event.ts';
import { Fleet } from './fleet.ts';
import type { Row } from './row.ts';

/** An action, its changing call, and what AWS lets pass of it: EC2 Developer Guide, "Request throttling". */
interface Work {
  readonly action: Action;
  readonly operation: string;
  readonly burst: number;
  readonly perSecond: number;
}

const CREATE: Work = { action: 'snapshot', operation: 'CreateImage', burst: 50, perSecond: 5 };
const COPY: Work = { action: 'copy', operation: 'CopyImage', burst: 100, perSecond: 1 };
const RETIRE: Work = { action: 'retire', operation: 'DeregisterImage', burst: 100, perSecond: 5 };

/**
 * So many changes of each kind at once, with AWS's token buckets in the way and all of AWS's rates to use: how long
 * they take on the virtual clock, to what the bucket alone asks for. Copies take longer than a function's 15 minutes:
 * their run sends itself on.
 */
export async function measurePacing(count: number): Promise<Row[]> {
  const fleet = await Fleet.launch(count, { throttling: true });
  const created = await measure(fleet, count, CREATE);
  await fleet.pass(HOUR);
  const copied = await measure(fleet, count, COPY);
  await fleet.pass(DAY);
  await fleet.do('snapshot');
  await fleet.pass(HOUR);
  await fleet.do('copy');
  await fleet.pass(HOUR);
  // This one marks what the next, a day later, retires.
  await fleet.do('retire');
  await fleet.pass(DAY + HOUR);
  return [...created, ...copied, ...(await measure(fleet, count, RETIRE))];
}

async function measure(fleet: Fleet, count: number, { action, operation, burst, perSecond }: Work): Promise<Row[]> {
  const startedAt = await fleet.do(action);
  const { calls } = fleet.sandbox;
  const done = calls.log.filter((call) => call.operation === operation && call.outcome === 'ok');
  const elapsed = ((done.at(-1)?.time ?? startedAt) - startedAt) / SECOND;
  const allowed = (count - burst) / perSecond;
  const made = calls.total({ service: 'ec2' });
  const throttled = calls.total({ service: 'ec2', outcome: 'RequestLimitExceeded' });
  return [
    {
      what: `${operation}: time, to what the bucket allows`,
      value: elapsed / allowed,
      unit: 'x',
      target: { atMost: 1.05 },
      note: `${elapsed.toFixed(1)} s, and (${count} - ${burst}) / ${perSecond} = ${allowed} s`,
    },
    {
      what: `${operation}: calls throttled`,
      value: (throttled / made) * 100,
      unit: '%',
      target: { atMost: 1 },
      note: `${throttled} of ${made}`,
    },
    { what: `${operation}: changes lost`, value: count - done.length, unit: '', target: { exactly: 0 } },
  ];
}
