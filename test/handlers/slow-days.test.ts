import { describe, expect, it } from 'vitest';
import { type Instant, MINUTE, SECOND } from '../../lib/model/time.ts';
import { ACCOUNT, aWorld, FRANKFURT, LOCAL, type RunFinished, tagOf, type World } from './world.ts';

const NIGHT = Date.parse('2026-11-02T03:00:00Z');
const INSTANCES = 60;
/** Less than all of them take at a tenth of what EC2 takes. */
const FUNCTION_TIME = MINUTE;
const MOST_SWEEPS = 15;
/** Nine times as often as EC2 takes a change. */
const STOLEN_EVERY = SECOND / 45;

/** An account in which half the answers are slow and two thirds of the pages short or empty. */
async function aSlowWorld(): Promise<World> {
  const world = aWorld({ policies: LOCAL, behaviour: { pageFill: 'uneven' }, functionTime: FUNCTION_TIME });
  await world.launch(INSTANCES, { Backup: 'nightly' });
  return world;
}

/** From now on half the answers take seconds, and somebody else takes nine of ten tokens of a call. */
function slowDown({ sandbox, clock }: World, operation: string, input: object, until: Instant): void {
  sandbox.faults.add({ kind: 'latency', service: 'ec2', probability: 0.5, latencyMs: 3 * SECOND });
  const steal = (at: Instant): void => {
    if (at >= until) return;
    clock.at(at, () => {
      // What comes of it is nobody's business: a token is gone either way.
      sandbox.call({ service: 'ec2', operation, account: ACCOUNT, region: FRANKFURT, input }).catch(() => {});
      steal(at + STOLEN_EVERY);
    });
  };
  steal(clock.now());
}

/** Of the pages that a run read, those that it read more than once. */
function pagesReadAgain({ sandbox }: World, { startedAt, endedAt }: RunFinished): string[] {
  const pages = sandbox.calls.log
    .filter(({ time }) => time >= Date.parse(startedAt) && time < Date.parse(endedAt))
    .filter(({ operation, outcome }) => /^Describe(?:Images|Instances)$/.test(operation) && outcome === 'ok')
    .map(({ operation, input }) => JSON.stringify([operation, input]));
  return pages.filter((page, index) => pages.indexOf(page) !== index);
}

describe('where half the answers are slow, pages are short and somebody else takes nine of ten tokens', () => {
  it('all images are made once, by runs that end in time, go on where they were, and say so', async () => {
    const world = await aSlowWorld();
    await world.clock.advanceTo(NIGHT);
    const [instance] = world.sandbox.ec2.inspect.instances({ account: ACCOUNT, region: FRANKFURT });
    const theirs = { InstanceId: instance?.instance.InstanceId, Name: 'theirs', NoReboot: true, DryRun: true };
    slowDown(world, 'CreateImage', theirs, NIGHT + 60 * MINUTE);
    const left: number[] = [];
    for (let sweep = 0; sweep < MOST_SWEEPS && world.images().length < INSTANCES; sweep++) {
      await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
      for (const { message } of await world.deliver()) expect(message).toMatch(/\d+ failed, .*RequestLimitExceeded/);
      left.push(INSTANCES - world.images().length);
    }

    expect(new Set(world.images().map((image) => tagOf(image, 'amikeep:source-instance'))).size).toBe(INSTANCES);
    expect(world.images()).toHaveLength(INSTANCES);
    const runs = world.finishedRuns();
    for (const run of runs) {
      expect(Date.parse(run.endedAt) - Date.parse(run.startedAt)).toBeLessThan(FUNCTION_TIME);
      expect(pagesReadAgain(world, run)).toEqual([]);
    }
    expect(left).toEqual([...left].sort((one, other) => other - one));
    // What there was no time for is told, and so is what EC2 turned away each time.
    expect(runs[0]?.unfinished).toBeGreaterThan(0);
    expect(runs[0]?.failures[0]).toMatch(/^create i-\w+ in eu-central-1: RequestLimitExceeded/);
    expect(runs.at(-1)).toMatchObject({ unfinished: 0, failures: [] });
  });
});
