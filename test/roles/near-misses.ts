import {
  ADOPTED,
  ATTEMPT,
  DEPLOYMENT,
  DRILL,
  DRILL_NETWORK,
  HOME,
  KEEP,
  LINEAGE,
  POLICY,
  RETIRE_RULES,
  SLOT,
  SOURCE_ACCOUNT,
  SOURCE_INSTANCE,
  SOURCE_REGION,
  VERSION,
} from '../../lib/tagging/tag-keys.ts';
import type { Ask, Context } from './iam.ts';
import type { RecordedCall } from './record.ts';

/** A call that is almost one that a function makes, and that its role has to deny. */
export interface NearMiss {
  readonly what: string;
  readonly asks: readonly Ask[];
}

const RESOURCE_TAG = `aws:ResourceTag/${DEPLOYMENT}`;
const REQUEST_TAG = `aws:RequestTag/${DEPLOYMENT}`;
const TAG_KEYS = 'aws:TagKeys';
const CREATION = 'ec2:CreateAction';
const ALIASES = 'kms:ResourceAliases';
const OWNER = 'aws:ResourceAccount';
const IN_NETWORK = `aws:ResourceTag/${DRILL_NETWORK}`;
const OF_DRILL = `aws:ResourceTag/${DRILL}`;
const DRILLED = `aws:RequestTag/${DRILL}`;
const PROFILE = 'ec2:InstanceProfile';
const PASSED_TO = 'iam:PassedToService';
const FAR = 'ap-southeast-2';
const STRANGER = '999999999999';

/** The tags that say whose an image is, which one, and how long it is kept: written by its creation only. */
const WRITTEN_ONCE = [
  DEPLOYMENT,
  POLICY,
  LINEAGE,
  SLOT,
  VERSION,
  ATTEMPT,
  HOME,
  SOURCE_ACCOUNT,
  SOURCE_REGION,
  SOURCE_INSTANCE,
  KEEP,
  RETIRE_RULES,
  ADOPTED,
];

/** What changes one question so that the answer has to be no, whatever is said to the others of the call. */
type Change = (ask: Ask) => Ask | undefined;

export const OF_ANOTHER_TYPE = 'of a type that no policy names';

const CHANGES: Readonly<Record<string, Change>> = {
  'on another deployment': (ask) => (isOfOurs(ask) ? changed(ask, RESOURCE_TAG, 'other') : undefined),
  'on what bears no tag': (ask) => (isOfOurs(ask) ? without(ask, RESOURCE_TAG) : undefined),
  'in another place': (ask) =>
    ask.action === 'events:PutEvents' ? { ...ask, resource: `${ask.resource}-other` } : elsewhere(ask),
  ...Object.fromEntries(
    [...WRITTEN_ONCE, 'Name'].map((key): [string, Change] => [
      `with ${key} among its keys`,
      (ask) => (isLaterTagging(ask) ? changed(ask, TAG_KEYS, [...(ask.context[TAG_KEYS] ?? []), key]) : undefined),
    ]),
  ),
  'of all tags at once': (ask) => (isLaterTagging(ask) ? without(ask, TAG_KEYS) : undefined),
  'without a creation': (ask) => without(ask, CREATION),
  'by another creation': (ask) => changed(ask, CREATION, 'CreateVolume'),
  "with another deployment's tags": (ask) => (has(ask, CREATION) ? changed(ask, REQUEST_TAG, 'other') : undefined),
  "with tags but not the deployment's": (ask) => (has(ask, CREATION) ? without(ask, REQUEST_TAG) : undefined),
  'under another key': (ask) =>
    isSourceKey(ask) ? undefined : changed(ask, ALIASES, ['alias/other', 'alias/aws/ebs']),
  'with the key of a volume that is of another account': (ask) =>
    isSourceKey(ask)
      ? changed({ ...ask, resource: ask.resource.replace(/\d{12}/, STRANGER) }, OWNER, STRANGER)
      : undefined,
  'with a key, but not by EC2': (ask) => without(ask, 'kms:ViaService'),
  'with a grant to others': (ask) => changed(ask, 'kms:GrantIsForAWSResource', 'false'),
  'that lends instead': (ask) => lending(ask, 'ec2:Add/userId', '444455556666'),
  'that lends to everybody': (ask) => lending(ask, 'ec2:Add/group', 'all'),
  'of another attribute': (ask) => changed(ask, 'ec2:Attribute', 'Description'),
  'in a network that is not for drills': (ask) => without(ask, IN_NETWORK),
  "in another deployment's network": (ask) => changed(ask, IN_NETWORK, 'other'),
  'on what is no drill': (ask) => without(ask, OF_DRILL),
  'without the tag of a drill': (ask) => without(ask, DRILLED),
  "launched with another deployment's tag": (ask) => (isLaunch(ask) ? changed(ask, REQUEST_TAG, 'other') : undefined),
  'with the tag of a selection': (ask) =>
    ask.context[CREATION] === 'RunInstances'
      ? changed(ask, TAG_KEYS, [...(ask.context[TAG_KEYS] ?? []), 'Backup'])
      : ask,
  [OF_ANOTHER_TYPE]: (ask) => (isLaunch(ask) ? changed(ask, 'ec2:InstanceType', 'p5.48xlarge') : ask),
  'with a public address': (ask) => changed(ask, 'ec2:AssociatePublicIpAddress', 'true'),
  'with the profile of a server': (ask) =>
    isLaunch(ask) && ask.resource.includes(':instance/')
      ? { ...ask, context: { ...ask.context, [PROFILE]: 'arn:aws:iam::111122223333:instance-profile/web' } }
      : undefined,
  'with the role of a server': (ask) => (has(ask, PASSED_TO) ? { ...ask, resource: `${ask.resource}-other` } : ask),
  'with a role for another service': (ask) => changed(ask, PASSED_TO, 'lambda.amazonaws.com'),
  'by another document': (ask) =>
    ask.resource.includes(':document/') ? { ...ask, resource: `${ask.resource}-other` } : undefined,
  'of recipes, but not by EC2': (ask) =>
    ask.action.startsWith('imagebuilder:') ? without(ask, 'aws:CalledVia') : undefined,
};

export function nearMissesOf(call: RecordedCall): NearMiss[] {
  const alone = Object.entries(CHANGES).flatMap(([what, change]) =>
    call.asks.flatMap((ask) => {
      const asked = change(ask);
      return asked && asked !== ask ? [{ what, asks: [asked] }] : [];
    }),
  );
  return [...alone, ...untaggedCreations(call)];
}

/** Of a creation, EC2 asks about tags as a whole: which of the resources it asks about then is its own affair. */
function untaggedCreations({ asks }: RecordedCall): NearMiss[] {
  if (!asks.some((ask) => has(ask, CREATION))) return [];
  return [
    { what: "with another deployment's tag", asks: asks.map((ask) => changed(ask, REQUEST_TAG, 'other')) },
    { what: "without the deployment's tag", asks: asks.map((ask) => without(ask, REQUEST_TAG)) },
    // Without any tags EC2 asks about no tagging.
    { what: 'untagged', asks: asks.filter((ask) => !has(ask, CREATION)).map(withoutTags) },
  ];
}

/** What a server is tagged with makes it nobody's, and reading harms nothing, unless it is a console. */
function isOfOurs(ask: Ask): boolean {
  if (has(ask, OF_DRILL)) return true;
  return has(ask, RESOURCE_TAG) && !ask.resource.includes(':instance/') && !/:(?:Describe|List|Get)/.test(ask.action);
}

function isLaunch({ action }: Ask): boolean {
  return action === 'ec2:RunInstances';
}

function isLaterTagging(ask: Ask): boolean {
  return /:(?:Create|Delete)Tags$/.test(ask.action) && !has(ask, CREATION);
}

/** The key of a source's volume, by the alias that asks.ts gives such keys. */
export function isSourceKey({ context }: Ask): boolean {
  return context[ALIASES]?.includes('alias/of-a-volume') ?? false;
}

function has({ context }: Ask, key: string): boolean {
  return Object.hasOwn(context, key);
}

function changed(ask: Ask, key: string, value: Context[string]): Ask {
  return has(ask, key) ? { ...ask, context: { ...ask.context, [key]: value } } : ask;
}

/** What takes a snapshot back, made to lend it as well. */
function lending(ask: Ask, key: string, value: string): Ask | undefined {
  return has(ask, 'ec2:Remove/userId') ? { ...ask, context: { ...ask.context, [key]: value } } : undefined;
}

function without(ask: Ask, key: string): Ask {
  if (!has(ask, key)) return ask;
  const { [key]: _, ...context } = ask.context;
  return { ...ask, context };
}

function withoutTags(ask: Ask): Ask {
  const kept = Object.entries(ask.context).filter(([key]) => !/^aws:(?:RequestTag\/|TagKeys$)/.test(key));
  return { ...ask, context: Object.fromEntries(kept) };
}

/** The same in a region that no policy names, whichever region it is about; a role of IAM is in none. */
function elsewhere(ask: Ask): Ask {
  const { action, resource, context } = ask;
  if (action === 'iam:PassRole') return ask;
  const [arn, partition, service, where, ...rest] = resource.split(':');
  const there = where ? [arn, partition, service, FAR, ...rest].join(':') : resource;
  const told = { 'aws:RequestedRegion': FAR, ...(context['ec2:Region'] !== undefined && { 'ec2:Region': FAR }) };
  return { action, resource: there, context: { ...context, ...told } };
}
