import { ListImagesInRecycleBinCommand } from '@aws-sdk/client-ec2';
import { type ImageId, imageId, type Target } from '../../model/ids.ts';
import { mapReading, type Reading } from '../../model/reading.ts';
import type { Caller } from '../calls/caller.ts';
import { readPages } from '../calls/pages.ts';

const PAGE = 1000;

export async function readBinnedImages(caller: Caller, target: Target): Promise<Reading<ReadonlySet<ImageId>>> {
  const reading = await readBin(caller, target, undefined);
  return mapReading(reading, (images) => new Set(images.map(({ id }) => id)));
}

/** What the bin holds of images: of all, or of the one that is wanted. */
export function readBin(caller: Caller, target: Target, wanted: ImageId | undefined) {
  return readPages(caller, target, 'images in the Recycle Bin', 'ListImagesInRecycleBin', async (client, NextToken) => {
    const answer = await client.send(new ListImagesInRecycleBinCommand({ MaxResults: PAGE, NextToken }));
    const items = (answer.Images ?? []).flatMap(({ ImageId, Name = '', RecycleBinExitTime }) =>
      ImageId && (wanted === undefined || ImageId === wanted)
        ? [{ id: imageId(ImageId), name: Name, until: RecycleBinExitTime?.getTime() ?? 0 }]
        : [],
    );
    return { items, next: answer.NextToken };
  });
}
