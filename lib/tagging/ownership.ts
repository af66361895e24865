import type { Image, Snapshot } from '../model/resources.ts';
import { type CopyAttempts, readCopyAttempts } from './copy-attempts.ts';
import { type Ended, readEnded } from './ended.ts';
import { type Loans, readLoans } from './loans.ts';
import { type Mark, readMark } from './mark.ts';
import { imageName, isNameOf } from './name.ts';
import { readStages, type Stages } from './stages.ts';
import { decodeStamp, type Stamp } from './stamp.ts';
import { ADOPTED, DEPLOYMENT, ENDED, HOLD, RETIRE } from './tag-keys.ts';

/** Not ours: another's, or one that carries our tags and is not what they say. Neither is ever changed. */
export type NotOurs =
  | { readonly kind: 'foreign'; readonly problem: string }
  | { readonly kind: 'damaged'; readonly problem: string };

/** What the tags of something of ours say. */
interface Owned {
  readonly kind: 'ours';
  readonly stamp: Stamp;
  readonly mark: Mark | undefined;
  readonly stages: Stages;
  /** Whether its lineage has ended, its source being gone. */
  readonly ended: Ended | undefined;
  /** What of it we share with other accounts, so that they can copy it. */
  readonly loans: Loans;
  /** Why it must not be retired; a hold without a reason has a text all the same. */
  readonly hold: string | undefined;
}

/** Whether a snapshot is this deployment's, and what its tags say. */
type SnapshotOwnership = Owned | NotOurs;

/** An image that is this deployment's, and what its tags say. */
export interface OwnedImage extends Owned {
  readonly image: Image;
  /** The attempt that the copy to a place has come to; none is written of the first. */
  readonly copyAttempts: CopyAttempts;
}

export type Ownership = OwnedImage | NotOurs;

/**
 * Whether an image is this deployment's to change. Tags alone don't make it so, for people copy images with their
 * tags: its name must be what the tags encode, and it must be where they say, made from the instance that they say.
 *
 * Each `problem` is what a person can act on, a sentence about the image without a subject: "its tag ... is missing".
 */
export function readOwnership(image: Image, deployment: string): Ownership {
  const owned = readSnapshotOwnership(image, deployment);
  if (owned.kind !== 'ours') return owned;

  const { stamp } = owned;
  const adopted = image.tags[ADOPTED];
  if (adopted !== undefined && adopted !== image.id) {
    return damaged(`its tag ${ADOPTED} says '${adopted}', as on somebody's copy of that image`);
  }
  // What was adopted keeps the name that it had; its own id in its tags says that it is no copy.
  if (adopted === undefined && !isNameOf(image.name, stamp)) {
    const named = `its name is '${image.name}', but its tags are those of '${imageName(stamp)}'`;
    return damaged(`${named}, as on somebody's copy of that image`);
  }
  // Copies have none, and images of the years before EC2 told it have none either.
  if (image.sourceInstance !== undefined && image.sourceInstance !== stamp.source.instance) {
    return damaged(`EC2 made it from ${image.sourceInstance}, but its tags say that it is of ${stamp.source.instance}`);
  }
  const copyAttempts = readCopyAttempts(image.tags);
  if ('unreadable' in copyAttempts) {
    return damaged(`its tag ${copyAttempts.unreadable} is not the number of an attempt to copy it to a region`);
  }
  return { ...owned, image, copyAttempts };
}

/** Whether a snapshot is this deployment's. It has no name to go by: its tags and its place are all there is. */
export function readSnapshotOwnership(
  snapshot: Pick<Snapshot, 'account' | 'region' | 'tags'>,
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
  const mark = readMark(tags);
  if (mark === 'unreadable') {
    return damaged(
      `its tag ${RETIRE} does not begin with the moment of its mark; remove that tag, then it is judged afresh`,
    );
  }
  const stages = readStages(tags);
  if ('unreadable' in stages) return damaged(`its tag ${stages.unreadable} does not say since when`);
  const ended = readEnded(tags);
  if (ended === 'unreadable') return damaged(`its tag ${ENDED} does not say since when`);
  const loans = readLoans(tags);
  if ('unreadable' in loans) return damaged(`its tag ${loans.unreadable} does not say what is shared, and since when`);
  const hold = tags[HOLD];
  return {
    kind: 'ours',
    stamp: decoded.stamp,
    mark,
    stages,
    ended,
    loans,
    hold: hold === '' ? 'no reason given' : hold,
  };
}

function damaged(problem: string): NotOurs {
  return {
    kind: 'damaged',
    problem: `${problem}. amikeep leaves it alone; put it right, or take its tag ${DEPLOYMENT} off to make it yours`,
  };
}
