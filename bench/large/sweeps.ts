import { formatInstant } from '../../lib/model/time.ts';
import { serve } from '../../sandbox/http.ts';
import { HOME, NEWEST } from '../inventory.ts';
import { parsed, policyText } from '../policies.ts';
import type { Row } from '../row.ts';
import { deployFunctions } from './functions.ts';
import { copyAll, regionWithNights } from './region.ts';

/** All of them are to be kept, so that there is nothing to do. */
const NIGHTS = 5;
const POLICIES = policyText(
  '{ keepLast: 3, keepDaily: 7 }',
  'copies: [{ region: eu-west-1, retention: { keepLast: 1 } }]',
);

/** What the stack invokes in a day: deploy/schedules.ts. */
const SWEEPS_A_DAY = { snapshot: 24, copy: 24, retire: 4 } as const;

/**
 * What sweeps take that find nothing to do: five nights of images of so many instances, with two or three snapshots
 * each, read by the functions as they are deployed.
 */
export async function measureSweeps(instances: number): Promise<Row[]> {
  const file = parsed(POLICIES);
  const region = await regionWithNights(file, { instances, nights: NIGHTS, newest: NEWEST });
  await copyAll(file, region);
  const { sandbox, clock } = region;
  const server = await serve(sandbox);
  const functions = await deployFunctions(POLICIES, server.url);
  try {
    let logBytes = 0;
    const sweep = async (action: keyof typeof SWEEPS_A_DAY) => {
      sandbox.calls.reset();
      const payload = {
        action,
        target: HOME,
        ...(action === 'snapshot' && { policy: 'nightly', slot: formatInstant(NEWEST) }),
      };
      const footprint = await functions.invoke(action, payload, clock.now());
      logBytes += SWEEPS_A_DAY[action] * footprint.logBytes;
      return { ...footprint, calls: sandbox.calls.total() };
    };
    const retire = await sweep('retire');
    const snapshot = await sweep('snapshot');
    const copy = await sweep('copy');
    const images = `${instances * NIGHTS} images`;
    return [
      { what: 'retire: peak of memory', value: retire.peakMiB, unit: 'MiB', target: { atMost: 400 }, note: images },
      { what: 'retire: processor time', value: retire.processorSeconds, unit: 's', target: { atMost: 30 } },
      { what: 'retire: calls', value: retire.calls, unit: 'calls', target: { atMost: 200 }, growth: { atMost: 1 } },
      { what: 'snapshot: peak of memory', value: snapshot.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'snapshot: processor time', value: snapshot.processorSeconds, unit: 's' },
      { what: 'snapshot: calls', value: snapshot.calls, unit: 'calls', growth: { atMost: 1 } },
      { what: 'copy: peak of memory', value: copy.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'log of a day', value: logBytes / 1e6, unit: 'MB', target: { atMost: 5 }, note: 'all sweeps of a day' },
    ];
  } finally {
    await functions.close();
    await server.close();
  }
}
