import type { ImageId } from '../model/ids.ts';
import type { Image } from '../model/resources.ts';
import { imageName } from '../tagging/name.ts';
import { encodeStamp } from '../tagging/stamp.ts';
import { MAX_ATTEMPTS } from './attempts.ts';
import type { CopyImage } from './copy/changes.ts';
import type { CreateImage } from './create/changes.ts';

/** What is to be done about a change whose image name somebody else holds. */
export type NameLockVerdict<C> =
  /** The slot has its image: another worker won. */
  | { readonly kind: 'done'; readonly image: ImageId }
  /** The name is held by a failed attempt of ours. */
  | { readonly kind: 'next-attempt'; readonly change: C }
  /** EC2 does not show the holder yet: the next sweep will see it. */
  | { readonly kind: 'left'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string };

/**
 * Judges the holder of the name that a change wanted. Creation is idempotent only because of this: the loser of the
 * race for a name finds out whose it is instead of trying once more.
 *
 * @param firstAttempt the number under which the run asked first: that of a copy may come from a tag that anybody can write
 */
export function judgeNameHolder<C extends CreateImage | CopyImage>(
  change: C,
  holder: Image | undefined,
  firstAttempt: number,
): NameLockVerdict<C> {
  if (!holder) {
    return { kind: 'left', problem: `the holder of the name '${change.name}' is not readable yet` };
  }
  if (holder.name !== change.name) {
    return { kind: 'left', problem: `${holder.id} was named as the holder of '${change.name}' but has another name` };
  }
  const problem = whyNotIts(change, holder);
  if (problem !== undefined) {
    return {
      kind: 'refused',
      problem: `the name '${change.name}' is held by ${holder.id}, ${problem}; rename or deregister it`,
    };
  }
  if (holder.state !== 'failed') return { kind: 'done', image: holder.id };
  const failure = holder.stateReason ?? 'no reason given';
  const { attempt } = change.stamp;
  const last = change.kind === 'copy' ? firstAttempt + MAX_ATTEMPTS - 1 : MAX_ATTEMPTS;
  if (attempt >= last) {
    const problem = `${MAX_ATTEMPTS} attempts have failed, the last with: ${failure}`;
    return { kind: 'refused', problem };
  }
  return { kind: 'next-attempt', change: nextAttempt(change, failure) };
}

/**
 * What EC2 says of the holder that the change would not have made; anybody may have written its tags. Where EC2 does not
 * say, as of an image that somebody registered, a seal has to.
 */
function whyNotIts(change: CreateImage | CopyImage, holder: Image): string | undefined {
  const { source } = change.stamp;
  const [is, wanted] =
    change.kind === 'create' ? [holder.sourceInstance, source.instance] : [holder.sourceImage, change.source.image];
  if (is === undefined) {
    return holder.seal === 'valid'
      ? undefined
      : 'of which EC2 does not say what it was made from, and no seal does either';
  }
  return is === wanted ? undefined : `which EC2 made from ${is} and not from ${wanted}`;
}

/** The same change under the next attempt's name and tag. */
function nextAttempt<C extends CreateImage | CopyImage>(change: C, failure: string): C {
  const stamp = { ...change.stamp, attempt: change.stamp.attempt + 1 };
  const lastFailure = change.kind === 'copy' && { lastFailure: failure };
  return { ...change, ...lastFailure, stamp, name: imageName(stamp), tags: { ...change.tags, ...encodeStamp(stamp) } };
}
