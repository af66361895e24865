/**
 * The tags that amikeep writes. AWS is the only database, so these keys and the forms of their values are the
 * project's schema: images live for years, and what was written once must stay readable.
 */
export const DEPLOYMENT = 'amikeep:deployment';
export const POLICY = 'amikeep:policy';
export const LINEAGE = 'amikeep:lineage';
export const SLOT = 'amikeep:slot';
export const VERSION = 'amikeep:version';
export const ATTEMPT = 'amikeep:attempt';
export const HOME = 'amikeep:home';
export const SOURCE_ACCOUNT = 'amikeep:source-account';
export const SOURCE_REGION = 'amikeep:source-region';
export const SOURCE_INSTANCE = 'amikeep:source-instance';
export const KEEP = 'amikeep:keep';
export const RETIRE_RULES = 'amikeep:retire-rules';
/** On an image that something else made and a person put under management: its own id. */
export const ADOPTED = 'amikeep:adopted';

/** On an image and its snapshots: the signature over the tags that say what it is. */
export const SEAL = 'amikeep:seal';

/** On an image that is being retired: since when, and why. */
export const RETIRE = 'amikeep:retire';
/** On the images of a lineage whose source is gone and that a person or its policy has ended: since when. */
export const ENDED = 'amikeep:ended';
/** On an image, by a person's word: since when the region of its source has no instances any more. */
export const VOUCHED = 'amikeep:no-instances';
/** On an image, one of its snapshots or an instance, by a person: it is not to be retired. */
export const HOLD = 'amikeep:hold';
/** With an account behind it: that we share it with that account, which copies it, since when, and what others share. */
export const LENT_PREFIX = 'amikeep:lent:';
/** With a place behind it, on a source: the attempt that its copy there has come to. */
export const COPY_ATTEMPTS_PREFIX = 'amikeep:copy-attempts:';

/** Whether a key is amikeep's or AWS's own, which people's tags can't set. */
export function isReservedKey(key: string): boolean {
  return key.startsWith('amikeep:') || key.slice(0, 4).toLowerCase() === 'aws:';
}
