import type { EbsBlockDevice } from '@aws-sdk/client-ec2';
import { snapshotOfImage } from '../images/shared.ts';
import { defaultKey, isUsable, type KeyUse, keyArn } from '../plane/keys.ts';
import type { AccountRegion, ImageEntry, Plane } from '../plane/state.ts';

/**
 * The key that a volume of a launch is under; nothing for one that is not encrypted. Another account's key is not carried
 * over: a volume of a shared snapshot gets the launching account's default.
 */
export function volumeKey(
  plane: Plane,
  place: AccountRegion,
  image: ImageEntry,
  { Encrypted, KmsKeyId: named, SnapshotId = '' }: EbsBlockDevice,
): KeyUse | undefined {
  const { account, region } = place;
  const source = snapshotOfImage(plane, region, image, SnapshotId)?.current;
  if (!Encrypted && !source?.Encrypted && !plane.behaviour(region).encryptionByDefault) return undefined;
  const carried = source?.OwnerId === account ? source.KmsKeyId : undefined;
  if (named === undefined && carried !== undefined) return { region, arn: carried };
  const key = named ?? defaultKey;
  return { region, arn: plane.keys.target(account, region, key) ?? keyArn(account, region, key), named: key };
}

/** Whether an account can use a key, by what calls have made of it and, where there were none, by the settings. */
export function canUse(plane: Plane, { account, region }: AccountRegion, use: KeyUse): boolean {
  const behaviour = plane.behaviour(region);
  const made = plane.keys.isUsable(use.arn);
  if (made === undefined) return isUsable(behaviour, account, use);
  // The setting that says which keys there are does not know of those that calls have made.
  return made && isUsable({ ...behaviour, kmsKeys: 'all' }, account, use);
}
