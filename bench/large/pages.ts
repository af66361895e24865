import { MINUTE, SECOND } from '../../lib/model/time.ts';
import { PartialFailureError } from '../../lib/run/outcome/outcome.ts';
import { RETIRE } from '../../lib/tagging/tag-keys.ts';
import { SeededRandom } from '../../sandbox/seeded.ts';
import { deploy } from '../../sim/deployment.ts';
import { HOME, NEWEST } from '../inventory.ts';
import { parsed, policyText } from '../policies.ts';
import type { Row } from '../row.ts';
import { RATE_SHARE } from './functions.ts';
import { type LargeRegion, regionWithNights } from './region.ts';

const NIGHTS = 5;
/** Of five nights two are to go. */
const FILE = parsed(policyText('{ keepLast: 3 }'));

const PAGED = ['DescribeImages', 'DescribeSnapshots', 'DescribeInstances'];
const SLOWEST = 6;

/** Up to how many seconds a page may take for a retire sweep to mark anything, and how much it marks at four. */
export async function measurePages(instances: number): Promise<Row[]> {
  const region = await regionWithNights(FILE, { instances, nights: NIGHTS, newest: NEWEST });
  const before = region.sandbox.dump();
  let slowest = 0;
  let atFour = 0;
  for (let seconds = 1; seconds <= SLOWEST; seconds++) {
    region.sandbox.load(before);
    const marked = await markedWithPagesOf(seconds, region);
    if (seconds === 4) atFour = marked;
    if (marked === 0) break;
    slowest = seconds;
  }
  const due = 2 * instances;
  return [
    { what: 'a page may take', value: slowest, unit: 's', target: { atLeast: 4 }, note: 'and a sweep marks something' },
    { what: 'of what is due, marked by one invocation', value: atFour / due, unit: 'x', note: 'at 4 s a page' },
  ];
}

/** How many images one invocation marks; what it sends on is not followed. */
async function markedWithPagesOf(seconds: number, { sandbox, clock }: LargeRegion): Promise<number> {
  sandbox.faults.reset();
  for (const operation of PAGED) {
    sandbox.faults.add({ kind: 'latency', service: 'ec2', operation, latencyMs: seconds * SECOND });
  }
  const random = new SeededRandom(1);
  const functions = deploy({
    ...{ sandbox, file: FILE, account: HOME.account, rateShare: RATE_SHARE },
    random: () => random.next(),
  });
  const beganAt = clock.now();
  try {
    await clock.run(() => functions.invoke('retire', { action: 'retire', target: HOME, leftovers: false }));
  } catch (error) {
    // What there was no time to read is told as a failure; what is marked all the same is counted.
    if (!(error instanceof PartialFailureError)) throw error;
  } finally {
    functions.close();
  }
  if (clock.now() - beganAt > 15 * MINUTE) throw new RangeError('an invocation took more than its 15 minutes');
  return sandbox.ec2.inspect.images(HOME).filter(({ image }) => image.Tags?.some(({ Key }) => Key === RETIRE)).length;
}
