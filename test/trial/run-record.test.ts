import { describe, expect, it } from 'vitest';
import { RunRecord } from '../../sim/trial/observer/run-record.ts';

const PROMISED = { deployment: 'ours', regions: ['eu-central-1'], policies: [] };
const BEGUN = {
  caller: 'ours/1',
  deployment: 'ours',
  account: '111122223333',
  event: { action: 'retire', mode: 'apply' as const },
  promised: PROMISED,
  window: undefined,
  stopAt: Number.POSITIVE_INFINITY,
  invokedBy: 'an event',
  retry: 0,
};

const byTag = (key: string, ...values: string[]) => ({ Name: `tag:amikeep:${key}`, Values: values });
const imagesOf = (...lineages: string[]) => ({
  Owners: ['self'],
  Filters: [byTag('deployment', 'ours'), byTag('lineage', ...lineages)],
});

/** What of its failed reads a run has not made up for, as the subjects that each is about. */
function failedAfter(...reads: readonly [operation: string, input: object, outcome: string][]) {
  const run = new RunRecord(BEGUN, 0);
  for (const [operation, input, outcome] of reads) {
    const place = { service: 'ec2', account: '111122223333', region: 'eu-central-1', caller: 'ours/1' } as const;
    run.note({ ...place, operation, input, outcome, status: 200, lost: false, requestId: operation, time: 0 });
  }
  return [...run.failedReads.values()].map(({ ids }) => ids && [...ids]);
}

describe('a read that failed', () => {
  const failed = ['DescribeImages', imagesOf('Role=a', 'Role=b', 'Role=\\*'), 'RequestLimitExceeded'] as const;

  it('is about what it asked for', () => {
    expect(failedAfter([...failed])).toEqual([['Role=a', 'Role=b', 'Role=*']]);
    expect(failedAfter(['DescribeInstances', {}, 'RequestLimitExceeded'])).toEqual([undefined]);
    const entries = { ReportIds: ['amiur-0123456789abcdef0'] };
    expect(failedAfter(['DescribeImageUsageReportEntries', entries, 'InternalError'])).toEqual([entries.ReportIds]);
  });

  it('is answered by reads of the same about all of it, one by one', () => {
    expect(failedAfter([...failed], ['DescribeImages', imagesOf('Role=b', 'Role=c'), 'ok'])).toEqual([
      ['Role=a', 'Role=*'],
    ]);
    expect(
      failedAfter(
        [...failed],
        ['DescribeImages', { ...imagesOf('Role=a'), NextToken: 'x' }, 'ok'],
        ['DescribeImages', imagesOf('Role=\\*', 'Role=b'), 'ok'],
      ),
    ).toEqual([]);
  });

  it.each<[string, object]>([
    [
      'asks for fewer of them',
      { Owners: ['self'], Filters: [...imagesOf('Role=a', 'Role=b', 'Role=\\*').Filters, byTag('policy', 'gold')] },
    ],
    ['asks for others as well', { Filters: imagesOf('Role=a', 'Role=b', 'Role=\\*').Filters }],
  ])('is not answered by one that %s', (_, input) => {
    expect(failedAfter([...failed], ['DescribeImages', input, 'ok'])).toHaveLength(1);
  });

  it('is not answered by one that tells something else of the same image', () => {
    const asked = (attribute: string) => ({ ImageId: 'ami-1', Attribute: attribute });
    expect(
      failedAfter(
        ['DescribeImageAttribute', asked('launchPermission'), 'InternalError'],
        ['DescribeImageAttribute', asked('deregistrationProtection'), 'ok'],
      ),
    ).toEqual([['ami-1']]);
  });
});
