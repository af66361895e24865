import { type AccountId, region as toRegion } from '../lib/model/ids.ts';
import { DAY, type Instant } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Outcome } from '../lib/run/outcome/outcome.ts';
import { VirtualClock } from '../sandbox/clock.ts';
import { serve } from '../sandbox/http.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { SeededRandom } from '../sandbox/seeded.ts';
import type { Effect, Watcher } from '../sandbox/watcher.ts';
import { type Deployment, deploy, stackKeys } from './deployment.ts';
import { drive, invoke, type Occurrence } from './driver.ts';
import type { InstanceSpec } from './fleet.ts';
import { type Incident, incidentsOf } from './incidents.ts';
import { Journal } from './journal.ts';
import { fleetLife, type LifeEvent } from './life.ts';
import { furnishNetworks, withNetworks } from './networks.ts';
import { Witness } from './recount/witness.ts';
import { DEMO_SWEEPS, firingsBetween, withoutIdleLooks } from './schedule.ts';
import { Tally } from './tally.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly file: PolicyFile;
  readonly fleet: readonly InstanceSpec[];
  readonly account: AccountId;
  readonly seed: number;
  readonly days: number;
  /** Whether calls go over HTTP. */
  readonly wire: boolean;
  /** Whether anything happens to the fleet, and goes wrong; a copy of a person's fleet is left in peace. */
  readonly eventful: boolean;
  readonly onProgress: (share: number) => void;
  /** Told of each call right before it takes effect, with who makes it. */
  readonly onEffect?: (effect: Effect, sandbox: Sandbox) => void;
}

/** All that is known once the days have passed. */
export interface Simulation {
  readonly options: SimulationOptions;
  readonly from: Instant;
  readonly until: Instant;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly witness: Witness;
  readonly life: readonly LifeEvent[];
  readonly incidents: readonly Incident[];
  /** What the retire sweep would decide now, for each region: it has a reason for every image. */
  readonly plans: readonly Outcome[];
}

/** A Tuesday, so that three months hold the end of daylight saving in Europe and in America. */
const START = Date.parse('2026-09-01T00:00:00Z');

/** Before it, the fleet is set up. */
const SET_UP = DAY / 2;

/** Lets the days pass over a fleet and the deployment that looks after it. The same options give the same to the byte. */
export async function simulate(asked: SimulationOptions): Promise<Simulation> {
  const { seed, account, wire, onEffect } = asked;
  const file = await withNetworks(asked.file, seed, account);
  const clock = new VirtualClock(START - SET_UP);
  const tally = new Tally();
  const watcher: Watcher = {
    effect: (effect) => {
      witness.noteEffect(effect);
      onEffect?.(effect, sandbox);
      return undefined;
    },
  };
  const sandbox: Sandbox = tally.around(
    createSandbox({ clock, seed, calls: { log: 10_000_000, inputs: true }, watcher, ec2: stackKeys(file) }),
  );
  const witness = new Witness(sandbox);
  const server = wire ? await serve(sandbox) : undefined;
  const random = new SeededRandom(seed);
  const deployment = deploy({
    sandbox,
    file,
    account,
    random: () => random.next(),
    inOrder: true,
    onInvocation: (action) => tally.by(action),
    ...(server && { endpoint: server.url }),
  });
  const inFlight = () => deployment.inFlight() - (server?.waiting() ?? 0);
  try {
    return await clock.run(() => live({ ...asked, file }, { clock, sandbox, tally, witness, deployment }), {
      inFlight,
    });
  } finally {
    deployment.close();
    await server?.close();
  }
}

interface Parts {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly tally: Tally;
  readonly witness: Witness;
  readonly deployment: Deployment;
}

async function live(options: SimulationOptions, parts: Parts): Promise<Simulation> {
  const { file, days, seed, eventful, onProgress } = options;
  const { clock, sandbox, tally, witness, deployment } = parts;
  const world = new World({ clock, client: (region) => deployment.client(toRegion(region)) });
  const journal = new Journal();
  await furnishNetworks(file, (region) => world.client(region));
  await world.populate(options.fleet);

  const from = START;
  const until = START + days * DAY;
  const life: LifeEvent[] = [];
  const incidents: Incident[] = [];
  const chance = { world, file, from, until, random: new SeededRandom(seed + 1) };
  const happenings = eventful
    ? [
        ...fleetLife({ ...chance, tell: (event) => life.push(event) }),
        ...incidentsOf({ ...chance, sandbox, tell: (incident) => incidents.push(incident) }),
      ]
    : [];
  const byPeople = happenings.map(({ at, happen }): Occurrence => ({ at, happen: asPeople(tally, happen) }));
  const fired = withoutIdleLooks(firingsBetween(file, DEMO_SWEEPS, from, until), file).map(
    ({ at, action, payload }): Occurrence => ({
      at,
      happen: async () => {
        witness.noteFiring(at, payload);
        await invoke(deployment, action, payload);
        journal.take(deployment.takeOutcomes());
      },
    }),
  );
  await drive([...byPeople, ...fired], until, {
    sandbox,
    clock,
    deployment,
    onProgress: (now) => onProgress((now - from) / (until - from)),
  });
  journal.take(deployment.takeOutcomes());
  tally.by('report');
  const plans = await deployment.plan({ action: 'retire' });
  return { options, from, until, sandbox, world, journal, tally, witness, life, incidents, plans };
}

function asPeople(tally: Tally, happen: () => Promise<void>): () => Promise<void> {
  return () => {
    tally.by('people');
    return happen();
  };
}
