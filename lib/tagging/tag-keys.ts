import { keysOfTable } from '../model/table.ts';

/** Whose role writes a tag on what is there already, or takes it off. What is written at creation comes with the image. */
export type TagWriter = 'snapshot' | 'copy' | 'retire' | 'drill' | 'person';

interface TagKind {
  /** The key; of a prefix, what stands before an account, a region or both. */
  readonly key: string;
  readonly isPrefix?: true;
  /**
   * What proves that the deployment wrote it: the seal over all tags of the stamp, the hash of the recipe in that seal, a
   * seal of its own, or nothing, as of what only protects.
   */
  readonly seal: 'stamp' | 'recipe' | 'own' | 'none';
  readonly writtenBy: readonly TagWriter[];
  readonly takenOffBy: readonly TagWriter[];
}

const AT_CREATION = { seal: 'stamp', writtenBy: [], takenOffBy: [] } as const;

/**
 * The tags that amikeep writes. AWS is the only database, so these keys and the forms of their values are the project's
 * schema: images live for years, and what was written once must stay readable. A new tag is added here: what is sealed
 * and which role may write it follow.
 */
const TAGS = {
  deployment: { key: 'amikeep:deployment', ...AT_CREATION },
  policy: { key: 'amikeep:policy', ...AT_CREATION },
  lineage: { key: 'amikeep:lineage', ...AT_CREATION },
  slot: { key: 'amikeep:slot', ...AT_CREATION },
  version: { key: 'amikeep:version', ...AT_CREATION },
  attempt: { key: 'amikeep:attempt', ...AT_CREATION },
  home: { key: 'amikeep:home', ...AT_CREATION },
  sourceAccount: { key: 'amikeep:source-account', ...AT_CREATION },
  sourceRegion: { key: 'amikeep:source-region', ...AT_CREATION },
  sourceInstance: { key: 'amikeep:source-instance', ...AT_CREATION },
  keep: { key: 'amikeep:keep', ...AT_CREATION },
  retireRules: { key: 'amikeep:retire-rules', ...AT_CREATION },
  adopted: { key: 'amikeep:adopted', ...AT_CREATION },
  shape: { key: 'amikeep:shape', seal: 'recipe', writtenBy: [], takenOffBy: [] },
  address: { key: 'amikeep:address', seal: 'recipe', writtenBy: [], takenOffBy: [] },
  seal: { key: 'amikeep:seal', seal: 'none', writtenBy: [], takenOffBy: [] },
  retire: { key: 'amikeep:retire', seal: 'own', writtenBy: ['retire'], takenOffBy: ['retire'] },
  ended: { key: 'amikeep:ended', seal: 'own', writtenBy: ['retire', 'person'], takenOffBy: ['retire'] },
  vouched: { key: 'amikeep:no-instances', seal: 'own', writtenBy: ['retire', 'person'], takenOffBy: [] },
  hold: {
    key: 'amikeep:hold',
    seal: 'none',
    writtenBy: ['snapshot', 'copy', 'retire', 'person'],
    takenOffBy: ['person'],
  },
  binned: { key: 'amikeep:binned', seal: 'none', writtenBy: ['retire'], takenOffBy: ['retire', 'person'] },
  passed: { key: 'amikeep:passed', seal: 'own', writtenBy: ['drill'], takenOffBy: [] },
  drilled: { key: 'amikeep:drilled', seal: 'own', writtenBy: ['drill'], takenOffBy: [] },
  drill: { key: 'amikeep:drill', seal: 'none', writtenBy: [], takenOffBy: [] },
  drillNetwork: { key: 'amikeep:drill-network', seal: 'none', writtenBy: ['person'], takenOffBy: ['person'] },
  revoked: { key: 'amikeep:revoked', seal: 'none', writtenBy: ['person'], takenOffBy: ['person'] },
  restoredFrom: { key: 'amikeep:restored-from', seal: 'none', writtenBy: ['person'], takenOffBy: [] },
  lent: { key: 'amikeep:lent:', isPrefix: true, seal: 'own', writtenBy: ['copy'], takenOffBy: ['copy'] },
  copyAttempts: {
    key: 'amikeep:copy-attempts:',
    isPrefix: true,
    seal: 'none',
    writtenBy: ['copy'],
    takenOffBy: ['copy'],
  },
} as const satisfies Readonly<Record<string, TagKind>>;

const KINDS: readonly TagKind[] = keysOfTable(TAGS).map((name) => TAGS[name]);

export const DEPLOYMENT = TAGS.deployment.key;
export const POLICY = TAGS.policy.key;
export const LINEAGE = TAGS.lineage.key;
export const SLOT = TAGS.slot.key;
export const VERSION = TAGS.version.key;
export const ATTEMPT = TAGS.attempt.key;
/** Where this very image or copy is. */
export const HOME = TAGS.home.key;
export const SOURCE_ACCOUNT = TAGS.sourceAccount.key;
export const SOURCE_REGION = TAGS.sourceRegion.key;
export const SOURCE_INSTANCE = TAGS.sourceInstance.key;
export const KEEP = TAGS.keep.key;
export const RETIRE_RULES = TAGS.retireRules.key;
/** On an image that something else made and a person put under management: its own id. */
export const ADOPTED = TAGS.adopted.key;
/** On an image: what its instance was made of, and where it was found. */
export const SHAPE = TAGS.shape.key;
export const ADDRESS = TAGS.address.key;
/** On an image and its snapshots: the signature over the tags that say what it is. */
export const SEAL = TAGS.seal.key;
/** On an image that is being retired, and its snapshots: since when, and why. */
export const RETIRE = TAGS.retire.key;
/** On the images of a lineage whose source is gone and that a person or its policy has ended: since when. */
export const ENDED = TAGS.ended.key;
/** On an image, by a person's word: since when the region of its source has no instances any more. */
export const VOUCHED = TAGS.vouched.key;
/** On an image, one of its snapshots or an instance, by a person: it is not to be retired. */
export const HOLD = TAGS.hold.key;
/** On an image: when it was last started and came up, and how far. */
export const PASSED = TAGS.passed.key;
/** On an image: what its last drill came to, and why. */
export const DRILLED = TAGS.drilled.key;
/** On an instance, a volume or an interface of a drill: of which image it is, which attempt, and until when it may live. */
export const DRILL = TAGS.drill.key;
/** On a subnet or a security group: the deployment whose drills are launched there. */
export const DRILL_NETWORK = TAGS.drillNetwork.key;
/** On an image, by a person: why nothing is to be launched from it. */
export const REVOKED = TAGS.revoked.key;
/** On an instance or a volume that was restored: the image that it is of. */
export const RESTORED_FROM = TAGS.restoredFrom.key;
/** On an image or a snapshot that goes into the Recycle Bin: since when. On one that is there a person has restored it. */
export const BINNED = TAGS.binned.key;
/** With an account behind it: that we share it with that account, which copies it, since when, and what others share. */
export const LENT_PREFIX = TAGS.lent.key;
/** With a place behind it, on a source: the attempt that its copy there has come to. */
export const COPY_ATTEMPTS_PREFIX = TAGS.copyAttempts.key;

/** The keys that an image's seal covers, in the order in which they are signed. */
export const SEALED_KEYS: readonly string[] = KINDS.filter(({ seal }) => seal === 'stamp').map(({ key }) => key);

const WORDS = KINDS.filter(({ seal }) => seal === 'own');

/** Whether a tag takes something away, and so needs a seal of its own. */
export function isWordKey(name: string): boolean {
  return WORDS.some(({ key, isPrefix }) => (isPrefix ? name.startsWith(key) : name === key));
}

/** The tags that a role may write on what is there already, or take off, as patterns of IAM. */
export function keysOf(writer: TagWriter, does: 'writtenBy' | 'takenOffBy'): string[] {
  return KINDS.filter((kind) => kind[does].includes(writer)).map(({ key, isPrefix }) => (isPrefix ? `${key}*` : key));
}

/** Whether a key is amikeep's or AWS's own, which people's tags can't set. */
export function isReservedKey(key: string): boolean {
  return key.startsWith('amikeep:') || key.slice(0, 4).toLowerCase() === 'aws:';
}
