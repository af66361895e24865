import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { createClients } from '../../../lib/aws/calls/clients.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const HERE = { account: accountId('111122223333'), region: region('eu-central-1') };

function aCaller(stopAt = Number.POSITIVE_INFINITY) {
  const clock = new VirtualClock(0);
  const ports = { clients: createClients(), pace: new Pace(clock, 1), clock, random: () => 1 };
  const caller = new Caller(ports, stopAt, 'ec2');
  /** Makes a call that is answered by each of the errors in turn and then succeeds. */
  const callThrough = async (errors: readonly Error[], action = 'DescribeImages') => {
    let sent = 0;
    const result = await clock.run(() =>
      caller.call(HERE, action, async () => {
        const error = errors[sent++];
        if (error) throw error;
        return 'answer';
      }),
    );
    return { result, sent, waited: clock.now(), counts: caller.to('ssm').counts() };
  };
  return callThrough;
}

const coded = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } });
const times = (count: number, error: Error) => Array.from({ length: count }, () => error);

describe('a call', () => {
  it('is sent once where it succeeds', async () => {
    expect(await aCaller()([])).toMatchObject({ result: { ok: true, value: 'answer' }, sent: 1, waited: 0 });
  });

  it('counts each try, and those that AWS turned away for coming too fast', async () => {
    const errors = [coded('RequestLimitExceeded', 503), coded('InternalError', 500), coded('Throttling', 400)];
    const { counts } = await aCaller()(errors);
    expect(counts).toEqual({ sent: 4, throttled: 2 });
  });

  it.each([
    ['throttled', coded('RequestLimitExceeded', 503), 10],
    ['AWS is unwell', coded('InternalError', 500), 5],
    ['no answer comes', new Error('socket hang up'), 3],
    ['a volume needs its pause', coded('SnapshotCreationPerVolumeRateExceeded', 400), 4],
    ['it is denied', coded('UnauthorizedOperation', 403), 1],
    ['a limit is reached', coded('ResourceLimitExceeded', 400), 1],
    ['it is wrong', coded('InvalidParameterValue', 400), 1],
  ])('where %s is sent so often in all', async (_, error, tries) => {
    const { result, sent } = await aCaller()(times(20, error), 'CreateImage');
    expect(sent).toBe(tries);
    expect(result).toMatchObject({ ok: false, failure: { code: error.name } });
  });

  it.each([
    ['AWS is unwell', coded('InternalError', 500), 6],
    ['no answer comes', new Error('socket hang up'), 6],
  ])('that only reads is sent more often where %s: nothing is done twice by it', async (_, error, tries) => {
    expect(await aCaller()(times(20, error))).toMatchObject({ sent: tries, result: { ok: false } });
  });

  it('waits longer each time, on the clock that it was given', async () => {
    const { result, waited } = await aCaller()(times(3, coded('InternalError', 500)));
    expect(result.ok).toBe(true);
    expect(waited).toBe(200 + 400 + 800);
  });

  it('waits 15 seconds and more for a volume that takes no snapshots in quick succession', async () => {
    const { result, waited } = await aCaller()([coded('SnapshotCreationPerVolumeRateExceeded', 400)]);
    expect(result.ok).toBe(true);
    expect(waited).toBeGreaterThanOrEqual(15_000);
  });

  it('is not sent again where its pause would outlast the run, and tells the last answer', async () => {
    const { result, sent } = await aCaller(500)(times(9, coded('RequestLimitExceeded', 503)));
    expect(sent).toBe(1);
    expect(result).toMatchObject({ failure: { meaning: 'throttled' } });
  });

  it('is not sent at all where no time is left', async () => {
    const { result, sent } = await aCaller(0)([]);
    expect(sent).toBe(0);
    expect(result).toMatchObject({
      failure: { meaning: 'not-started', message: 'no time was left for DescribeImages' },
    });
  });
});
