import { z } from 'zod';
import { instanceId } from '../model/ids.ts';
import {
  COUNT_RULES,
  formatRules,
  LARGEST_NUMBER,
  LONGEST_RULES,
  SPAN_RULES,
  SPAN_UNIT_LETTERS,
} from '../model/keep-rules.ts';
import { mapTable } from '../model/table.ts';
import { MINUTE } from '../model/time.ts';
import { accountName, accounts, keyAccounts } from './account-schema.ts';
import { drill } from './drill-schema.ts';
import type { TagPatterns } from './policy.ts';
import { regionName } from './region-name.ts';
import { restore } from './restore-schema.ts';
import { parseSchedule, shortestGap, unionOf } from './schedule.ts';
import { atLeastOne, refusal, say, text, textReadBy } from './values.ts';
import { timeZoneProblem } from './zone.ts';

/**
 * The form of policies.yml: the single source of what is accepted, of the types, of the messages and of the JSON
 * Schema that editors use. Rules that join distant parts of the file are in consistency.ts.
 */

/** The tags that we write ourselves, and those of AWS, need the rest of the 50 that EC2 allows. */
export const MOST_TAGS = 30;

/** EC2's own limits, less the prefix that we write under. `aws:` tags can be read but not written. */
const readableKey = text(
  /^(?!amikeep:).{1,128}$/isu,
  "write a tag key of 1 to 128 characters; amikeep's own tags are not for policies",
);
const writableKey = text(
  /^(?!aws:|amikeep:).{1,128}$/isu,
  'write a tag key of 1 to 128 characters that does not begin with aws: or amikeep:',
);
const inheritedKey = text(
  /^(?!aws:|amikeep:)[^*]{1,128}$/isu,
  'write the key of a tag of 1 to 128 characters, without aws: or amikeep: in front and without *: each key that is wanted by itself, since an image has no room for all tags that an instance may have',
);
const VALUE_REMEDY =
  'write a text of at most 256 characters, in quotes if it looks like a number, a date, true or null';
const tagValue = text(/^.{0,256}$/su, VALUE_REMEDY);

const patterns = z.union(
  [tagValue.transform((one) => [one]), z.array(tagValue, say(VALUE_REMEDY)).min(1, say(VALUE_REMEDY))],
  {
    error: ({ input }) => refusal(input, `${VALUE_REMEDY}, or a list of such texts`),
  },
);

const TAGS_REMEDY = 'write a map of tags, such as { Backup: nightly }';

/** Tags by key; each value a pattern or a list of them. */
const tagPatterns: z.ZodType<TagPatterns, Record<string, string | string[]>> = z
  .record(readableKey, patterns, say(TAGS_REMEDY))
  .describe('Tag keys, each with a value or a list of values. `*` stands for any text; case counts, as in EC2.');

const INSTANCES_REMEDY = 'write a list of instance ids, such as [i-0123456789abcdef0]';
const instances = z
  .array(textReadBy(instanceId, 'write an instance id, such as i-0123456789abcdef0'), say(INSTANCES_REMEDY))
  .min(1, say(INSTANCES_REMEDY));

const STATES_REMEDY = 'write a list of running, stopping, stopped';
const select = z
  .strictObject(
    {
      tags: tagPatterns.default({}).describe('All of these tags must match.'),
      exclude: tagPatterns.default({}).describe('Any of these tags, matching, excludes an instance.'),
      instances: z.exactOptional(instances.describe('If present, only these instances.')),
      excludeInstances: instances.default([]).describe('Never these instances.'),
      states: z
        .array(z.enum(['running', 'stopping', 'stopped'], say(STATES_REMEDY)), say(STATES_REMEDY))
        .min(1, say(STATES_REMEDY))
        .default(['running', 'stopping', 'stopped'])
        .describe('Only instances in one of these states.'),
    },
    say('write which instances the policy is for, such as { tags: { Backup: nightly } }'),
  )
  .refine(({ tags, instances }) => Object.keys(tags).length > 0 || instances !== undefined, {
    error: 'would select every instance: write at least one tag under tags, or a list under instances',
  })
  .describe('Which instances the policy is for.');

const WINDOW_REMEDY = 'write a whole number of minutes from 1 to 1440, or leave it out';
const EXPRESSION_REMEDY = 'write cron(...) or rate(...)';
const expression = z
  .string(say(EXPRESSION_REMEDY))
  .superRefine((text, context) => {
    // The zone is judged on its own, so that a mistake in each is told at once.
    const parsed = parseSchedule(text, 'UTC');
    if (!parsed.ok) context.addIssue({ code: 'custom', message: refusal(text, parsed.problem) });
    else if (parsed.schedule.next(0) === undefined) {
      context.addIssue({ code: 'custom', message: refusal(text, 'write days that exist; this never fires') });
    }
  })
  .meta({
    description:
      "When images are made, in AWS's own form: cron(minute hour day-of-month month day-of-week year) or rate(n unit).",
    examples: ['cron(0 4 * * ? *)', 'cron(0 4 ? * MON-FRI *)', 'rate(6 hours)'],
  });

const EXPRESSIONS_REMEDY = "write a list, such as ['cron(0 4 * * ? *)', 'cron(0 13 ? * MON-FRI *)']";
const SCHEDULE_REMEDY = "write { expression: 'cron(0 4 * * ? *)', timeZone: UTC }";
const schedule = z
  .strictObject(
    {
      expression: z.exactOptional(expression),
      expressions: z.exactOptional(
        z
          .array(expression, say(EXPRESSIONS_REMEDY))
          .min(1, say(EXPRESSIONS_REMEDY))
          .describe('Several of them, instead of expression: images are made at the moments of all, one a moment.'),
      ),
      timeZone: z
        .string(say('write an IANA time zone such as Europe/Berlin or UTC'))
        .superRefine((timeZone, context) => {
          const problem = timeZoneProblem(timeZone);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: refusal(timeZone, problem) });
        })
        .meta({
          description: "The IANA time zone of the schedule and of the keep rules' days.",
          examples: ['UTC', 'Europe/Berlin', 'America/New_York'],
        }),
      flexibleWindowMinutes: z.exactOptional(
        z
          .int(say(WINDOW_REMEDY))
          .min(1, say(WINDOW_REMEDY))
          .max(1440, say(WINDOW_REMEDY))
          .describe(
            'Within how many minutes after a scheduled time its images may be begun, which spreads the load; they carry the scheduled time all the same.',
          ),
      ),
    },
    say(SCHEDULE_REMEDY),
  )
  .superRefine(({ expression, expressions }, context) => {
    if (expression === undefined && expressions === undefined) {
      context.addIssue({ code: 'custom', path: ['expression'], message: refusal(undefined, EXPRESSION_REMEDY) });
    } else if (expression !== undefined && expressions !== undefined) {
      const message = 'stands beside expression: write one of the two, expressions with all that there are';
      context.addIssue({ code: 'custom', path: ['expressions'], message });
    }
    expressions?.forEach((one, index) => {
      if (expressions.indexOf(one) === index) return;
      context.addIssue({ code: 'custom', path: ['expressions', index], message: `is '${one}' again: write each once` });
    });
  })
  .transform(({ expression, expressions, ...rest }) => ({
    expressions: expressions ?? (expression === undefined ? [] : [expression]),
    ...rest,
  }))
  .superRefine(({ expressions, timeZone, flexibleWindowMinutes: window }, context) => {
    if (window === undefined) return;
    const parts = expressions.map((one) => parseSchedule(one, timeZone));
    const gap = shortestGap(unionOf(parts.flatMap((part) => (part.ok ? [part.schedule] : []))));
    if (gap === undefined || window * MINUTE < gap) return;
    const path = ['flexibleWindowMinutes'];
    const remedy = `write fewer than the ${gap / MINUTE} minutes that may lie between two scheduled times`;
    context.addIssue({ code: 'custom', path, message: refusal(window, remedy) });
  })
  .describe('When images are made.');

const DEVICES_REMEDY = 'write a list of device names, such as [/dev/sdf]';
const image = z
  .strictObject(
    {
      reboot: z
        .enum(
          ['never', 'always'],
          say(
            'write never or always; always stops the instance for a consistent image, never gives crash-consistent ones, and a wrong guess would cost an outage or data',
          ),
        )
        .describe('always reboots the instance for a consistent image; never takes a crash-consistent one.'),
      tags: z
        .record(writableKey, tagValue, say('write a map of tags, such as { Project: shop }'))
        .default({})
        .describe('Written on every image and snapshot.'),
      instanceTags: z
        .array(inheritedKey, say('write a list of tag keys, such as [Owner]'))
        .default([])
        .describe('The keys of instance tags that images and snapshots inherit.'),
      excludeDevices: z
        .array(text(/^\S+$/, DEVICES_REMEDY), say(DEVICES_REMEDY))
        .default([])
        .describe('Devices that images leave out.'),
      excludeVolumes: tagPatterns.default({}).describe('Volumes with any of these tags are left out of images.'),
    },
    say('write the settings of the images, at least { reboot: never } or { reboot: always }'),
  )
  .describe('What images are made of.');

const COUNT_REMEDY = `write a whole number from 1 to ${LARGEST_NUMBER}, or leave the rule out`;
const UNIT_REMEDY = `write a whole number from 1 to ${LARGEST_NUMBER}, or leave the unit out`;
const unit = z.exactOptional(atLeastOne(UNIT_REMEDY).max(LARGEST_NUMBER, say(UNIT_REMEDY)));

const counts = mapTable(COUNT_RULES, ({ per }) => {
  const what =
    per === 'version'
      ? 'Keep the newest n images.'
      : `Keep the newest image of each of the last n ${per}s that have one.`;
  return z.exactOptional(atLeastOne(COUNT_REMEDY).max(LARGEST_NUMBER, say(COUNT_REMEDY)).describe(what));
});

const spans = mapTable(SPAN_RULES, ({ per }) => {
  const what =
    per === 'version'
      ? 'Keep every image that is less than this much older than the newest.'
      : `Keep the newest image of each ${per}, of those that are less than this much older than the newest of all.`;
  const span = z
    .strictObject(
      mapTable(SPAN_UNIT_LETTERS, () => unit),
      say('write a span with its units, such as { days: 2, hours: 12 }'),
    )
    .refine((units) => Object.keys(units).length > 0, say('write at least one unit, such as { days: 2 }'));
  return z.exactOptional(span.describe(what));
});

const RETENTION_REMEDY = 'write at least one keep rule, such as { keepDaily: 7 }';
const retention = z
  .strictObject({ ...counts, ...spans }, say(RETENTION_REMEDY))
  .refine((rules) => Object.keys(rules).length > 0, say(RETENTION_REMEDY))
  .refine((rules) => formatRules(rules).length <= LONGEST_RULES, {
    error: 'says more than fits into the tag that carries it: write fewer rules, or smaller numbers',
  })
  .describe('Which images to keep; an image that any rule keeps is kept.');

const copy = z
  .strictObject(
    {
      region: regionName.describe(
        'The DR region. What is made in that region itself is not copied there, unless the copy goes into a vault.',
      ),
      account: z.exactOptional(
        accountName.describe('The vault that the copy goes into; absent: it stays in the account of its image.'),
      ),
      kmsKey: z.exactOptional(
        text(
          /^(?:(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|alias\/[\w/-]{1,250}|arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+)$/,
          "write a KMS key's id, its alias such as alias/dr, or its ARN",
        ).describe(
          "The key in the copy's region: an id, an alias or an ARN. Every snapshot of the copy is encrypted with it.",
        ),
      ),
      encrypt: z.exactOptional(
        z
          .enum(['always', 'as-source'], say('write always or as-source'))
          .describe(
            'always encrypts what the source left unencrypted; as-source, the default without a kmsKey, keeps it as it is.',
          ),
      ),
      retention: retention.describe('Which copies to keep.'),
    },
    say('write { region: eu-west-1, retention: { keepDaily: 3 } }'),
  )
  .describe('A copy of every image, in another region or in a vault.');

const PERCENT = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/;
const CAP_REMEDY = 'write a count of at least 1, or a percentage over 0% and up to 100% such as 20%';
const maxPerDay = z
  .union(
    [
      atLeastOne(CAP_REMEDY).transform((count) => ({ count })),
      text(PERCENT, CAP_REMEDY)
        .refine((percentage) => Number.parseFloat(percentage) > 0, say(CAP_REMEDY))
        .transform((percentage) => ({ percent: Number.parseFloat(percentage) })),
    ],
    say(CAP_REMEDY),
  )
  .prefault('20%')
  .meta({
    description:
      'How many images of the policy may be marked for retirement in one region within 24 hours: a count or a percentage.',
    default: '20%',
  });

const DAYS_REMEDY = 'write a whole number of days from 0 to 3650; 0 leaves the stage out';
const stageDays = z.int(say(DAYS_REMEDY)).min(0, say(DAYS_REMEDY)).max(3650, say(DAYS_REMEDY)).default(0);
const END_REMEDY =
  'write never, or a whole number of days from 1 to 3650; a wrong guess would delete the last image of an instance that is gone';

const retire = z
  .strictObject(
    {
      mode: z
        .enum(
          ['plan', 'apply'],
          say(
            'write plan to have expired images listed, or apply to have them deleted; a wrong guess would delete images or keep all',
          ),
        )
        .describe('plan lists what has expired; apply retires it.'),
      minKeep: atLeastOne('write a whole number of at least 1')
        .default(1)
        .describe('How many images of a lineage always stay in each region, whatever the keep rules say.'),
      maxPerDay,
      endAfterSourceGoneDays: z
        .union(
          [z.literal('never'), z.int(say(END_REMEDY)).min(1, say(END_REMEDY)).max(3650, say(END_REMEDY))],
          say(END_REMEDY),
        )
        .describe(
          'How many days after its last image a lineage whose instance is gone may end, its newest image included; never keeps the newest for good.',
        ),
      deprecateDays: stageDays.describe('For how many days an expired image is deprecated; 0 leaves the stage out.'),
      disableDays: stageDays.describe(
        'For how many days an expired image is disabled before it is deregistered; 0 leaves the stage out.',
      ),
    },
    say('write { mode: plan, endAfterSourceGoneDays: never }'),
  )
  .describe('How images that no keep rule keeps are deleted.');

const REGIONS_REMEDY = 'write a list of AWS regions, such as [eu-central-1]';
const ACCOUNTS_REMEDY = "write a list of accounts in quotes, such as ['222222222222']";

const policy = z.strictObject(
  {
    enabled: z
      .boolean(say('write true or false'))
      .default(true)
      .describe('false: neither schedule nor sweep makes images of it; its images are copied and retired as before.'),
    regions: z.exactOptional(
      z
        .array(regionName, say(REGIONS_REMEDY))
        .min(1, say(REGIONS_REMEDY))
        .describe('Only these of the source regions.'),
    ),
    accounts: z.exactOptional(
      z
        .array(accountName, say(ACCOUNTS_REMEDY))
        .min(1, say(ACCOUNTS_REMEDY))
        .describe('Only instances of these accounts; the one that amikeep runs in counts if it is named as well.'),
    ),
    select,
    lineage: z.exactOptional(
      z
        .strictObject({ tag: readableKey }, say('write { tag: Role }, or leave it out for a lineage to each instance'))
        .describe('The tag whose value continues a lineage when an instance is replaced.'),
    ),
    schedule,
    image,
    copies: z
      .array(copy, say('write a list, such as [{ region: eu-west-1, retention: { keepDaily: 3 } }]'))
      .default([])
      .describe('Copies in other regions and accounts, for disaster recovery.'),
    retention,
    retire,
    drill: z.exactOptional(drill),
  },
  say('write a policy: select, schedule, image, retention and retire'),
);

const KEY_REMEDY =
  'write the public half of an Ed25519 key as amikeep doctor prints it, 60 characters that begin with MCowBQYDK2VwAyEA';
const KEYS_REMEDY = `write a list; ${KEY_REMEDY}`;
const POLICIES_REMEDY = 'write policies by their names, or {} where there are none, as in a vault';

/** The content of policies.yml, before rules that join distant parts of it. */
export const policyFileSchema = z
  .strictObject(
    {
      deployment: text(/^[A-Za-z0-9-]{1,32}$/, 'write 1 to 32 letters, digits and dashes, such as prod').describe(
        'Names this installation. Images carry it, and no other deployment touches them.',
      ),
      regions: z
        .array(regionName, say(REGIONS_REMEDY))
        .min(1, say(REGIONS_REMEDY))
        .describe('The source regions: where instances are looked for.'),
      formerRegions: z
        .array(regionName, say(REGIONS_REMEDY))
        .default([])
        .describe('Regions that nothing here names any more but that still hold images to be retired.'),
      trustedKeys: z
        .array(text(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/, KEY_REMEDY), say(KEYS_REMEDY))
        .default([])
        .describe(
          'Public halves of keys whose seals are believed whether or not the own key can be read: of the own key, for restores while its region is out; of the hub, in a vault; of a key that was replaced.',
        ),
      accounts,
      keyAccounts,
      restore,
      defaults: z.exactOptional(
        z
          .record(
            z.string(),
            z.unknown(),
            say('write settings as a policy has them, such as { image: { reboot: never } }'),
          )
          .describe('What policies have in common; what a policy says itself, key by key, goes before.'),
      ),
      policies: z
        .record(
          text(
            /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
            'write a policy name of 1 to 64 letters, digits, dashes, underscores and dots that begins with a letter or digit',
          ),
          policy,
          say(POLICIES_REMEDY),
        )
        .describe('Policies by name.'),
    },
    say('write deployment, regions and policies'),
  )
  .meta({ title: "amikeep's policies" });

/** What {@link policyFileSchema} makes of an accepted file. */
export type AcceptedPolicyFile = z.output<typeof policyFileSchema>;
export type AcceptedPolicy = AcceptedPolicyFile['policies'][string];

/** The keys that the schema knows in the object at a path; none where it has no object. */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.core.$ZodType | undefined = policyFileSchema;
  for (const step of path) schema = schema === undefined ? undefined : partOf(bare(schema), step);
  const object = schema === undefined ? undefined : bare(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function partOf(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** A schema without what makes it optional. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  // What a part is turned into has no keys of its own: those that are written are the first ones.
  if (schema instanceof z.ZodPipe) return bare(schema.in);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional) return bare(schema.unwrap());
  return schema;
}
