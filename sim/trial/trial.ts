import { type Clients, type Credentials, createClients } from '../../lib/aws/calls/clients.ts';
import { sealKeyAlias } from '../../lib/aws/calls/seal-key.ts';
import { accountId } from '../../lib/model/ids.ts';
import { DAY, HOUR } from '../../lib/model/time.ts';
import type { RecordedCall } from '../../sandbox/calls.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import type { Watcher } from '../../sandbox/watcher.ts';
import type { AffairName } from './affairs.ts';
import { Chance } from './chance.ts';
import { Company } from './company.ts';
import { LONGEST_LAG, LONGEST_TRANSIT } from './faults.ts';
import { Journal } from './journal.ts';
import { Life, OURS, THEIRS } from './life.ts';
import { MEMBERS } from './members.ts';
import type { DrillCounts } from './observer/drills.ts';
import { Observer } from './observer/observer.ts';
import type { Violation } from './observer/promised.ts';
import { textsAt } from './observer/texts.ts';
import { Runs } from './runs.ts';
import { type Spoiling, STACK_IN } from './site.ts';
import { told } from './told.ts';
import { VAULT, volumeKeyOf } from './vaults.ts';
import { fairWeather } from './weather.ts';
import { SOURCE_REGIONS } from './written-policies.ts';

export interface TrialOptions {
  readonly seed: number;
  readonly days: number;
  /** The names of the faults that may strike. */
  readonly faults: readonly string[];
  /** How the deployment is spoilt, to see whether the observer notices. */
  readonly spoiling?: Spoiling;
}

export interface TrialResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** What is no broken promise but a mistake: anything that was thrown and that nobody expects. */
  readonly defect: string | undefined;
  readonly journal: Journal;
  readonly size: TrialSize;
  /** What it had that other trials have not. */
  readonly affairs: readonly AffairName[];
}

/** How much happened. */
export interface TrialSize {
  readonly instances: number;
  readonly runs: number;
  readonly calls: number;
  readonly checks: number;
  readonly images: number;
  /** Calls that were also taken over the wire. */
  readonly replays: number;
  /** What was started to see whether it comes up, and what came of it; nothing where no policy had any drills. */
  readonly drills?: DrillCounts;
}

const ACCOUNT = accountId('111122223333');
/** An account with which images are shared. */
const NEIGHBOUR = '444455556666';
const YEAR = Date.parse('2026-01-01T00:00:00Z');

/** Every so many calls of a client, one is also taken over the wire; the first among so many that each trial has some. */
const REPLAY_EVERY = 1_500;
const REPLAY_FIRST = 50;

/** Lets days pass over a fleet, all of it from one seed. It ends early once a promise is broken. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const { seed, days } = options;
  const chance = (part: string) => new Chance(seed, part);
  // Any day of the year: in sixty of them, clocks change in one of three trials.
  const start = YEAR + chance('start').below(365) * DAY;
  const clock = new VirtualClock(start - HOUR);
  const journal = new Journal();
  const observer = new Observer({ account: ACCOUNT, lag: LONGEST_LAG, transit: LONGEST_TRANSIT });
  let calls = 0;
  const watcher: Watcher = {
    ...observer.watcher,
    answered: (call) => {
      calls += 1;
      noteCall(call, clock, journal);
      observer.watcher.answered?.(call);
    },
  };
  const sandbox = createSandbox({
    clock,
    seed,
    watcher,
    ec2: {
      signingKeys: { [STACK_IN]: [OURS, THEIRS].map(sealKeyAlias) },
      kmsKeyUsers: Object.fromEntries(
        [...SOURCE_REGIONS.map((region) => ({ id: ACCOUNT, region })), ...MEMBERS].map(({ id, region }) => {
          return [volumeKeyOf(id, region), [VAULT]];
        }),
      ),
    },
  });
  observer.attach(sandbox);
  const weather = fairWeather();
  const runs = new Runs({ sandbox, clock, journal, observer, weather, chance: chance('runs') });
  const sample = chance('replays');
  let replays = 0;
  const made: Clients[] = [];
  const clientsWith = (credentials: Credentials) => {
    const clients = createClients({ region: 'eu-central-1', credentials }, (client) => {
      connectInProcess(runs.answering, client, {
        accessKey: credentials,
        replayEvery: REPLAY_EVERY,
        replayFirst: sample.from(1, REPLAY_FIRST),
        onReplay: (_operation, difference) => {
          replays += 1;
          if (difference) runs.stumble(difference);
        },
      });
    });
    made.push(clients);
    return clients;
  };
  // The sandbox takes an access key of twelve digits for the account itself.
  const clientsOf = (account: string) => clientsWith({ accessKeyId: account, secretAccessKey: 'sandbox' });
  const [clients, neighbours] = [clientsOf(ACCOUNT), clientsOf(NEIGHBOUR)];
  const neighbour = { account: NEIGHBOUR, clients: neighbours };
  const company = new Company({ sandbox, account: ACCOUNT, clients, neighbour });
  const companyOf = (account: string) => new Company({ sandbox, account, clients: clientsOf(account), neighbour });
  const life = new Life({
    options,
    account: ACCOUNT,
    clock,
    journal,
    observer,
    sandbox,
    weather,
    chance,
    runs,
    clients,
    clientsOf,
    clientsWith,
    company,
    companyOf,
  });
  const defect = await clock.run(() => life.live(start, start + days * DAY)).then(() => runs.defect, told);
  for (const one of made) one.close();
  return {
    seed,
    violations: observer.violations,
    defect,
    journal,
    affairs: life.affairs,
    size: {
      instances: company.members.length,
      runs: runs.started,
      calls,
      checks: observer.scene.checks,
      images: observer.scene.book.images.size,
      replays,
      ...(life.hasDrills && { drills: observer.drills.counts }),
    },
  };
}

const UNTOLD = /^(?:Describe|Get|List|PutEvents)/;

/** Where an input says what a call is about. */
const SUBJECTS = ['Resources', 'ImageId', 'SnapshotId', 'InstanceId', 'InstanceIds', 'SourceImageId', 'Value'];

/** Changes, and reads that failed. */
function noteCall(call: RecordedCall, clock: VirtualClock, journal: Journal): void {
  const { operation, outcome, lost, input, region, caller = 'people', requestId } = call;
  const isRead = UNTOLD.test(operation);
  if (isRead && outcome === 'ok' && !lost) return;
  const subjects = isRead
    ? [caller, requestId]
    : SUBJECTS.flatMap((member) => textsAt(input, member)).concat(caller, requestId);
  const ended = lost ? `${outcome}, and the answer was lost` : outcome;
  journal.add(clock.now(), subjects, () => `  ${caller}: ${operation} in ${region}: ${ended} ${brief(input)}`);
}

/** An input without what would fill pages: the tags that an image is made with are told by its name. */
function brief(input: unknown): string {
  const { TagSpecifications: _, Description: __, ...rest } = { ...Object(input) };
  return JSON.stringify(rest);
}
