import fc from 'fast-check';
import { accountId, instanceId, region } from '../../lib/model/ids.ts';
import { COUNT_RULES, formatRules, type KeepRules, LONGEST_RULES, SPAN_RULES } from '../../lib/model/keep-rules.ts';
import type { RetireRules } from '../../lib/model/retire-rules.ts';
import { mapTable } from '../../lib/model/table.ts';
import { MINUTE } from '../../lib/model/time.ts';
import type { Stamp } from '../../lib/tagging/stamp.ts';

/** Any text that AWS allows as a tag's value, those included that look like what amikeep itself writes. */
export const tagValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 128 }),
  fc.string({ minLength: 250, maxLength: 256 }),
  fc.constantFrom('', 'prod', '@', '/', '~', '#', '__proto__', 'Prod', ' prod', 'a/b', 'a b', 'a-b', 'ünïcode'),
);

/** Keys too, those of every object's prototype included. */
export const tagKey = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.constantFrom('Name', 'Version', '__proto__', 'constructor', 'toString', 'aws:a', 'AWS:b', 'amikeep:slot'),
);

export const anyInstanceId = fc
  .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 17, maxLength: 17 })
  .map((digits) => instanceId(`i-${digits}`));

const account = fc
  .string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 })
  .map((digits) => accountId(digits));
const target = fc.record({
  account,
  region: fc.constantFrom('eu-central-1', 'us-gov-west-1', 'cn-north-1').map(region),
});

const number = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 999_999_999 }));

const span = fc
  .record({ years: number, months: number, days: number, hours: number }, { requiredKeys: [] })
  .filter((units) => Object.keys(units).length > 0);

export const anyKeepRules: fc.Arbitrary<KeepRules> = fc
  .record({ ...mapTable(COUNT_RULES, () => number), ...mapTable(SPAN_RULES, () => span) }, { requiredKeys: [] })
  .filter((rules) => formatRules(rules).length <= LONGEST_RULES);

export const anyTimeZone = fc.constantFrom(
  ...Intl.supportedValuesOf('timeZone'),
  'America/Argentina/ComodRivadavia',
  '+05:30',
);

/** A minute of the years that a tag can write with four digits. */
export const anySlot = fc
  .integer({ min: Date.UTC(1970, 0, 1) / MINUTE, max: Date.UTC(9999, 11, 31) / MINUTE })
  .map((minute) => minute * MINUTE);

const anyDays = fc.integer({ min: 0, max: 999_999_999 });

export const anyRetireRules: fc.Arbitrary<RetireRules> = fc.record({
  mode: fc.constantFrom('plan', 'apply'),
  minKeep: fc.integer({ min: 1, max: 999_999_999 }),
  deprecateDays: anyDays,
  disableDays: anyDays,
  endAfterSourceGoneDays: fc.oneof(fc.constant('never' as const), anyDays),
});

export const anyStamp: fc.Arbitrary<Stamp> = fc.record({
  deployment: tagValue,
  policy: tagValue,
  lineage: tagValue,
  slot: anySlot,
  attempt: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  home: target,
  source: fc.tuple(target, anyInstanceId).map(([place, instance]) => ({ ...place, instance })),
  keep: fc.record({ rules: anyKeepRules, timeZone: anyTimeZone }),
  retire: anyRetireRules,
});
