import { DescribeSnapshotsCommand, ListSnapshotsInRecycleBinCommand } from '@aws-sdk/client-ec2';
import { type ImageId, type SnapshotId, snapshotId, type Target } from '../../model/ids.ts';
import { mapReading, type Reading } from '../../model/reading.ts';
import type { BinnedImage } from '../../planning/retire/undo.ts';
import type { Caller } from '../calls/caller.ts';
import { allOf, readPages } from '../calls/pages.ts';
import { imageMadeFor } from '../convert.ts';
import { readBin } from './recycle-bin.ts';

const PAGE = 1000;

/** One image in the bin. EC2 does not say which snapshots are its own, except in their descriptions. */
export async function readBinnedImage(
  caller: Caller,
  target: Target,
  id: ImageId,
): Promise<Reading<BinnedImage | undefined>> {
  const at = caller.now();
  // By reading all of them: asking for one that is not in the bin is an error, whose code nobody has written down.
  const images = await readBin(caller, target, id);
  const found = images.value.find((image) => image.id === id);
  if (!found) return mapReading(images, () => undefined);
  const [snapshots, present] = await Promise.all([
    binnedSnapshots(caller, target, id),
    presentSnapshots(caller, target, id),
  ]);
  const value = { ...found, snapshots: snapshots.value, present: present.value };
  return allOf('the Recycle Bin', at, [images, snapshots, present], value);
}

function binnedSnapshots(caller: Caller, target: Target, image: ImageId): Promise<Reading<readonly SnapshotId[]>> {
  const action = 'ListSnapshotsInRecycleBin';
  return readPages(caller, target, 'snapshots in the Recycle Bin', action, async (client, NextToken) => {
    const answer = await client.send(new ListSnapshotsInRecycleBinCommand({ MaxResults: PAGE, NextToken }));
    return { items: madeFor(image, answer.Snapshots), next: answer.NextToken };
  });
}

function presentSnapshots(caller: Caller, target: Target, image: ImageId): Promise<Reading<readonly SnapshotId[]>> {
  return readPages(caller, target, 'snapshots of the image', 'DescribeSnapshots', async (client, NextToken) => {
    const answer = await client.send(
      new DescribeSnapshotsCommand({
        OwnerIds: ['self'],
        Filters: [{ Name: 'description', Values: [`*${image}*`] }],
        MaxResults: PAGE,
        NextToken,
      }),
    );
    return { items: madeFor(image, answer.Snapshots), next: answer.NextToken };
  });
}

/** Those of a page that were made for an image, by what EC2 writes into their descriptions. */
function madeFor(
  image: ImageId,
  snapshots: readonly { readonly SnapshotId?: string | undefined; readonly Description?: string | undefined }[] = [],
): SnapshotId[] {
  return snapshots.flatMap(({ SnapshotId, Description }) =>
    SnapshotId && imageMadeFor(Description) === image ? [snapshotId(SnapshotId)] : [],
  );
}
