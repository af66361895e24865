import { DAY, HOUR } from '../lib/model/time.ts';
import type { CallSubject } from '../sandbox/calls.ts';
import { Fleet } from './fleet.ts';
import type { Row } from './row.ts';

/** Calls an image that reads may add to the one that changes something, where the fleet is large. */
const ALL_CALLS = 1.05;
/**
 * Marking, its reads and all looks included. Under the account's default key nothing can be shared, so nothing is asked.
 * Elsewhere EC2 tells whom an image and each of its snapshots are shared with only one by one: with two or three snapshots
 * that is four or five calls an image, so what is shareable misses its target for as long as nothing in use is to go.
 */
const CALLS_TO_RETIRE = { shareable: 3, underDefaultKey: 2.2 };

/** The calls of a night, by the image. */
interface Night {
  readonly created: Row[];
  readonly copied: Row[];
  readonly retired: Row;
  readonly marked: Row;
  /** Those of marking and of retiring. */
  readonly leaving: number;
}

/**
 * What a night of a fleet in regular operation costs in calls: an image of each instance, with two or three snapshots, is
 * created, copied, and the one before it retired. Nothing is throttled here, so no call is made twice.
 */
export async function measureCalls(size: number): Promise<Row[]> {
  const { created, copied, retired, marked, leaving } = await nightOf(size, false);
  const underDefaultKey = await nightOf(size, true);
  const inBoth = (where: string, value: number, atMost: number): Row => {
    return { what: `marked and retired${where}: calls in all`, value, unit: 'an image', target: { atMost } };
  };
  return [
    ...[...created, ...copied, retired, marked],
    inBoth('', leaving, CALLS_TO_RETIRE.shareable),
    inBoth(' under the default key', underDefaultKey.leaving, CALLS_TO_RETIRE.underDefaultKey),
  ];
}

async function nightOf(size: number, encrypted: boolean): Promise<Night> {
  const fleet = await Fleet.launch(size, { encrypted });
  const anImage = (like: Partial<CallSubject> = {}) => fleet.sandbox.calls.total({ service: 'ec2', ...like }) / size;
  const changing = (what: string, operation: string): Row => {
    const target = { exactly: 1 };
    return { what, value: anImage({ operation }), unit: 'an image', target, anywhere: true };
  };
  const inAll = (what: string, atMost?: number): Row => {
    const target = atMost === undefined ? {} : { target: { atMost } };
    return { what, value: anImage(), unit: 'an image', ...target };
  };

  await fleet.do('snapshot');
  await fleet.pass(HOUR);
  await fleet.do('copy');
  await fleet.pass(DAY);
  await fleet.do('snapshot');
  const created = [changing('created: calls that do it', 'CreateImage'), inAll('created: calls in all', ALL_CALLS)];
  await fleet.pass(HOUR);
  await fleet.do('copy');
  const copied = [
    changing('copied by a sweep: calls that do it', 'CopyImage'),
    inAll('copied by a sweep: calls in all', ALL_CALLS),
  ];
  await fleet.pass(HOUR);
  await fleet.do('retire');
  const marked = inAll('marked: calls in all');
  await fleet.pass(DAY + HOUR);
  await fleet.do('retire');
  const retired = changing('retired: calls that do it', 'DeregisterImage');
  return { created, copied, retired, marked, leaving: marked.value + anImage() };
}
