import {
  CreateTagsCommand,
  DescribeImagesCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { AccountId, SnapshotId, Target } from '../../model/ids.ts';
import type { ShareImage, UnshareImage } from '../../planning/copy/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { authenticate } from '../../tagging/authenticate.ts';
import { loanKey, loanTag, readLoans } from '../../tagging/loans.ts';
import type { Caller } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { fromTags, toImage } from '../convert.ts';
import { failed } from './applied.ts';
import { type Call, forgetting, inOrder } from './ordered-calls.ts';
import { sealedWord, timeOfWriting } from './tag-calls.ts';

/**
 * Shares an image with an account. The tag comes first, so that nothing is shared of which nobody knows, and the image
 * last: who sees it can copy it, since its snapshots are shared by then.
 */
export async function share(caller: Caller, sealKey: SealKey, target: Target, change: ShareImage): Promise<Applied> {
  const { deployment, image, account, theirs } = change;
  const rival = theirs.length > 0 ? await rivalOf(caller, sealKey, target, change) : undefined;
  if (rival) return rival;
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

/**
 * What looks like people's share may be that of a run which began after this one had read what is lent: taken for theirs,
 * nobody would ever take it back. Such a run writes that it lends before it shares, so the word for it is looked for again.
 */
async function rivalOf(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  change: ShareImage,
): Promise<Applied | undefined> {
  const { image, account, theirs } = change;
  const command = new DescribeImagesCommand({ ImageIds: [image], IncludeDisabled: true });
  const answer = await caller.call(target, 'DescribeImages', (client) => client.send(command));
  if (!answer.ok) return failed(answer.failure);
  const { value: check, complete } = await sealKey.check(caller);
  const [found] = (answer.value.Images ?? []).map((one) => authenticate(toImage(one, target), check, complete));
  const loan = found && readLoans(found.tags).get(account);
  if (!loan || theirs.every((id) => loan.theirs.includes(id))) return undefined;
  return { kind: 'refused', problem: `another run has just lent it to account ${account}; the next one goes on` };
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
