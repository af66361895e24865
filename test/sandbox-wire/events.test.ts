import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import type { SandboxEvent } from '../../sandbox/contract.ts';
import { ACCOUNT, aSandbox, inProcess, REGION } from './world.ts';

const ENTRY: PutEventsRequestEntry = { Source: 'amikeep', DetailType: 'Run', Detail: '{"action":"snapshot"}' };

function listening() {
  const sandbox = aSandbox();
  const heard: SandboxEvent[] = [];
  const stop = sandbox.onEvent((event) => heard.push(event));
  const { events } = inProcess(sandbox, 1);
  const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));
  return { heard, put, stop };
}

describe('PutEvents', () => {
  it('gives the event to who listens, as EventBridge would deliver it', async () => {
    const { heard, put } = listening();
    const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/amikeep`;
    const { FailedEntryCount, Entries } = await put(
      { ...ENTRY, Resources: ['arn:a'], Time: new Date('2026-11-23T01:59:59Z'), EventBusName: bus },
      ENTRY,
    );
    const common = { version: '0', source: 'amikeep', 'detail-type': 'Run', account: ACCOUNT, region: REGION };
    const detail = { action: 'snapshot' };
    expect(FailedEntryCount).toBe(0);
    expect(heard).toEqual([
      {
        ...common,
        detail,
        id: Entries?.[0]?.EventId,
        resources: ['arn:a'],
        time: '2026-11-23T01:59:59Z',
        bus: 'amikeep',
      },
      { ...common, detail, id: Entries?.[1]?.EventId, resources: [], time: '2026-11-23T02:00:00Z', bus: 'default' },
    ]);
  });

  it('no longer gives it to who has stopped listening', async () => {
    const { heard, put, stop } = listening();
    stop();
    await put(ENTRY);
    expect(heard).toEqual([]);
  });

  it.each<[string, PutEventsRequestEntry, string]>([
    ['no source', { DetailType: 'Run', Detail: '{}' }, 'InvalidArgument'],
    ['an empty detail type', { ...ENTRY, DetailType: '' }, 'InvalidArgument'],
    ['no detail', { Source: 'amikeep', DetailType: 'Run' }, 'InvalidArgument'],
    ['a detail that is not JSON', { ...ENTRY, Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { ...ENTRY, Detail: '[]' }, 'MalformedDetail'],
    ["AWS's own source", { ...ENTRY, Source: 'aws.ec2' }, 'NotAuthorizedForSourceException'],
  ])('refuses an entry with %s and takes the others', async (_, entry, ErrorCode) => {
    const { heard, put } = listening();
    expect(await put(entry, ENTRY)).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }],
    });
    expect(heard.length).toBe(1);
  });

  it.each<[string, PutEventsRequestEntry[], string]>([
    ['no entries', [], 'greater than or equal to 1'],
    ['eleven entries', Array.from({ length: 11 }, () => ENTRY), 'less than or equal to 10'],
    ['more than 256 KB', [{ ...ENTRY, Detail: JSON.stringify({ a: 'ä'.repeat(131_072) }) }], 'over the limit'],
  ])('refuses a call with %s as a whole', async (_, entries, message) => {
    const { heard, put } = listening();
    await expect(put(...entries)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
    expect(heard).toEqual([]);
  });
});
