// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { COPY_ATTEMPTS_PREFIX, DEPLOYMENT, HOLD, keysOf } from '../lib/tagging/tag-keys.ts';
import { evidenceStatements } from './evidence-statements.ts';
import { type DestinationKey, keyStatements } from './keys.ts';
import type { Conditions, Statement, Value, Values } from './policy-document.ts';

/**
 * What each function may do to EC2 in one account: in the one that amikeep runs in, with values from the policy file,
 * and in every other, with parameters of deploy/member-account.yml. EC2 itself enforces ownership: what changes an
 * image or a snapshot is allowed only where the deployment's tag stands on it already, or is written by the call that
 * creates it.
 */
export interface Place {
  readonly deployment: Value;
  /** The regions in which instances are looked for. */
  readonly sources: Values;
  /** The regions that images are copied to within the account. */
  readonly destinations: Values;
  /** Every region that may hold images, former ones included. */
  readonly everywhere: Values;
  /** What copies within the account are encrypted with. */
  readonly keys: readonly DestinationKey[];
}

export const IMAGES = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::image/*' };
export const SNAPSHOTS = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*::snapshot/*' };
const INSTANCES = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*' };
const USAGE_REPORTS = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:image-usage-report/*' };

const ALLOW = 'Allow';

export function ownedBefore({ deployment }: Pick<Place, 'deployment'>) {
  return { [`aws:ResourceTag/${DEPLOYMENT}`]: deployment };
}

export function ownedFromBirth({ deployment }: Pick<Place, 'deployment'>) {
  return { [`aws:RequestTag/${DEPLOYMENT}`]: deployment };
}

export function inRegions(regions: Values) {
  return { 'aws:RequestedRegion': regions };
}

/** On ours, and of all tags only these: never those that say whose an image is, which its creation writes. */
export function taggingOwn(place: Pick<Place, 'deployment'>, regions: Values, keys: readonly string[]): Conditions {
  return {
    StringEquals: { ...inRegions(regions), ...ownedBefore(place) },
    'ForAllValues:StringLike': { 'aws:TagKeys': keys },
    // Of no keys at all everything is true. DeleteTags without keys takes all tags off.
    Null: { 'aws:TagKeys': 'false' },
  };
}

/** The call that creates an image writes its tags, which EC2 asks about separately. */
function tagOnCreation(place: Pick<Place, 'deployment'>, by: 'CreateImage' | 'CopyImage', regions: Values): Statement {
  return {
    Sid: 'TagOnCreation',
    Effect: ALLOW,
    Action: ['ec2:CreateTags'],
    Resource: [IMAGES, SNAPSHOTS],
    Condition: { StringEquals: { ...inRegions(regions), 'ec2:CreateAction': by, ...ownedFromBirth(place) } },
  };
}

/** Creates images, from instances and with the deployment's tag only. */
export function snapshotStatements(place: Place): Statement[] {
  return [
    {
      Sid: 'Read',
      Effect: ALLOW,
      Action: ['ec2:DescribeImages', 'ec2:DescribeInstances', 'ec2:DescribeVolumes'],
      // These reads know no resources.
      Resource: '*',
      Condition: { StringEquals: inRegions(place.sources) },
    },
    {
      Sid: 'CreateFromInstances',
      Effect: ALLOW,
      Action: ['ec2:CreateImage'],
      Resource: INSTANCES,
      Condition: { StringEquals: inRegions(place.sources) },
    },
    {
      Sid: 'CreateTagged',
      Effect: ALLOW,
      Action: ['ec2:CreateImage'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: { StringEquals: { ...inRegions(place.sources), ...ownedFromBirth(place) } },
    },
    tagOnCreation(place, 'CreateImage', place.sources),
    // The hold of an instance, which may be gone before the next retire sweep.
    holdOwn(place, place.sources),
  ];
}

/** Copies images to DR regions, with the deployment's tag only, and counts its attempts on the sources. */
export function copyStatements(place: Place): Statement[] {
  return [readImages(place.everywhere), ...copyChanges(place)];
}

/** Writes the holds of instances, which may be gone before the next retire sweep, on their images and copies. */
export function holdStatements(place: Place): Statement[] {
  return [
    {
      // Listing knows no resources.
      Sid: 'ReadHolds',
      Effect: ALLOW,
      Action: ['ec2:DescribeInstances'],
      Resource: '*',
      Condition: { StringEquals: inRegions(place.sources) },
    },
    holdOwn(place, place.everywhere),
  ];
}

/** A hold only keeps: who may write it can take nothing away, and can lift none. */
export function holdOwn(place: Pick<Place, 'deployment'>, regions: Values): Statement {
  return {
    Sid: 'HoldOwn',
    Effect: ALLOW,
    Action: ['ec2:CreateTags'],
    Resource: [IMAGES, SNAPSHOTS],
    Condition: taggingOwn(place, regions, [HOLD]),
  };
}

export function copyChanges(place: Place): Statement[] {
  return [
    ...copyInto(place, place.destinations),
    {
      Sid: 'CountAttempts',
      Effect: ALLOW,
      Action: ['ec2:CreateTags'],
      Resource: IMAGES,
      Condition: taggingOwn(place, place.sources, [`${COPY_ATTEMPTS_PREFIX}*`]),
    },
    ...keyStatements(place.keys),
  ];
}

export function readImages(regions: Values): Statement {
  return {
    Sid: 'Read',
    Effect: ALLOW,
    Action: ['ec2:DescribeImages'],
    Resource: '*',
    Condition: { StringEquals: inRegions(regions) },
  };
}

export function copyInto(place: Pick<Place, 'deployment'>, regions: Values): Statement[] {
  return [
    {
      // The source is one of these images too, and EC2 offers no key for its tags here.
      Sid: 'CopyImages',
      Effect: ALLOW,
      Action: ['ec2:CopyImage'],
      Resource: IMAGES,
      Condition: { StringEquals: inRegions(regions) },
    },
    {
      // Every copy makes snapshots, and those must be ours: so must be the copy.
      Sid: 'CopyTagged',
      Effect: ALLOW,
      Action: ['ec2:CopyImage'],
      Resource: SNAPSHOTS,
      Condition: { StringEquals: { ...inRegions(regions), ...ownedFromBirth(place) } },
    },
    tagOnCreation(place, 'CopyImage', regions),
  ];
}

/** Lends images of ours, and their snapshots, to the vaults that copy them, and takes them back. */
export function shareStatements(place: Place, vaults: Values): Statement[] {
  return [
    {
      // Whom they are shared with already.
      Sid: 'ReadSharing',
      Effect: ALLOW,
      Action: ['ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: { StringEquals: inRegions(place.sources) },
    },
    {
      // Under whose key they are. Listing knows no resources.
      Sid: 'ReadSnapshots',
      Effect: ALLOW,
      Action: ['ec2:DescribeSnapshots'],
      Resource: '*',
      Condition: { StringEquals: inRegions(place.sources) },
    },
    {
      Sid: 'TellKeys',
      Effect: ALLOW,
      Action: ['kms:DescribeKey'],
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*' },
      Condition: { StringEquals: inRegions(place.sources) },
    },
    {
      Sid: 'NoteLoans',
      Effect: ALLOW,
      Action: ['ec2:CreateTags', 'ec2:DeleteTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: taggingOwn(place, place.sources, keysOf('copy', 'takenOffBy')),
    },
    shareImages(place, place.sources),
    {
      Sid: 'LendSnapshots',
      Effect: ALLOW,
      Action: ['ec2:ModifySnapshotAttribute'],
      Resource: SNAPSHOTS,
      Condition: {
        StringEquals: { ...inRegions(place.sources), ...ownedBefore(place) },
        // A call adds or removes: what it does not do has no key.
        StringEqualsIfExists: { 'ec2:Add/userId': vaults, 'ec2:Remove/userId': vaults },
        Null: { 'ec2:Add/group': 'true' },
      },
    },
  ];
}

/** EC2 offers no key for the accounts that an image is shared with, only for the attribute. */
function shareImages(place: Place, regions: Values): Statement {
  return {
    Sid: 'ShareOwn',
    Effect: ALLOW,
    Action: ['ec2:ModifyImageAttribute'],
    Resource: IMAGES,
    Condition: {
      StringEquals: { ...inRegions(regions), ...ownedBefore(place) },
      StringEqualsIgnoreCaseIfExists: { 'ec2:Attribute': 'LaunchPermission' },
    },
  };
}

/** Reads what images are used by, and takes ours out of use, stage by stage and back. */
export function retireStatements(place: Place): Statement[] {
  return [...evidenceStatements(place.everywhere), ...retireChanges(place)];
}

export function retireChanges(place: Place): Statement[] {
  const ours: Conditions = { StringEquals: { ...inRegions(place.everywhere), ...ownedBefore(place) } };
  return [
    {
      Sid: 'AskWhoUsesOwn',
      Effect: ALLOW,
      Action: ['ec2:CreateImageUsageReport'],
      Resource: IMAGES,
      Condition: ours,
    },
    {
      Sid: 'MakeReports',
      Effect: ALLOW,
      Action: ['ec2:CreateImageUsageReport'],
      Resource: USAGE_REPORTS,
      Condition: { StringEquals: inRegions(place.everywhere) },
    },
    {
      Sid: 'MarkOwn',
      Effect: ALLOW,
      Action: ['ec2:CreateTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: taggingOwn(place, place.everywhere, keysOf('retire', 'writtenBy')),
    },
    {
      Sid: 'UnmarkOwn',
      Effect: ALLOW,
      Action: ['ec2:DeleteTags'],
      Resource: [IMAGES, SNAPSHOTS],
      Condition: taggingOwn(place, place.everywhere, keysOf('retire', 'takenOffBy')),
    },
    {
      Sid: 'RetireOwn',
      Effect: ALLOW,
      Action: [
        'ec2:DeregisterImage',
        'ec2:DisableImage',
        'ec2:DisableImageDeprecation',
        'ec2:EnableImage',
        'ec2:EnableImageDeprecation',
      ],
      Resource: IMAGES,
      Condition: ours,
    },
    { Sid: 'DeleteOwn', Effect: ALLOW, Action: ['ec2:DeleteSnapshot'], Resource: SNAPSHOTS, Condition: ours },
  ];
}
