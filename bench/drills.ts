import { EC2Client } from '@aws-sdk/client-ec2';
import { HOUR, MINUTE, SECOND } from '../lib/model/time.ts';
import { SWEPT_EVERY } from '../lib/planning/drill/lease.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { serve } from '../sandbox/http.ts';
import { connectInProcess } from '../sandbox/in-process.ts';
import { SeededRandom } from '../sandbox/seeded.ts';
import { deploy } from '../sim/deployment.ts';
import { furnishNetworks } from '../sim/networks.ts';
import { HOME, NEWEST } from './inventory.ts';
import { functionSettings, RATE_SHARE } from './large/functions.ts';
import { Lambda } from './large/lambda.ts';
import { LAUNCHING, type LargeRegion, largeRegion, type RegionSettings } from './large/region.ts';
import { policiesDrilling } from './policies.ts';
import type { Row } from './row.ts';

/** From launch to end, every call of ours counted, whichever service it is of: what changes, reads, signs and tells. */
const CALLS_A_DRILL = 12;

/** What EC2 takes of RunInstances. */
const LAUNCH = { burst: 5, perSecond: 2 };

/** What drills take in calls, and how long as many as are due at once take under EC2's rates. */
export async function measureDrills(lineages: number): Promise<Row[]> {
  const counted = [await callsOf(1), await callsOf(2), await callsOf(10)] as const;
  return [
    ...counted.map(aDrill),
    {
      what: 'a look that finds no drill: calls a region',
      value: counted[0].idle,
      unit: 'calls',
      target: { exactly: 1 },
      anywhere: true,
      note: 'of EC2; beside it each run tells on the bus that it has ended',
    },
    ...(await measureRates(lineages)),
  ];
}

interface Calls {
  readonly drills: number;
  /** From the first launch to the last end. */
  readonly underWay: number;
  /** With those of the run that looks for what is due, and of what is told after the end. */
  readonly all: number;
  /** Of EC2, by a look that finds none. */
  readonly idle: number;
}

function aDrill({ drills, underWay, all }: Calls): Row {
  return {
    what: `${drills} at a time: calls a drill from launch to end`,
    value: underWay / drills,
    unit: 'calls',
    target: { atMost: CALLS_A_DRILL },
    note: `${(all / drills).toFixed(1)} with the reads before the launch and what is told after the end`,
  };
}

/** As many drills as may run at a time, from the run that starts them to the look that ends them, over HTTP. */
async function callsOf(atMost: number): Promise<Calls> {
  const { region, file } = await aFleetToDrill(atMost, atMost, { log: 1_000 });
  const { sandbox, clock } = region;
  const server = await serve(sandbox);
  const random = new SeededRandom(1);
  const functions = deploy({
    ...{ sandbox, file, account: HOME.account, endpoint: server.url },
    random: () => random.next(),
  });
  const inFlight = () => functions.inFlight() - server.waiting();
  const invoke = (more: object) => {
    return clock.run(() => functions.invoke('drill', { action: 'drill', target: HOME, ...more }), { inFlight });
  };
  try {
    sandbox.calls.reset();
    await invoke({});
    do {
      await clock.advance(SWEPT_EVERY);
      await invoke({ sweep: true });
    } while (livingIn(region) > 0);
    const drills = sandbox.calls.total({ operation: 'RunInstances', outcome: 'ok' });
    const made = sandbox.calls.log.map(({ operation }) => operation);
    const underWay = made.lastIndexOf('TerminateInstances') - made.indexOf('RunInstances') + 1;
    await clock.advance(SWEPT_EVERY);
    sandbox.calls.reset();
    await invoke({ sweep: true });
    return { drills, underWay, all: made.length, idle: sandbox.calls.total({ service: 'ec2' }) };
  } finally {
    functions.close();
    await server.close();
  }
}

/** All of so many lineages due at once, and half of them allowed to run at a time. */
async function measureRates(lineages: number): Promise<Row[]> {
  const { timeout } = await functionSettings();
  const atMost = lineages / 2;
  const { region, file } = await aFleetToDrill(lineages, atMost, { throttling: true, log: 100 * lineages });
  const { sandbox, clock } = region;
  sandbox.calls.reset();
  const lambda = new Lambda({ sandbox, file, rateShare: RATE_SHARE, timeout, maxCopiesInFlight: 1 });
  const began = clock.now();
  const hours = 3;
  for (let hour = 0; hour < hours; hour++) {
    clock.at(began + hour * HOUR, () => lambda.invoke('drill', { action: 'drill' }));
    for (let at = SWEPT_EVERY; at <= HOUR; at += SWEPT_EVERY) {
      clock.at(began + hour * HOUR + at - MINUTE, () => lambda.invoke('drill', { action: 'drill', sweep: true }));
    }
  }
  await clock.advance(hours * HOUR);
  lambda.close();
  const launches = sandbox.calls.log.filter(
    ({ operation, outcome }) => operation === 'RunInstances' && outcome === 'ok',
  );
  const ends = sandbox.calls.log.filter(
    ({ operation, outcome }) => operation === 'TerminateInstances' && outcome === 'ok',
  );
  const seconds = ((launches[atMost - 1]?.time ?? Number.NaN) - began) / SECOND;
  const allowed = Math.max(0, atMost - LAUNCH.burst * RATE_SHARE) / (LAUNCH.perSecond * RATE_SHARE);
  const ec2 = sandbox.calls.total({ service: 'ec2' });
  const throttled = sandbox.calls.total({ service: 'ec2', outcome: 'RequestLimitExceeded' });
  const passed = sandbox.ec2.inspect
    .images(HOME)
    .filter(({ image }) => image.Tags?.some(({ Key }) => Key === 'amikeep:passed')).length;
  const launchesInAll = sandbox.calls.total({ operation: 'RunInstances' });
  return [
    {
      what: 'launched at once: time, to what the share of the rate allows',
      value: seconds / allowed,
      unit: 'x',
      // The way from the schedule to the region takes a second, which is much of little.
      target: { atMost: 1.05 },
      note: `${atMost} in ${seconds.toFixed(1)} s of ${allowed.toFixed(1)} s`,
    },
    { what: 'images proven', value: passed, unit: 'images', target: { exactly: lineages }, anywhere: true },
    {
      what: 'launches refused',
      value:
        launchesInAll -
        launches.length -
        sandbox.calls.total({ operation: 'RunInstances', outcome: 'RequestLimitExceeded' }),
      unit: 'calls',
      target: { exactly: 0 },
      anywhere: true,
      note: `of ${launchesInAll}`,
    },
    {
      what: 'calls throttled',
      value: (throttled / ec2) * 100,
      unit: '%',
      target: { atMost: 1 },
      anywhere: true,
      note: `${throttled} of ${ec2}`,
    },
    {
      what: 'all of them: time until the last has ended',
      value: ((ends.at(-1)?.time ?? Number.NaN) - began) / MINUTE,
      unit: 'minutes',
      note: 'a start each hour, half of them at a time; status checks take 150 s here',
    },
    ...lambda.rows(),
  ];
}

/** So many servers with an image each, none of which was ever started, and a sealed network for drills. */
async function aFleetToDrill(
  lineages: number,
  atMost: number,
  settings: Omit<RegionSettings, 'startsAt'> = {},
): Promise<{ readonly region: LargeRegion; readonly file: PolicyFile }> {
  const named = policiesDrilling(atMost);
  const region = await largeRegion(named, lineages, { ...settings, startsAt: NEWEST - LAUNCHING });
  const { sandbox, clock, makeImages } = region;
  await clock.advanceTo(NEWEST);
  await makeImages(NEWEST);
  await clock.advance(HOUR);
  const client = new EC2Client({
    region: HOME.region,
    credentials: { accessKeyId: HOME.account, secretAccessKey: 'sandbox' },
  });
  connectInProcess(sandbox, client, { account: HOME.account });
  const file = await clock.run(() => furnishNetworks(named, () => client));
  client.destroy();
  return { region, file };
}

function livingIn({ sandbox }: LargeRegion): number {
  return sandbox.ec2.inspect
    .instances(HOME)
    .filter(
      ({ instance: { ClientToken = '', State } }) =>
        ClientToken.startsWith('amikeep-drill-') && State?.Name === 'running',
    ).length;
}
