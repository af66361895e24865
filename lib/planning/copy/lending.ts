import type { AccountId, ImageId, SnapshotId } from '../../model/ids.ts';
import { gapOf, type Reading } from '../../model/reading.ts';
import { formatInstant, type Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { counts, fitsLoan, isToBeRenewed, type Loan, loanKey, type SharedId } from '../../tagging/loans.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { versionOf } from '../../tagging/version.ts';
import type { ChangeDecision, Decision, Reason, StillDecision } from '../decision.ts';
import type { Lookup } from '../evidence.ts';
import type { LineageInRegion } from '../lineages.ts';
import { snapshotsOf } from '../snapshots.ts';
import type { ShareImage, UnshareImage } from './changes.ts';

/** What EC2 tells of an image that another account is to copy, only when it is asked about that image. */
export interface Sharing {
  /** Whom the image and each of its snapshots is shared with. */
  readonly sharedWith: Lookup<SharedId, readonly string[]>;
  /** Its snapshots under the key that AWS keeps for EBS in each account, which EC2 lets nobody share. */
  readonly underDefaultKey: readonly SnapshotId[];
}

/** Of the images that were looked into. */
export type SharingById = Lookup<ImageId, Sharing>;

/** What EC2 calls everybody. */
const EVERYBODY = 'all';

/** Of an image that anybody may copy, so that no question of sharing keeps it from being copied. */
export const OPEN_TO_ALL: Sharing = { sharedWith: { get: () => [EVERYBODY] }, underDefaultKey: [] };

type Verdict =
  | Pick<StillDecision, 'action' | 'reason'>
  | Pick<ChangeDecision<ShareImage>, 'action' | 'reason' | 'change'>;

/**
 * What has to come before another account can copy an image; undefined where nothing has to. EC2 wants the image and all
 * its snapshots shared with whoever copies. It is not enough that our tag says so: the call may have failed, somebody may
 * have taken it back, or EC2 may not show it yet.
 */
export function beforeCopy(
  source: OwnedImage,
  account: AccountId,
  sharing: Reading<SharingById>,
  now: Instant,
): Verdict | undefined {
  const { image } = source;
  const found = sharing.value.get(image.id);
  if (!found) {
    const gap = gapOf(sharing);
    return gap === undefined
      ? notLookedInto()
      : { action: 'refuse', reason: { code: 'evidence-incomplete', text: gap } };
  }
  const [blocked] = found.underDefaultKey;
  if (blocked !== undefined) {
    const text =
      `its snapshot ${blocked} is under the key that AWS keeps for EBS (aws/ebs), which EC2 shares with nobody: ` +
      `encrypt the volume with a key of your own that account ${account} may use, then the next image can be copied there`;
    return { action: 'refuse', reason: { code: 'cannot-be-shared', text } };
  }
  const snapshots = snapshotsOf(source);
  const all: readonly SharedId[] = [image.id, ...snapshots];
  const isOpen = (id: SharedId) =>
    (found.sharedWith.get(id) ?? []).some((name) => name === account || name === EVERYBODY);
  const loan = loanOf(source, account, now);
  if (all.every(isOpen)) return undefined;
  // What somebody else has taken back meanwhile is theirs no longer.
  const theirs = (loan?.theirs ?? all).filter(isOpen);
  if (!fitsLoan(theirs)) {
    const text = `${theirs.length} of its snapshots are shared with account ${account} already, and not all: share the others too, or none`;
    return { action: 'refuse', reason: { code: 'cannot-be-shared', text } };
  }
  const text = `account ${account} is to copy it: the image and its ${snapshots.length} snapshots are shared with it first`;
  return lend(source, account, theirs, { code: 'copy-wanted', text });
}

function lend(source: OwnedImage, account: AccountId, theirs: readonly SharedId[], reason: Reason) {
  const { region, id: image } = source.image;
  const { deployment } = source.stamp;
  const change = { kind: 'share', deployment, region, image, snapshots: snapshotsOf(source), account, theirs } as const;
  return { action: 'share', reason, change } as const;
}

/** What an account was lent, as far as that still counts. */
export function loanOf({ loans }: OwnedImage, account: AccountId, now: Instant): Loan | undefined {
  const loan = loans.get(account);
  return loan && counts(loan, now) ? loan : undefined;
}

/** A copy may take longer than a loan counts, or wait longer for its turn: then that it is lent is written anew meanwhile. */
export function whileLent(source: OwnedImage, account: AccountId | undefined, now: Instant): Verdict | undefined {
  const loan = account && loanOf(source, account, now);
  if (!account || !loan || !isToBeRenewed(loan, now)) return undefined;
  const text = `account ${account} copies it since ${formatInstant(loan.since)}: that it is lent is written anew`;
  return lend(source, account, loan.theirs, { code: 'copy-pending', text });
}

function notLookedInto(): Verdict {
  const text = 'others come first in this run; a later one looks into whom it is shared with';
  return { action: 'wait', reason: { code: 'not-looked-into', text } };
}

/** Why no copy of an image is made any more, or none for now: nobody has to see it for that. */
const NEEDS_NO_LOAN: ReadonlySet<Reason['code']> = new Set([
  'copied',
  'copy-unsealed',
  'copy-not-wanted',
  'no-copies-asked',
  'source-not-available',
  'attempts-exhausted',
  'too-many-tags',
  'key-missing',
  'cannot-be-shared',
] as const);

/**
 * Takes back what is shared of a lineage's images and that no copy needs any more.
 *
 * @param decisions what is decided on the copies of these images
 */
export function takeBack(sources: readonly OwnedImage[], decisions: readonly Decision[], now: Instant): Decision[] {
  return sources.flatMap((source) =>
    [...source.loans].flatMap(([account, loan]): Decision[] => {
      if (!counts(loan, now)) return [];
      const { image, stamp } = source;
      const { theirs } = loan;
      const about = decisions.filter(({ subject, copyAccount }) => subject.id === image.id && copyAccount === account);
      if (about.some(({ reason }) => !NEEDS_NO_LOAN.has(reason.code))) return [];
      const why =
        about[0]?.reason.text ?? `policy ${stamp.policy} asks for no copies in account ${account}, or is gone`;
      const change: UnshareImage = {
        kind: 'unshare',
        region: image.region,
        image: image.id,
        snapshots: snapshotsOf(source),
        account,
        theirs,
        available: image.state === 'available',
      };
      return [
        {
          action: 'unshare',
          subject: { kind: 'image', id: image.id, region: image.region },
          policy: stamp.policy,
          lineage: stamp.lineage,
          version: versionOf(stamp.slot),
          copyAccount: account,
          reason: { code: 'loan-over', text: `${why}; what was shared with account ${account} for it is taken back` },
          change,
        },
      ];
    }),
  );
}

/**
 * What is still shared with accounts that the policy file names no more: no function may share with them, nor take it back
 * from them, so a person is told how. And what was lent so long ago that the word for it may have been put back since:
 * whether the share is ours or a person's only a person can know.
 */
export function forgottenLoans(lineages: Iterable<LineageInRegion>, { accounts }: PolicyFile, now: Instant): string[] {
  const vaults = new Set(accounts.flatMap(({ id, vault }) => (vault ? [id] : [])));
  return [...lineages].flatMap(({ images }) =>
    images.flatMap(({ image, loans }) =>
      [...loans].flatMap(([account, loan]) => {
        const isOver = !counts(loan, now);
        if (vaults.has(account) && !isOver) return [];
        const change = `--launch-permission 'Remove=[{UserId=${account}}]'`;
        const command = `aws ec2 modify-image-attribute --region ${image.region} --image-id ${image.id} ${change}`;
        const why = vaults.has(account)
          ? `${image.id} was lent to account ${account} ${formatInstant(loan.since)} for its copy, too long ago to be taken back unasked: if nobody else shares it,`
          : `${image.id} is still shared with account ${account}, which the policy file does not name as a vault any more;`;
        const forget = `aws ec2 delete-tags --region ${image.region} --resources ${image.id} --tags Key=${loanKey(account)}`;
        return [`${why} take it back: ${command} && ${forget}`];
      }),
    ),
  );
}
