import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Snapshot } from '../../model/resources.ts';
import { DEPLOYMENT } from '../../tagging/tag-keys.ts';
import type { Caller } from '../calls/caller.ts';
import { allOf, readPages } from '../calls/pages.ts';
import { snapshotsBy } from './snapshots.ts';

const PAGE = 1000;

/** How EC2 describes the snapshots that it makes for images, as patterns of a filter. */
const MADE_FOR_IMAGES = ['Created by CreateImage(*', 'Copied for DestinationAmi *'];

/** The account's snapshots that were made for images, are not this deployment's, and that no image names any more. */
export async function readStrays(
  caller: Caller,
  target: Target,
  deployment: string,
): Promise<Reading<readonly Snapshot[]>> {
  const at = caller.now();
  const source = 'snapshots of others';
  const [named, made] = await Promise.all([
    readPages(caller, target, source, 'DescribeImages', async (client, NextToken) => {
      const answer = await client.send(
        new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, MaxResults: PAGE, NextToken }),
      );
      const items = (answer.Images ?? []).flatMap(({ BlockDeviceMappings = [] }) =>
        BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
      );
      return { items, next: answer.NextToken };
    }),
    snapshotsBy(caller, target, [{ Name: 'description', Values: MADE_FOR_IMAGES }], source),
  ]);
  const inUse = new Set(named.value);
  const strays = made.value.filter(({ id, tags }) => tags[DEPLOYMENT] !== deployment && !inUse.has(id));
  return allOf(source, at, [named, made], strays);
}
