import { DAY, HOUR } from '../lib/model/time.ts';
import type { CallSubject } from '../sandbox/calls.ts';
import { Fleet } from './fleet.ts';
import type { Row } from './row.ts';

/** Calls an image that reads may add to the one that changes something, where the fleet is large. */
const ALL_CALLS = 1.05;

/**
 * What a night of a fleet in regular operation costs in calls: an image of each instance is created, copied, and the
 * one before it retired. Nothing is throttled here, so no call is made twice.
 */
export async function measureCalls(sizes: readonly number[]): Promise<Row[]> {
  const largest = Math.max(...sizes);
  const rows: Row[] = [];
  for (const size of sizes) {
    const fleet = await Fleet.launch(size, { throttling: false });
    const anImage = (like: Partial<CallSubject> = {}) => fleet.sandbox.calls.total({ service: 'ec2', ...like }) / size;
    const changing = (what: string, operation: string): Row => ({
      what: `${size} ${what}: calls that do it`,
      value: anImage({ operation }),
      unit: 'an image',
      target: { exactly: 1 },
    });
    const inAll = (what: string): Row => ({
      what: `${size} ${what}: calls in all`,
      value: anImage(),
      unit: 'an image',
    });
    const target = size === largest ? { target: { atMost: ALL_CALLS } } : {};

    await fleet.snapshotAndCopyWhenTold();
    rows.push({ ...inAll('copied, each when EC2 tells of it'), note: 'each time the reads of one lineage' });
    await fleet.pass(DAY);
    await fleet.do('snapshot');
    rows.push(changing('created', 'CreateImage'), { ...inAll('created'), ...target });
    await fleet.pass(HOUR);
    await fleet.do('copy');
    rows.push(changing('copied by a sweep', 'CopyImage'), {
      ...inAll('copied by a sweep'),
      ...target,
    });
    await fleet.pass(HOUR);
    await fleet.do('retire');
    rows.push({
      what: `${size} marked: calls that do it`,
      value: anImage({ operation: 'CreateTags' }),
      unit: 'an image',
    });
    await fleet.pass(DAY + HOUR);
    await fleet.do('retire');
    rows.push(changing('retired', 'DeregisterImage'), {
      what: `${size} retired: reads that protect`,
      value: anImage() - anImage({ operation: 'DeregisterImage' }),
      unit: 'an image',
    });
  }
  return rows;
}
