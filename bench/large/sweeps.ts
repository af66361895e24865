import { EC2Client } from '@aws-sdk/client-ec2';
import { formatInstant } from '../../lib/model/time.ts';
import type { DrillNetwork } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import { serve } from '../../sandbox/http.ts';
import { furnishNetwork } from '../../sim/networks.ts';
import { HOME, NEWEST } from '../inventory.ts';
import { parsed, policyText } from '../policies.ts';
import type { Row } from '../row.ts';
import { deployFunctions } from './functions.ts';
import { copyAll, regionWithNights } from './region.ts';

/** All of them are to be kept, so that there is nothing to do. */
const NIGHTS = 5;
const COPIES = 'copies: [{ region: eu-west-1, retention: { keepLast: 1 } }]';
const policies = (more: string) => policyText('{ keepLast: 3, keepDaily: 7 }', `${COPIES}\n    ${more}`);

/** All images are due, of which a run starts two. */
function drillText({ subnets, securityGroup }: DrillNetwork): string {
  const network = `{ ${HOME.region}: { subnets: [${subnets.join(', ')}], securityGroup: ${securityGroup} } }`;
  return `drill: { every: { days: 30 }, regions: [${HOME.region}], check: status, maxAgeDays: 45, network: ${network} }`;
}

const CREDENTIALS = { accessKeyId: HOME.account, secretAccessKey: 'sandbox' };

/** What the stack invokes in a day: deploy/schedules.ts. */
const SWEEPS_A_DAY = { snapshot: 24, copy: 96, retire: 3, 'retire and search': 1, drill: 24 } as const;

/**
 * What sweeps take that find nothing to do, and a run of drills that has all to choose from: five nights of images of so
 * many instances, with two or three snapshots each, read by the functions as they are deployed.
 */
export async function measureSweeps(instances: number): Promise<Row[]> {
  const file = parsed(policies(''));
  const region = await regionWithNights(file, { instances, nights: NIGHTS, newest: NEWEST });
  await copyAll(file, region);
  const { sandbox, clock } = region;
  const server = await serve(sandbox);
  const client = new EC2Client({ region: HOME.region, endpoint: server.url, credentials: CREDENTIALS });
  const network = await furnishNetwork(client, file.deployment);
  client.destroy();
  const functions = await deployFunctions(policies(drillText(network)), server.url);
  try {
    let logBytes = 0;
    const sweep = async (kind: keyof typeof SWEEPS_A_DAY, action: Action, more: object) => {
      sandbox.calls.reset();
      const footprint = await functions.invoke(action, { action, target: HOME, ...more }, clock.now());
      logBytes += SWEEPS_A_DAY[kind] * footprint.logBytes;
      return { ...footprint, calls: sandbox.calls.total() };
    };
    const searching = await sweep('retire and search', 'retire', {});
    const retire = await sweep('retire', 'retire', { leftovers: false });
    const snapshot = await sweep('snapshot', 'snapshot', { policy: 'nightly', slot: formatInstant(NEWEST) });
    const copy = await sweep('copy', 'copy', {});
    const drill = await sweep('drill', 'drill', {});
    const images = `${instances * NIGHTS} images`;
    return [
      { what: 'retire: peak of memory', value: retire.peakMiB, unit: 'MiB', target: { atMost: 400 }, note: images },
      { what: 'retire: processor time', value: retire.processorSeconds, unit: 's', target: { atMost: 30 } },
      { what: 'retire: calls', value: retire.calls, unit: 'calls', target: { atMost: 200 }, growth: { atMost: 1 } },
      { what: 'once a day: peak of memory', value: searching.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'once a day: processor time', value: searching.processorSeconds, unit: 's', target: { atMost: 30 } },
      {
        what: 'once a day: calls',
        value: searching.calls,
        unit: 'calls',
        growth: { atMost: 1 },
        note: 'it searches for what images left behind',
      },
      { what: 'snapshot: peak of memory', value: snapshot.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'snapshot: processor time', value: snapshot.processorSeconds, unit: 's' },
      { what: 'snapshot: calls', value: snapshot.calls, unit: 'calls', growth: { atMost: 1 } },
      { what: 'copy: peak of memory', value: copy.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'copy: processor time', value: copy.processorSeconds, unit: 's' },
      { what: 'drill: peak of memory', value: drill.peakMiB, unit: 'MiB', target: { atMost: 400 } },
      { what: 'drill: processor time', value: drill.processorSeconds, unit: 's', target: { atMost: 30 } },
      {
        what: 'drill: calls',
        value: drill.calls,
        unit: 'calls',
        growth: { atMost: 1 },
        note: 'all are due, two start',
      },
      { what: 'log of a day', value: logBytes / 1e6, unit: 'MB', target: { atMost: 5 }, note: 'all sweeps of a day' },
    ];
  } finally {
    await functions.close();
    await server.close();
  }
}
