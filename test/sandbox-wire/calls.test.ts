import { describe, expect, it } from 'vitest';
import type { CallRecordOptions } from '../../sandbox/calls.ts';
import { ACCOUNT, anOperation, aSandboxWith, REGION, START } from './world.ts';

function recording(calls?: CallRecordOptions) {
  const sandbox = aSandboxWith(
    { DescribeImages: anOperation(() => ({ Images: [] }), ['Owners']) },
    calls === undefined ? {} : { calls },
  );
  const describeImages = (input: object = {}) =>
    sandbox.call({ service: 'ec2', operation: 'DescribeImages', region: REGION, account: ACCOUNT, input });
  return { sandbox, describeImages };
}

describe('the record of calls', () => {
  it('counts what is alike, and adds up what is asked for', async () => {
    const { sandbox, describeImages } = recording();
    await describeImages();
    await describeImages({ Owners: ['self'] });
    await describeImages({ ImageIds: ['ami-1'] }).catch(() => undefined);
    const like = { service: 'ec2', operation: 'DescribeImages', account: ACCOUNT, region: REGION, lost: false };
    expect(sandbox.calls.counts()).toEqual([
      { ...like, outcome: 'ok', status: 200, count: 2 },
      { ...like, outcome: 'UnsupportedOperation', status: 400, count: 1 },
    ]);
    expect(sandbox.calls.total({ operation: 'DescribeImages' })).toBe(3);
    expect(sandbox.calls.total({ status: 400 })).toBe(1);
    expect(sandbox.calls.total({ region: 'eu-west-1' })).toBe(0);
  });

  it('keeps the newest calls where a log is asked for', async () => {
    const { sandbox, describeImages } = recording({ log: 2, inputs: true });
    for (const Owners of [['self'], ['amazon'], ['a'], ['b'], ['c']]) await describeImages({ Owners });
    expect(sandbox.calls.log.map(({ input }) => input)).toEqual([{ Owners: ['b'] }, { Owners: ['c'] }]);
    expect(sandbox.calls.log[1]).toMatchObject({
      time: START,
      outcome: 'ok',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('keeps no inputs and no log unless asked to', async () => {
    const [counting, logging] = [recording(), recording({ log: 5 })];
    await counting.describeImages({ Owners: ['self'] });
    await logging.describeImages({ Owners: ['self'] });
    expect(counting.sandbox.calls.log).toEqual([]);
    expect(logging.sandbox.calls.log.map((call) => 'input' in call)).toEqual([false]);
  });

  it('gives the same request ids for the same seed, and starts them anew after a reset', async () => {
    const { sandbox, describeImages } = recording({ log: 10 });
    await describeImages();
    const before = sandbox.calls.log.map(({ requestId }) => requestId);
    sandbox.reset();
    await describeImages();
    expect(sandbox.calls.log.map(({ requestId }) => requestId)).toEqual(before);
  });
});
