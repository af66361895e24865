import { DescribeSnapshotsCommand, type Filter } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Snapshot } from '../../model/resources.ts';
import type { Caller } from '../calls/caller.ts';
import { readPages } from '../calls/pages.ts';
import { toSnapshot } from '../convert.ts';

const PAGE = 1000;

/** Whether one of what is read is kept. It is asked page by page, so that a large region does not stay in memory. */
export type Keeping<T> = (one: T) => boolean;

/** The account's own snapshots that match filters; of their seals nothing is known yet. */
export function snapshotsBy(
  caller: Caller,
  target: Target,
  filters: readonly Filter[],
  source: string,
  keep: Keeping<Snapshot> = () => true,
): Promise<Reading<readonly Snapshot[]>> {
  return readPages(caller, target, source, 'DescribeSnapshots', async (client, token) => {
    const answer = await client.send(
      new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [...filters], MaxResults: PAGE, NextToken: token }),
    );
    const items = (answer.Snapshots ?? []).map((snapshot) => toSnapshot(snapshot, target)).filter(keep);
    return { items, next: answer.NextToken };
  });
}
