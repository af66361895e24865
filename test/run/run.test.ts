import { describe, expect, it } from 'vitest';
import { completeReading } from '../../lib/model/reading.ts';
import { HOUR } from '../../lib/model/time.ts';
import { NOTHING_FOUND } from '../../lib/planning/evidence.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import { MAX_CONTINUATIONS } from '../../lib/run/event-schema.ts';
import { InputError } from '../../lib/run/input-error.ts';
import type { Applied } from '../../lib/run/ports.ts';
import { run } from '../../lib/run/run.ts';
import { anInstance, aPolicyFile, HERE } from '../builders.ts';
import { imageOfDay, imagesOfDays, marked, NOW } from '../planning/fleet.ts';
import { FakeApplier, FakeClock, FakePublisher, fakeReads } from './fakes.ts';

const retire: RunEvent = { action: 'retire', mode: 'apply', continuation: 0, target: HERE };
const UNTIL = NOW + HOUR;
const images = [...imagesOfDays(3), marked(imageOfDay(3), NOW - 30 * HOUR), marked(imageOfDay(4), NOW - 30 * HOUR)];

/** A run on a region with two images that are to go, which EC2 answers as `answer` says. */
async function runWith(
  event: RunEvent,
  answer: () => Applied = () => ({ kind: 'done' }),
  stopAt = NOW + HOUR,
  publisher = new FakePublisher(),
) {
  const applier = new FakeApplier(answer);
  const reads = fakeReads({
    images: async () => completeReading('images', NOW, images),
    uses: async () => completeReading('uses', NOW, new Map()),
    allInstances: async () => completeReading('instances', NOW, [anInstance()]),
    instancesAmong: async () => completeReading('instances', NOW, [anInstance()]),
    imageEvidence: async (_, asked) =>
      completeReading('evidence', NOW, new Map(asked.map(({ id }) => [id, NOTHING_FOUND]))),
    snapshots: async () => completeReading('snapshots', NOW, []),
    snapshotEvidence: async (_, ids) =>
      completeReading('snapshot evidence', NOW, new Map(ids.map((id) => [id, { sharedWith: [] }]))),
    leftovers: async () => ({
      images: completeReading('images', NOW, images),
      snapshots: completeReading('snapshots', NOW, []),
      strays: completeReading('snapshots of others', NOW, []),
      uses: completeReading('images by snapshot', NOW, new Map()),
    }),
    binRules: async () => completeReading('rules of the bin', NOW, []),
    heldSnapshots: async () => completeReading('snapshots on hold', NOW, []),
    binnedImages: async () => completeReading('the Recycle Bin', NOW, new Set()),
    snapshotUses: async () => completeReading('snapshot uses', NOW, new Map()),
  });
  const toldLate: string[] = [];
  const ports = {
    file: aPolicyFile(),
    account: HERE.account,
    clock: new FakeClock(),
    aws: () => ({ reads, applier, calls: () => ({ sent: 0, throttled: 0 }), isOutOfTime: () => false }),
    publisher,
    tell: () => {},
    tellFailure: (problem: string) => toldLate.push(problem),
    maxCopiesInFlight: 5,
  };
  const result = await run(event, ports, stopAt);
  return { result, publisher, applier, toldLate };
}

describe('a run', () => {
  it('without its target asks for one run for each, and does nothing else', async () => {
    const { target: _, ...untargeted } = retire;
    const { result, publisher, applier } = await runWith(untargeted);
    expect(result).toEqual({ kind: 'expanded', events: [retire] });
    expect(publisher.requested).toEqual([retire]);
    expect([publisher.published, applier.asked]).toEqual([[], []]);
  });

  it('with its target does the work and tells of it', async () => {
    const { result, publisher } = await runWith(retire);
    expect(result).toMatchObject({ kind: 'ran', outcome: { unfinished: 0, failures: [] } });
    expect(publisher.published.map(({ detailType }) => detailType)).toEqual([
      'Image Retired',
      'Image Retired',
      'Run Finished',
    ]);
    expect(publisher.requested).toEqual([]);
  });

  it('P10: in plan mode tells what it would do, and does none of it', async () => {
    const { publisher, applier } = await runWith({ ...retire, mode: 'plan' });
    expect(publisher.published).toMatchObject([
      { detailType: 'Run Finished', detail: { mode: 'plan', counts: { 'deregister expired': 2 }, changes: [] } },
    ]);
    expect([applier.asked, publisher.requested]).toEqual([[], []]);
  });

  it('for a policy that does not exist does nothing', async () => {
    await expect(runWith({ ...retire, policy: 'weekly' })).rejects.toThrow(InputError);
  });
});

/** What images left behind was searched for by the first run, and nothing of it is left to do. */
const SEARCHED = { leftovers: false } as const;

describe('a run whose time was too short', () => {
  it('stops, and asks once to be continued', async () => {
    const { result, publisher, applier } = await runWith(retire, undefined, NOW);
    expect(applier.asked).toEqual([]);
    expect(result).toMatchObject({ outcome: { unfinished: 2 } });
    expect(publisher.requested).toEqual([{ ...retire, ...SEARCHED, continuation: 1, until: UNTIL }]);
    expect(publisher.published).toMatchObject([{ detailType: 'Run Finished', detail: { unfinished: 2 } }]);
  });

  it('is continued once however many changes EC2 left no time for', async () => {
    let asked = 0;
    const oneInTime = (): Applied => (asked++ === 0 ? { kind: 'done' } : { kind: 'not-started' });
    const { publisher } = await runWith({ ...retire, continuation: 7, until: NOW + 1 }, oneInTime);
    expect(publisher.requested).toEqual([{ ...retire, ...SEARCHED, continuation: 8, until: NOW + 1 }]);
  });

  it('is continued for an hour from its first run, and no longer', async () => {
    let asked = 0;
    const oneInTime = (): Applied => (asked++ === 0 ? { kind: 'done' } : { kind: 'not-started' });
    const { publisher, result } = await runWith({ ...retire, continuation: 1, until: NOW }, oneInTime);
    expect(publisher.requested).toEqual([]);
    expect(result).toMatchObject({ sentOn: false, outcome: { givenUp: true } });
  });

  it('is continued three times at most where it gets nothing done', async () => {
    const stuck = () => (): Applied => ({ kind: 'not-started' });
    // What was refused is asked for again by the next run.
    const refusing = () => {
      let asked = 0;
      return (): Applied => (asked++ === 0 ? { kind: 'refused', problem: 'no' } : { kind: 'not-started' });
    };
    for (const answers of [stuck, refusing]) {
      const second = await runWith({ ...retire, continuation: 2 }, answers());
      expect(second.publisher.requested).toEqual([{ ...retire, ...SEARCHED, continuation: 3, until: UNTIL }]);
      const third = await runWith({ ...retire, continuation: 3 }, answers());
      expect(third.publisher.requested).toEqual([]);
      expect(third.result).toMatchObject({ sentOn: false, outcome: { givenUp: true } });
    }
  });

  it('P15: is continued even if nothing can be told of it, which is a failure of the run', async () => {
    const publisher = new FakePublisher();
    publisher.publish = () => Promise.reject(new Error('the bus is gone'));
    const { result, toldLate } = await runWith(retire, undefined, NOW, publisher);
    expect(result).toMatchObject({ sentOn: true, outcome: { failures: ['the bus is gone'] } });
    // Log and metrics had been told before.
    expect(toldLate).toEqual(['the bus is gone']);
    expect(publisher.requested).toEqual([{ ...retire, ...SEARCHED, continuation: 1, until: UNTIL }]);
  });

  it('P15: is sent on as the last thing of all, so that nothing that fails leads to a second successor', async () => {
    const publisher = new FakePublisher();
    publisher.sendOn = async () => {
      expect(publisher.published.map(({ detailType }) => detailType)).toEqual(['Run Finished']);
      throw new Error('the bus is gone');
    };
    await expect(runWith(retire, undefined, NOW, publisher)).rejects.toThrow('the bus is gone');
  });

  it('is not continued for ever, and says that it was given up', async () => {
    const { result, publisher } = await runWith({ ...retire, continuation: MAX_CONTINUATIONS }, undefined, NOW);
    expect(publisher.requested).toEqual([]);
    expect(result).toMatchObject({ outcome: { failures: [expect.stringContaining('are not started after')] } });
  });

  it('is not continued for what failed or is at a limit', async () => {
    const { publisher } = await runWith(retire, () => ({ kind: 'limit', problem: 'throttled' }));
    expect(publisher.requested).toEqual([]);
  });
});
