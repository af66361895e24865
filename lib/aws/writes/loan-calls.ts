import { CreateTagsCommand, ModifyImageAttributeCommand, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import type { AccountId, SnapshotId, Target } from '../../model/ids.ts';
import type { ShareImage, UnshareImage } from '../../planning/copy/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { loanKey, loanTag } from '../../tagging/loans.ts';
import type { Caller } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { fromTags } from '../convert.ts';
import { failed } from './applied.ts';
import { type Call, forgetting, inOrder } from './ordered-calls.ts';
import { sealedWord, timeOfWriting } from './tag-calls.ts';

/**
 * Shares an image with an account. The tag comes first, so that nothing is shared of which nobody knows, and the image
 * last: who sees it can copy it, since its snapshots are shared by then.
 */
export async function share(caller: Caller, sealKey: SealKey, target: Target, change: ShareImage): Promise<Applied> {
  const { deployment, image, account, theirs } = change;
  const said = loanTag(account, { since: timeOfWriting(caller), theirs });
  const tags = await sealedWord(caller, sealKey, said, { kind: 'loan', deployment, image, account });
  if (!tags.ok) return failed(tags.failure);
  const Tags = fromTags(tags.value);
  return inOrder(caller, target, [
    {
      action: 'CreateTags',
      send: (client) => client.send(new CreateTagsCommand({ Resources: [image], Tags })),
    },
    ...snapshotsOfOurs(change).map((id) => snapshotCall(id, 'Add', account)),
    ...(theirs.includes(image) ? [] : [imageCall(image, 'Add', account)]),
  ]);
}

/** Takes back what we share, and forgets it last: as long as the tag stands, a later run finds what is left to do. */
export function unshare(caller: Caller, target: Target, change: UnshareImage): Promise<Applied> {
  const { image, account, theirs, available } = change;
  return inOrder(caller, target, [
    ...(theirs.includes(image) || !available ? [] : [imageCall(image, 'Remove', account)]),
    ...snapshotsOfOurs(change).map((id) => snapshotCall(id, 'Remove', account)),
    forgetting([loanKey(account)], [image]),
  ]);
}

function snapshotsOfOurs({ snapshots, theirs }: ShareImage | UnshareImage): SnapshotId[] {
  return snapshots.filter((id) => !theirs.includes(id));
}

function imageCall(image: string, change: 'Add' | 'Remove', account: AccountId): Call {
  const LaunchPermission = { [change]: [{ UserId: account }] };
  return {
    action: 'ModifyImageAttribute',
    send: (client) =>
      client.send(new ModifyImageAttributeCommand({ ImageId: image, Attribute: 'launchPermission', LaunchPermission })),
  };
}

function snapshotCall(snapshot: SnapshotId, change: 'Add' | 'Remove', account: AccountId): Call {
  const CreateVolumePermission = { [change]: [{ UserId: account }] };
  return {
    action: 'ModifySnapshotAttribute',
    send: (client) =>
      client.send(
        new ModifySnapshotAttributeCommand({
          SnapshotId: snapshot,
          Attribute: 'createVolumePermission',
          CreateVolumePermission,
        }),
      ),
  };
}
