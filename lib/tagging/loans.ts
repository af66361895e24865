import { type AccountId, accountId, type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import { formatInstant, HOUR, type Instant, parseInstant } from '../model/time.ts';
import { LONGEST_WORD } from './seal.ts';
import { LENT_PREFIX } from './tag-keys.ts';

/** An image, or a snapshot of one. */
export type SharedId = ImageId | SnapshotId;

/** What we share with another account so that it can copy an image: the image and its snapshots. */
export interface Loan {
  readonly since: Instant;
  /** What of it somebody else had shared with that account before: that is theirs, and stays shared. */
  readonly theirs: readonly SharedId[];
}

/**
 * A loan counts for so long: who may tag can put an old one back, and what people have shared since would be taken for
 * ours. One that is still needed is written anew after half a day, so that a day on which nobody can enter the account
 * costs none.
 */
const LOAN_COUNTS = 48 * HOUR;
const RENEWED_AFTER = 12 * HOUR;

export function counts({ since }: Loan, now: Instant): boolean {
  return now < since + LOAN_COUNTS;
}

/** Whether a loan that still counts has to be written anew, if it is still needed. */
export function isToBeRenewed({ since }: Loan, now: Instant): boolean {
  return now >= since + RENEWED_AFTER;
}

/** By the account that it is shared with. */
export type Loans = ReadonlyMap<AccountId, Loan>;

const NONE: Loans = new Map();
const INSTANT_LENGTH = '2026-11-23T02:00:00Z'.length;
const BUT = ' but ';

export function loanKey(account: AccountId): string {
  return LENT_PREFIX + account;
}

/**
 * The tag that is written on an image before it and its snapshots are shared with an account: `2026-11-23T02:00:00Z`, and
 * behind it ` but ` and the ids of what was shared with it before.
 */
export function loanTag(account: AccountId, { since, theirs }: Loan): Tags {
  return { [loanKey(account)]: `${formatInstant(since)}${theirs.length > 0 ? BUT : ''}${theirs.join(' ')}` };
}

/** Whether a tag has room for so many ids of what is shared by others. */
export function fitsLoan(theirs: readonly SharedId[]): boolean {
  return INSTANT_LENGTH + BUT.length + theirs.join(' ').length <= LONGEST_WORD;
}

/** The loans that tags say. */
export function readLoans(tags: Tags): Loans {
  let loans: Map<AccountId, Loan> | undefined;
  for (const key in tags) {
    if (!key.startsWith(LENT_PREFIX)) continue;
    const loan = readLoan(tags[key] ?? '');
    const account = key.slice(LENT_PREFIX.length);
    if (!loan || !/^\d{12}$/.test(account)) continue;
    loans ??= new Map();
    loans.set(accountId(account), loan);
  }
  return loans ?? NONE;
}

function readLoan(text: string): Loan | undefined {
  const since = parseInstant(text.slice(0, INSTANT_LENGTH));
  const rest = text.slice(INSTANT_LENGTH);
  if (since === undefined || (rest !== '' && !rest.startsWith(BUT))) return undefined;
  const ids = rest === '' ? [] : rest.slice(BUT.length).split(' ');
  const theirs = ids.filter((id) => isImageId(id) || isSnapshotId(id));
  return theirs.length === ids.length ? { since, theirs } : undefined;
}

/** With whom an image or a snapshot is shared besides what we share ourselves: who of these may use it for good. */
export function sharesOfOthers(
  id: SharedId,
  sharedWith: readonly string[],
  loans: Loans,
  now: Instant,
): readonly string[] {
  if (loans.size === 0) return sharedWith;
  const ours = new Set<string>(
    [...loans].flatMap(([account, loan]) => (counts(loan, now) && !loan.theirs.includes(id) ? [account] : [])),
  );
  return sharedWith.filter((name) => !ours.has(name));
}
