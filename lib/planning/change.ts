import type { AdoptImage } from './adopt/changes.ts';
import type { CopyImage, ShareImage, UnshareImage } from './copy/changes.ts';
import type { CreateImage } from './create/changes.ts';
import type { AskDrill, ClearRemnant, EndDrill, JudgeImage, LaunchDrill } from './drill/changes.ts';
import type {
  AskUsage,
  BringBackImage,
  DeleteSnapshot,
  DeprecateImage,
  DeregisterImage,
  DisableImage,
  EndImage,
  HoldImage,
  MarkImage,
  MarkSnapshot,
  RestoreImage,
  UnmarkImage,
  UnmarkSnapshot,
  VouchImage,
} from './retire/changes.ts';

/** Everything that a run may do to AWS, with all of its parameters. */
export type Change =
  | CreateImage
  | CopyImage
  | ShareImage
  | UnshareImage
  | AdoptImage
  | RestoreImage
  | BringBackImage
  | UnmarkImage
  | UnmarkSnapshot
  | HoldImage
  | EndImage
  | VouchImage
  | MarkImage
  | MarkSnapshot
  | AskUsage
  | DeprecateImage
  | DisableImage
  | DeregisterImage
  | DeleteSnapshot
  | JudgeImage
  | EndDrill
  | ClearRemnant
  | AskDrill
  | LaunchDrill;

/**
 * The parts of a run that change something, in the order in which they follow each other. What comes off comes first: the
 * snapshots of an image that is marked now may bear an old mark of their own. What brings an image back comes before
 * what takes one away, which is decided once more on fresh reads right before each call. Drills that are there come before
 * those that begin, which take their room.
 */
export const PHASES = ['untag', 'tag', 'rescue', 'loan', 'creation', 'stage', 'drill', 'launch'] as const;
export type Phase = (typeof PHASES)[number];

interface ChangeKind {
  readonly phase: Phase;
  /** What people call such changes before they are made, and after. */
  readonly ahead: string;
  readonly done: string;
  /** The event that tells of each by itself; `Run Finished` tells of all of them. */
  readonly event?: 'Image Created' | 'Image Copied' | 'Image Retired' | 'Image Drilled';
  /** Whose role makes it; what only a person asks for is done with the person's own rights. */
  readonly by: 'snapshot' | 'copy' | 'retire' | 'drill' | 'person';
  /** The actions of IAM that it takes, of which a role must have each. */
  readonly rights: readonly string[];
}

/**
 * Every kind of change, in the order in which reports list them. A new kind is added here, and the compiler then names
 * whatever has to carry it out or tell of it.
 */
export const CHANGE_KINDS = {
  create: {
    phase: 'creation',
    ahead: 'to create',
    done: 'created',
    event: 'Image Created',
    by: 'snapshot',
    rights: ['ec2:CreateImage', 'ec2:CreateTags', 'kms:Sign'],
  },
  copy: {
    phase: 'creation',
    ahead: 'to copy',
    done: 'copied',
    event: 'Image Copied',
    by: 'copy',
    rights: ['ec2:CopyImage', 'ec2:CreateTags', 'kms:Sign'],
  },
  share: {
    phase: 'loan',
    ahead: 'to share',
    done: 'shared',
    by: 'copy',
    rights: ['ec2:CreateTags', 'ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute', 'kms:Sign'],
  },
  unshare: {
    phase: 'loan',
    ahead: 'to unshare',
    done: 'unshared',
    by: 'copy',
    rights: ['ec2:DeleteTags', 'ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute'],
  },
  adopt: { phase: 'tag', ahead: 'to adopt', done: 'adopted', by: 'person', rights: ['ec2:CreateTags', 'kms:Sign'] },
  restore: {
    phase: 'rescue',
    ahead: 'to restore',
    done: 'restored',
    by: 'person',
    rights: ['ec2:RestoreImageFromRecycleBin', 'ec2:RestoreSnapshotFromRecycleBin', 'ec2:CreateTags', 'ec2:DeleteTags'],
  },
  'bring-back': {
    phase: 'rescue',
    ahead: 'to bring back',
    done: 'brought back',
    by: 'retire',
    rights: ['ec2:CreateTags', 'ec2:EnableImage', 'ec2:DisableImageDeprecation', 'ec2:DeleteTags'],
  },
  unmark: { phase: 'untag', ahead: 'to unmark', done: 'unmarked', by: 'retire', rights: ['ec2:DeleteTags'] },
  'unmark-snapshot': {
    phase: 'untag',
    ahead: 'snapshots to unmark',
    done: 'snapshots unmarked',
    by: 'retire',
    rights: ['ec2:DeleteTags'],
  },
  hold: { phase: 'tag', ahead: 'to hold', done: 'held', by: 'retire', rights: ['ec2:CreateTags'] },
  end: { phase: 'tag', ahead: 'to end', done: 'ended', by: 'person', rights: ['ec2:CreateTags', 'kms:Sign'] },
  vouch: {
    phase: 'tag',
    ahead: 'to vouch for',
    done: 'vouched for',
    by: 'person',
    rights: ['ec2:CreateTags', 'kms:Sign'],
  },
  mark: { phase: 'tag', ahead: 'to mark', done: 'marked', by: 'retire', rights: ['ec2:CreateTags', 'kms:Sign'] },
  'mark-snapshot': {
    phase: 'tag',
    ahead: 'snapshots to mark',
    done: 'snapshots marked',
    by: 'retire',
    rights: ['ec2:CreateTags', 'kms:Sign'],
  },
  'ask-usage': {
    phase: 'rescue',
    ahead: 'reports to ask for',
    done: 'reports asked for',
    by: 'retire',
    rights: ['ec2:CreateImageUsageReport'],
  },
  deprecate: {
    phase: 'stage',
    ahead: 'to deprecate',
    done: 'deprecated',
    by: 'retire',
    rights: ['ec2:EnableImageDeprecation'],
  },
  disable: {
    phase: 'stage',
    ahead: 'to disable',
    done: 'disabled',
    by: 'retire',
    rights: ['ec2:EnableImageDeprecation', 'ec2:DisableImage'],
  },
  deregister: {
    phase: 'stage',
    ahead: 'to deregister',
    done: 'deregistered',
    event: 'Image Retired',
    by: 'retire',
    rights: ['ec2:DeregisterImage', 'ec2:DeleteSnapshot', 'ec2:CreateTags', 'ec2:DeleteTags'],
  },
  'delete-snapshot': {
    phase: 'stage',
    ahead: 'snapshots to delete',
    done: 'snapshots deleted',
    by: 'retire',
    rights: ['ec2:DeleteSnapshot', 'ec2:CreateTags', 'ec2:DeleteTags'],
  },
  judge: {
    phase: 'drill',
    ahead: 'to judge',
    done: 'judged',
    event: 'Image Drilled',
    by: 'drill',
    rights: ['ec2:CreateTags', 'kms:Sign', 'ec2:TerminateInstances'],
  },
  'end-drill': {
    phase: 'drill',
    ahead: 'drills to end',
    done: 'drills ended',
    by: 'drill',
    rights: ['ec2:TerminateInstances'],
  },
  clear: {
    phase: 'drill',
    ahead: 'left-overs of drills to delete',
    done: 'left-overs of drills deleted',
    by: 'drill',
    rights: ['ec2:DeleteVolume', 'ec2:DeleteNetworkInterface'],
  },
  ask: {
    phase: 'drill',
    ahead: 'commands to send',
    done: 'commands sent',
    by: 'drill',
    rights: ['ssm:SendCommand'],
  },
  drill: {
    phase: 'launch',
    ahead: 'to start',
    done: 'started',
    by: 'drill',
    // What finds no room is written on its image as well.
    rights: ['ec2:RunInstances', 'ec2:CreateTags', 'kms:Sign'],
  },
} as const satisfies Readonly<Record<Change['kind'], ChangeKind>>;

type Kinds = typeof CHANGE_KINDS;

/** The kinds that an event of their own tells of. */
export type ToldKind = { [K in keyof Kinds]: Kinds[K] extends { readonly event: string } ? K : never }[keyof Kinds];

/** The changes of one phase. */
export type ChangeIn<P extends Phase> = {
  [K in keyof Kinds]: Kinds[K]['phase'] extends P ? Extract<Change, { readonly kind: K }> : never;
}[keyof Kinds];

/** What is done by writing tags, many resources in a call. */
export type Tagging = ChangeIn<'tag'>;

/** What is done by taking tags off, many resources in a call. */
export type Untagging = ChangeIn<'untag'>;

/** What brings an image back, or asks who would miss it. */
export type Rescue = ChangeIn<'rescue'>;

/** What takes something away, and is decided anew on fresh reads right before the call. */
export type StageChange = ChangeIn<'stage'>;

/** Whether a word is that of a kind of change. */
export function isChangeKind(word: string): word is Change['kind'] {
  return Object.hasOwn(CHANGE_KINDS, word);
}
