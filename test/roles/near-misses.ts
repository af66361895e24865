import {
  ADOPTED,
  ATTEMPT,
  DEPLOYMENT,
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

export function nearMissesOf({ operation, region, asks }: RecordedCall): NearMiss[] {
  const tagged = operation === 'CreateTags' || operation === 'DeleteTags';
  // What an instance is tagged with makes it nobody's.
  const onOurs = asks.some((ask) => has(ask, RESOURCE_TAG) && !ask.resource.includes(':instance/') && !isRead(ask));
  const withTag = asks.some((ask) => has(ask, REQUEST_TAG));
  const withKeys = asks.some((ask) => has(ask, 'kms:ResourceAliases') && !sourceKey(ask));
  return [
    ...(onOurs
      ? [
          { what: 'on another deployment', asks: asks.map((ask) => changed(ask, RESOURCE_TAG, 'other')) },
          { what: 'on what bears no tag', asks: asks.map((ask) => without(ask, RESOURCE_TAG)) },
        ]
      : []),
    ...(withTag
      ? [
          { what: "with another deployment's tag", asks: asks.map((ask) => changed(ask, REQUEST_TAG, 'other')) },
          { what: "without the deployment's tag", asks: asks.map((ask) => without(ask, REQUEST_TAG)) },
          // Without any tags EC2 asks about no tagging.
          { what: 'untagged', asks: asks.filter(({ action }) => action !== 'ec2:CreateTags').map(withoutTags) },
        ]
      : []),
    ...(tagged
      ? [
          ...WRITTEN_ONCE.map((key) => ({ what: `with ${key} among its keys`, asks: asks.map(withKey(key)) })),
          { what: 'with a tag of people', asks: asks.map(withKey('Name')) },
          { what: 'of all tags at once', asks: asks.map((ask) => without(ask, TAG_KEYS)) },
        ]
      : []),
    ...(withKeys
      ? [
          {
            what: 'under another key',
            asks: asks.map((ask) =>
              sourceKey(ask) ? ask : changed(ask, 'kms:ResourceAliases', ['alias/other', 'alias/aws/ebs']),
            ),
          },
          { what: 'with a key that is not used by EC2', asks: asks.map((ask) => without(ask, 'kms:ViaService')) },
          {
            what: 'with a grant to others',
            asks: asks.map((ask) => changed(ask, 'kms:GrantIsForAWSResource', 'false')),
          },
        ]
      : []),
    ...(operation === 'ModifyImageAttribute'
      ? [{ what: 'of another attribute', asks: asks.map((ask) => changed(ask, 'ec2:Attribute', 'Description')) }]
      : []),
    ...(operation === 'PutEvents'
      ? [{ what: 'on another bus', asks: asks.map((ask) => ({ ...ask, resource: `${ask.resource}-other` })) }]
      : [{ what: 'in another region', asks: asks.map((ask) => elsewhere(ask, region)) }]),
  ];
}

/** That a call needs the key of a source's volume says the alias that asks.ts gives such keys. */
function sourceKey({ context }: Ask): boolean {
  return context['kms:ResourceAliases']?.includes('alias/of-a-volume') ?? false;
}

function isRead({ action }: Ask): boolean {
  return /:(?:Describe|List|Get)/.test(action);
}

function has({ context }: Ask, key: string): boolean {
  return Object.hasOwn(context, key);
}

function changed(ask: Ask, key: string, value: Context[string]): Ask {
  return has(ask, key) ? { ...ask, context: { ...ask.context, [key]: value } } : ask;
}

function without(ask: Ask, key: string): Ask {
  const { [key]: _, ...context } = ask.context;
  return { ...ask, context };
}

function withoutTags(ask: Ask): Ask {
  const kept = Object.entries(ask.context).filter(([key]) => !/^aws:(?:RequestTag\/|TagKeys$)/.test(key));
  return { ...ask, context: Object.fromEntries(kept) };
}

function withKey(key: string) {
  return (ask: Ask): Ask => changed(ask, TAG_KEYS, [...(ask.context[TAG_KEYS] ?? []), key]);
}

function elsewhere(ask: Ask, region: string): Ask {
  const context = Object.entries(ask.context).map(([key, value]) => [key, value === region ? FAR : value]);
  return { ...ask, resource: ask.resource.replace(region, FAR), context: Object.fromEntries(context) };
}

const FAR = 'ap-southeast-2';
