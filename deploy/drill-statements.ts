// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { DEPLOYMENT, DRILL, DRILL_NETWORK, keysOf } from '../lib/tagging/tag-keys.ts';
import { type SourceKeys, sourceKeyStatements } from './keys.ts';
import type { Conditions, Statement, Value, Values } from './policy-document.ts';
import { IMAGES, inRegions, ownedBefore, ownedFromBirth, type Place, taggingOwn } from './statements.ts';

/** What the drills of one account may launch, and where. */
export interface DrillPlace extends Pick<Place, 'deployment' | 'everywhere'> {
  /** The regions in which policies drill. */
  readonly regions: Values;
  /** The types that policies name; absent: one of them takes that of its server, which may be any. */
  readonly types?: Values;
  /** What images in the regions are encrypted with. */
  readonly keys: SourceKeys;
  /** The name of the drill's own instance profile and role, of which `drillProfile` is the form. */
  readonly profile: string;
}

/** Of any partition and owner, which is whose network it is: what CloudFormation has to fill in takes more of its template. */
const INSTANCES = 'arn:*:ec2:*:*:instance/*';
const VOLUMES = 'arn:*:ec2:*:*:volume/*';
const INTERFACES = 'arn:*:ec2:*:*:network-interface/*';
const SUBNETS = 'arn:*:ec2:*:*:subnet/*';
const GROUPS = 'arn:*:ec2:*:*:security-group/*';

/** That the tag of a drill is there, whatever it says: planners go by the same. */
const THERE = '*';

/** What runs of drills read, but for what SSM tells. */
export function drillReads(place: Pick<DrillPlace, 'deployment' | 'everywhere'>): Statement[] {
  return [
    {
      Sid: 'Read',
      Effect: 'Allow',
      Action: [
        'ec2:DescribeImages',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVolumes',
      ],
      // These reads know no resources.
      Resource: '*',
      Condition: { StringEquals: inRegions(place.everywhere) },
    },
    {
      // What stands on a server's console may be secret: those of drills alone.
      Sid: 'ReadConsoles',
      Effect: 'Allow',
      Action: ['ec2:GetConsoleOutput'],
      Resource: INSTANCES,
      Condition: ofDrills(place, place.everywhere),
    },
  ];
}

/** Starts images of ours in the sealed network, with all that ends them from their birth, and ends what bears that. */
export function drillChanges(place: DrillPlace): Statement[] {
  const tagged = drilledFromBirth(place);
  return [
    {
      Sid: 'LaunchOwn',
      Effect: 'Allow',
      Action: ['ec2:RunInstances'],
      Resource: IMAGES,
      Condition: { StringEquals: { ...inRegions(place.regions), ...ownedBefore(place) } },
    },
    {
      Sid: 'LaunchSealed',
      Effect: 'Allow',
      Action: ['ec2:RunInstances'],
      Resource: [SUBNETS, GROUPS],
      Condition: {
        StringEquals: { ...inRegions(place.regions), [`aws:ResourceTag/${DRILL_NETWORK}`]: place.deployment },
      },
    },
    {
      Sid: 'LaunchVolumes',
      Effect: 'Allow',
      Action: ['ec2:RunInstances'],
      Resource: VOLUMES,
      Condition: tagged,
    },
    {
      Sid: 'LaunchInterfaces',
      Effect: 'Allow',
      Action: ['ec2:RunInstances'],
      Resource: INTERFACES,
      // Whether AWS tells this of a launch that wants no address is written nowhere.
      Condition: { ...tagged, BoolIfExists: { 'ec2:AssociatePublicIpAddress': 'false' } },
    },
    {
      Sid: 'LaunchInstances',
      Effect: 'Allow',
      Action: ['ec2:RunInstances'],
      Resource: INSTANCES,
      Condition: launchedAs(place),
    },
    {
      Sid: 'TagOnCreation',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [INSTANCES, VOLUMES, INTERFACES],
      Condition: {
        ...tagged,
        StringEquals: { ...tagged.StringEquals, 'ec2:CreateAction': 'RunInstances' },
        // Never those by which policies select, or that name lineages: a drill is nobody's server.
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['Name', DEPLOYMENT, DRILL] },
      },
    },
    {
      Sid: 'JudgeOwn',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: IMAGES,
      Condition: taggingOwn(place, place.everywhere, keysOf('drill', 'writtenBy')),
    },
    {
      Sid: 'EndDrills',
      Effect: 'Allow',
      Action: ['ec2:DeleteNetworkInterface', 'ec2:DeleteVolume', 'ec2:TerminateInstances'],
      Resource: [INSTANCES, VOLUMES, INTERFACES],
      Condition: ofDrills(place, place.everywhere),
    },
    // EC2 takes a launch that may not use the key, and ends it a little later.
    ...sourceKeyStatements(place.keys),
  ];
}

/**
 * Runs a command within a drill, and gives it the one role by which it can be asked.
 *
 * @param documents the ARNs of the SSM documents that policies name
 */
export function commandStatements(place: DrillPlace, documents: Values): Statement[] {
  return [
    {
      Sid: 'ReadCommands',
      Effect: 'Allow',
      Action: ['ssm:DescribeInstanceInformation', 'ssm:ListCommandInvocations'],
      Resource: '*',
      Condition: { StringEquals: inRegions(place.everywhere) },
    },
    {
      Sid: 'AskDrills',
      Effect: 'Allow',
      Action: ['ssm:SendCommand'],
      Resource: INSTANCES,
      Condition: ofDrills(place, place.regions),
    },
    {
      Sid: 'AskByDocument',
      Effect: 'Allow',
      Action: ['ssm:SendCommand'],
      Resource: documents,
      Condition: { StringEquals: inRegions(place.regions) },
    },
    {
      // IAM is everywhere at once, so no region is asked for.
      Sid: 'PassDrillRole',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${place.profile}` },
      Condition: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
    },
  ];
}

/** The ARNs of a document that a policy names: AWS's own are nobody's account's. */
export function documentArns(name: string): Value[] {
  if (name.startsWith('arn:')) return [name];
  const owner = /^AWS\w*-/.test(name) ? '' : '${AWS::AccountId}';
  return [{ 'Fn::Sub': `arn:\${AWS::Partition}:ssm:*:${owner}:document/${name}` }];
}

function ofDrills(place: Pick<DrillPlace, 'deployment'>, regions: Values): Conditions {
  return {
    StringEquals: { ...inRegions(regions), ...ownedBefore(place) },
    StringLike: { [`aws:ResourceTag/${DRILL}`]: THERE },
  };
}

function drilledFromBirth(place: DrillPlace): Conditions {
  return {
    StringEquals: { ...inRegions(place.regions), ...ownedFromBirth(place) },
    StringLike: { [`aws:RequestTag/${DRILL}`]: THERE },
  };
}

/** Of a type that a policy names, and with no role but the drill's own. Where no policy checks by a command it can't be passed either. */
function launchedAs(place: DrillPlace): Conditions {
  const { StringLike, ...tagged } = drilledFromBirth(place);
  const own = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:instance-profile/${place.profile}` };
  return {
    ...tagged,
    StringLike: { ...StringLike, ...(place.types && { 'ec2:InstanceType': place.types }) },
    ArnEqualsIfExists: { 'ec2:InstanceProfile': own },
  };
}
