import { isInstanceId } from '../model/ids.ts';
import type { Image, Seal, Snapshot } from '../model/resources.ts';
import { CLOCK_SKEW, formatInstant } from '../model/time.ts';
import { type CopyAttempts, readCopyAttempts } from './copy-attempts.ts';
import { type Ended, readEnded } from './ended.ts';
import { type Loans, readLoans } from './loans.ts';
import { type Mark, readMark } from './mark.ts';
import { memoiseOf } from './memoise.ts';
import { imageName, isNameOf, readName } from './name.ts';
import { decodeStamp, type Stamp } from './stamp.ts';
import { ADOPTED, BINNED, DEPLOYMENT, HOLD, SEAL } from './tag-keys.ts';
import { type Drilled, type Pass, readDrilled, readPassed } from './verdict.ts';

/** Not ours: another's, or one that carries our tags and is not what they say. Neither is ever changed. */
export type NotOurs =
  | { readonly kind: 'foreign'; readonly problem: string }
  | { readonly kind: 'damaged'; readonly problem: string }
  /** What its tags say may be so, but nothing proves that this deployment wrote them. */
  | { readonly kind: 'unsealed'; readonly problem: string };

/** What the tags of something of ours say. */
interface Owned {
  readonly kind: 'ours';
  readonly stamp: Stamp;
  readonly mark: Mark | undefined;
  /** Whether its lineage has ended, its source being gone. */
  readonly ended: Ended | undefined;
  /** Why it must not be retired; a hold without a reason has a text all the same. */
  readonly hold: string | undefined;
  /** When it went into the Recycle Bin, from which a person has restored it. */
  readonly binned: string | undefined;
}

/** Whether a snapshot is this deployment's, and what its tags say. */
type SnapshotOwnership = Owned | NotOurs;

/** An image that is this deployment's, and what its tags say. */
export interface OwnedImage extends Owned {
  readonly image: Image;
  /** The attempt that the copy to a place has come to; none is written of the first. */
  readonly copyAttempts: CopyAttempts;
  /** What of it we share with other accounts, so that they can copy it. */
  readonly loans: Loans;
  /** The newest drill that it passed. */
  readonly passed: Pass | undefined;
  /** What its last drill came to. */
  readonly drilled: Drilled | undefined;
}

export type Ownership = OwnedImage | NotOurs;

/**
 * Whether an image is this deployment's to change. Tags alone don't make it so, for anybody may write tags, and people copy
 * images with their tags: their seal must hold, the image's name must be what they encode, and it must be where they say,
 * made when and from what they say, as EC2 tells it.
 *
 * Each `problem` is what a person can act on, a sentence about the image without a subject: "its tag ... is missing".
 */
export const readOwnership = memoiseOf((image: Image, deployment: string): Ownership => {
  const owned = ownershipByTags(image, deployment);
  if (owned.kind === 'foreign' && readName(image.name, deployment)) {
    return { kind: 'unsealed', problem: `its name is one of deployment ${deployment}, but ${owned.problem}. ${LOST}` };
  }
  if (owned.kind !== 'ours') return owned;
  const problem = contradiction(image, owned.stamp);
  if (problem !== undefined) return damaged(problem);
  return {
    ...owned,
    image,
    copyAttempts: readCopyAttempts(image.tags),
    loans: readLoans(image.tags),
    ...verdictsOf(image),
  };
});

function verdictsOf({ tags }: Image): Pick<OwnedImage, 'passed' | 'drilled'> {
  return { passed: readPassed(tags), drilled: readDrilled(tags) };
}

/** What EC2 says of an image that its tags do not. */
export function contradiction(image: Image, stamp: Stamp): string | undefined {
  const { id, name, createdAt, sourceInstance, sourceImageRegion, tags } = image;
  const adopted = tags[ADOPTED];
  if (adopted !== undefined && adopted !== id) {
    return `its tag ${ADOPTED} says '${adopted}', as on somebody's copy of that image`;
  }
  // What was adopted keeps the name that it had; its own id in its tags says that it is no copy.
  if (adopted === undefined && !isNameOf(name, stamp)) {
    const named = `its name is '${name}', but its tags are those of '${imageName(stamp)}'`;
    return `${named}, as on somebody's copy of that image`;
  }
  // Copies have none, and images of the years before EC2 told it have none either.
  if (sourceInstance !== undefined && sourceInstance !== stamp.source.instance) {
    return `EC2 made it from ${sourceInstance}, but its tags say that it is of ${stamp.source.instance}`;
  }
  // Of an image of an instance it tells where the image was that the instance was launched from.
  const from = sourceInstance === undefined ? sourceImageRegion : undefined;
  if (from !== undefined && from !== stamp.source.region) {
    return `EC2 copied it from ${from}, but its tags say that it is of an instance in ${stamp.source.region}`;
  }
  // A lineage that goes by no tag is one instance's own.
  if (isInstanceId(stamp.lineage) && stamp.lineage !== stamp.source.instance) {
    return `its tags say that it is of ${stamp.source.instance}, and of the lineage of another instance, ${stamp.lineage}`;
  }
  if (stamp.slot > createdAt + CLOCK_SKEW) {
    return `EC2 made it ${formatInstant(createdAt)}, before the slot that its tags say, ${formatInstant(stamp.slot)}`;
  }
  return undefined;
}

/**
 * Whether a snapshot is this deployment's by its tags, its place and its seal. A seal says nothing of the snapshot's id,
 * which nobody knows when it is made; so nothing is taken away by this alone.
 */
export const readSnapshotOwnership = memoiseOf(ownershipByTags);

function ownershipByTags(
  snapshot: Pick<Snapshot, 'account' | 'region' | 'tags' | 'seal'>,
  deployment: string,
): SnapshotOwnership {
  const { tags } = snapshot;
  const theirs = tags[DEPLOYMENT];
  if (theirs === undefined) return { kind: 'foreign', problem: `it has no tag ${DEPLOYMENT}: amikeep did not make it` };
  if (theirs !== deployment) {
    return { kind: 'foreign', problem: `its tag ${DEPLOYMENT} says that it is of '${theirs}', not of '${deployment}'` };
  }
  const decoded = decodeStamp(tags);
  if (!decoded.ok) return damaged(decoded.problem);
  const { home } = decoded.stamp;
  if (home.account !== snapshot.account || home.region !== snapshot.region) {
    const [said, is] = [home, snapshot].map(({ account, region }) => `account ${account}, ${region}`);
    return damaged(`its tags say that it is in ${said}, but it is in ${is}, as somebody's copy would be`);
  }
  if (snapshot.seal !== 'valid') return { kind: 'unsealed', problem: UNSEALED[snapshot.seal] };
  const hold = tags[HOLD];
  return {
    kind: 'ours',
    stamp: decoded.stamp,
    mark: readMark(tags),
    ended: readEnded(tags),
    hold: hold === '' ? 'no reason given' : hold,
    binned: tags[BINNED],
  };
}

const REMEDY = 'amikeep keeps it and does nothing with it; if it is yours, amikeep adopt --unsealed seals it';

const LOST = `amikeep keeps it and does nothing with it; if somebody took the tag off, put it back: then its seal holds again`;

/** What is said of an image or a snapshot whose tags nothing proves. */
const UNSEALED: Readonly<Record<Exclude<Seal, 'valid'>, string>> = {
  missing: `it has no seal, in the tag ${SEAL}: it was made before there were seals, or while the key could not be used, or by somebody else. ${REMEDY}`,
  broken: `its seal does not fit its tags, which somebody has changed or copied from elsewhere. ${REMEDY}`,
  unread: 'whether its seal holds is not known, since the key could not be read; nothing is done with it until then',
};

function damaged(problem: string): NotOurs {
  return {
    kind: 'damaged',
    problem: `${problem}. amikeep leaves it alone; put it right, or take its tag ${DEPLOYMENT} off to make it yours`,
  };
}
