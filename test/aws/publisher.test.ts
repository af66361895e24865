import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { createPublisher } from '../../lib/aws/publisher.ts';
import type { OutcomeEvent } from '../../lib/run/outcome/details.ts';
import { VirtualClock } from '../../sandbox/clock.ts';

const BUS = 'amikeep';
const UNWELL = { name: 'InternalException', $metadata: { httpStatusCode: 500 } };

function created(imageId: string, reason = 'due'): OutcomeEvent {
  const common = { deployment: 'test', policy: 'nightly', lineage: 'i-1', version: 'v', account: 'a', region: 'r' };
  return { detailType: 'Image Created', detail: { ...common, imageId, instanceId: 'i-1', reason } };
}

/** A publisher before an EventBridge that answers at once; `reject` says which entries EventBridge rejects, each time that they come. */
function aPublisher(reject: (entry: PutEventsRequestEntry, time: number) => boolean = () => false) {
  const clock = new VirtualClock(0);
  const client = new EventBridgeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const accepted: string[] = [];
  const sizes: number[] = [];
  const seen = new Map<string, number>();
  client.middlewareStack.add(
    () => async (args) => {
      const entries = 'Entries' in args.input ? (args.input.Entries ?? []) : [];
      sizes.push(entries.length);
      const answers = entries.map((entry) => {
        const time = (seen.get(entry.Detail ?? '') ?? 0) + 1;
        seen.set(entry.Detail ?? '', time);
        if (reject(entry, time)) return { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' };
        accepted.push(entry.Detail ?? '');
        return { EventId: String(accepted.length) };
      });
      const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
      return { output: { Entries: answers, FailedEntryCount, $metadata: {} }, response: undefined };
    },
    { step: 'initialize', name: 'rejections', priority: 'high' },
  );
  const publisher = createPublisher({ client, bus: BUS, clock, random: () => 0.5 });
  return { publisher, clock, accepted, sizes };
}

describe('the publisher', () => {
  it('puts ten events a call', async () => {
    const { publisher, clock, accepted, sizes } = aPublisher();
    await clock.run(() => publisher.publish(Array.from({ length: 23 }, (_, index) => created(`ami-${index}`))));
    expect(sizes).toEqual([10, 10, 3]);
    expect(accepted).toHaveLength(23);
  });

  it('splits what is too large for one call', async () => {
    const { publisher, clock, sizes } = aPublisher();
    await clock.run(() => publisher.publish([1, 2, 3].map((id) => created(`ami-${id}`, 'x'.repeat(100_000)))));
    expect(sizes).toEqual([2, 1]);
  });

  it('sends again only what was rejected', async () => {
    const { publisher, clock, accepted, sizes } = aPublisher(
      (entry, time) => time === 1 && /ami-[13]"/.test(entry.Detail ?? ''),
    );
    await clock.run(() => publisher.publish([0, 1, 2, 3].map((id) => created(`ami-${id}`))));
    expect(sizes).toEqual([4, 2]);
    expect(accepted).toHaveLength(4);
    expect(clock.now()).toBeGreaterThan(0);
  });

  it('P15: puts the successor of a run no second time where the first may have been put', async () => {
    const successor = { action: 'retire', mode: 'apply', continuation: 1 } as const;
    for (const trouble of [new Error('socket hang up'), Object.assign(new Error('no'), UNWELL)]) {
      const { publisher, clock, sizes } = aPublisher(() => {
        throw trouble;
      });
      await clock.run(() => publisher.sendOn(successor));
      expect(sizes).toEqual([1]);
    }
    const rejected = aPublisher((_, time) => time === 1);
    await rejected.clock.run(() => rejected.publisher.sendOn(successor));
    expect(rejected.sizes).toEqual([1, 1]);
    expect(rejected.accepted).toEqual(['{"action":"retire","mode":"apply","continuation":1}']);
  });

  it('throws what goes on being rejected, since a run that was asked for must not be lost quietly', async () => {
    const { publisher, clock, sizes } = aPublisher(() => true);
    await expect(clock.run(() => publisher.publish([created('ami-1')]))).rejects.toThrow(
      "1 events could not be put on bus amikeep, 'Image Created' first: slow down",
    );
    expect(sizes).toHaveLength(5);
  });
});
