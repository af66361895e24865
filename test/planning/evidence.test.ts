import { describe, expect, it } from 'vitest';
import { instanceId } from '../../lib/model/ids.ts';
import type { Image } from '../../lib/model/resources.ts';
import { DAY, formatInstant, HOUR } from '../../lib/model/time.ts';
import type { ChangeDecision } from '../../lib/planning/decision.ts';
import type { ImageEvidence, Use } from '../../lib/planning/evidence.ts';
import type { RetireInventory } from '../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { drilledTag } from '../../lib/tagging/verdict.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, DR, HERE } from '../builders.ts';
import {
  about,
  ami,
  copyOfDay,
  cutShort,
  deprecated,
  disabled,
  found,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  instancesHere,
  marked,
  NOW,
  read,
  retireInventory,
  snap,
  tagged,
} from './fleet.ts';

/** Kept are the newest three; the fourth is expired, and has been marked for long enough to go. */
const going = marked(imageOfDay(3), NOW - 30 * HOUR);
/** Marked for so long that it may have been through its stages since. */
const longGoing = marked(imageOfDay(3), NOW - 20 * DAY);
const expired = imageOfDay(3);
const retire = (image: Image, overrides: Partial<RetireInventory> = {}, file = aPolicyFile()) =>
  planRetirement(file, retireInventory([...imagesOfDays(3), image], overrides), NOW);
const decided = (overrides: Partial<RetireInventory>, image = going, file = aPolicyFile()) =>
  about(retire(image, overrides, file), ami(4));
const inPlanMode = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
const short = ({ action, reason }: ReturnType<typeof decided>) => `${action} ${reason.code}`;

describe('P6: a hold on an instance', () => {
  const onHold = (text: string, id = AN_INSTANCE_ID) => instancesHere(anInstance({ id, tags: { [HOLD]: text } }));

  it('is stamped on its images and their snapshots, those included that the rules keep', () => {
    const plan = retire(going, onHold('audit 2026'));
    expect(inShort(plan)).toEqual({ 1: 'hold hold', 2: 'hold hold', 3: 'hold hold', 4: 'hold hold' });
    expect(about(plan, ami(4))).toMatchObject({
      reason: { text: `its instance ${AN_INSTANCE_ID} is on hold: audit 2026` },
      change: { kind: 'hold', region: HERE.region, image: ami(4), snapshots: [snap(4)], text: 'audit 2026' },
    });
  });

  it('has a reason all the same where it has none', () => {
    expect(decided(onHold(''))).toMatchObject({ change: { text: 'no reason given' } });
  });

  it('is stamped in plan mode of the policy too, since it only protects', () => {
    expect(short(decided(onHold('audit'), going, inPlanMode))).toBe('hold hold');
  });

  it('is stamped however little else is known: what a part of a reading shows is true', () => {
    const part = new Map([[HERE.region, cutShort([anInstance({ tags: { [HOLD]: 'audit' } })], 'instances')]]);
    expect(short(decided({ instances: part, uses: cutShort(new Map()) }))).toBe('hold hold');
  });

  it('is not stamped again on an image that has one, which it protects whatever the text is', () => {
    expect(decided(onHold('audit'), tagged(expired, { [HOLD]: 'mine' }))).toMatchObject({
      action: 'refuse',
      reason: { code: 'hold', text: 'it is on hold: mine' },
    });
  });

  it('of another instance is none of its business', () => {
    const instances = instancesHere(anInstance(), anInstance({ id: instanceNumber(9), tags: { [HOLD]: 'audit' } }));
    expect(short(decided(instances))).toBe('deregister expired');
  });

  it('holds the copies as well, by way of the instances of the source region', () => {
    const instances = new Map([
      [DR.region, read([])],
      [HERE.region, read([anInstance({ tags: { [HOLD]: 'audit' } })])],
    ]);
    const plan = planRetirement(aPolicyFile(), retireInventory([copyOfDay(0)], { target: DR, instances }), NOW);
    expect(about(plan, copyOfDay(0).id)).toMatchObject({ action: 'hold', change: { region: DR.region } });
  });
});

describe('P3: an image in use', () => {
  const byReference = (...references: Use[]) => found({ references });

  it.each<Use['kind']>([
    'instance',
    'launch template',
    'launch configuration',
    'auto scaling group',
    'SSM parameter',
    'image recipe',
    'container recipe',
    'account',
  ])('by a %s is not retired, wherever that was found', (kind) => {
    const use = { kind, id: 'x' };
    const inUse = { action: 'refuse', reason: { code: 'in-use', text: `it is in use by ${kind} x` } };
    const uses = { uses: read(new Map([[ami(4), [use]]])) };
    expect(decided(uses, expired)).toMatchObject(inUse);
    expect(decided(uses)).toMatchObject({ action: 'unmark', reason: { code: 'wanted-again' } });
    expect(decided(byReference(use))).toMatchObject(inUse);
  });

  it('that only EC2’s search for single images finds is asked for before a stage, which a mark is not', () => {
    const evidence = byReference({ kind: 'image recipe', id: 'x' });
    expect(short(decided(evidence, expired))).toBe('mark expired');
    // Its mark stays, since the next sweep would write it again; from a stage it is brought back.
    expect(short(decided(evidence))).toBe('refuse in-use');
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, deprecateDays: 7 } })] });
    expect(short(decided(evidence, deprecated(longGoing, NOW - 8 * DAY), file))).toBe('bring-back wanted-again');
  });

  it('by three names them, by four says how many more', () => {
    const uses = ['a', 'b', 'c', 'd'].map((id): Use => ({ kind: 'launch template', id }));
    const three = 'it is in use by launch template a, launch template b, launch template c';
    expect(decided(byReference(...uses.slice(0, 3))).reason.text).toBe(three);
    expect(decided(byReference(...uses)).reason.text).toBe(`${three} and 1 more`);
  });

  it('is protected by its uses before anything that is not known', () => {
    const uses = read(new Map([[ami(4), [{ kind: 'instance', id: 'i-1' } as const]]]));
    expect(short(decided({ uses, evidence: cutShort({ get: () => undefined }) }, expired))).toBe('refuse in-use');
  });
});

describe('P3: an image that is shared with others', () => {
  const others = ['111122223333', '222233334444', '333344445555'];
  const shared = (report: ImageEvidence['report'], sharedWith: readonly string[] = others) =>
    found({ sharedWith, report });
  const ready = (accounts: readonly string[], age: number = HOUR) =>
    shared({ kind: 'ready', at: NOW - age, accounts, about: others });

  it('has to be asked about first', () => {
    expect(decided(shared({ kind: 'none' }))).toMatchObject({
      action: 'ask-usage',
      reason: {
        code: 'usage-unasked',
        text: 'it is shared with 111122223333, 222233334444, 333344445555: EC2 is asked who uses it there',
      },
      change: { kind: 'ask-usage', region: HERE.region, image: ami(4) },
    });
    expect(decided(shared({ kind: 'none' }, [...others, '444455556666', '5'])).reason.text).toContain(
      'with 111122223333, 222233334444, 333344445555 and 2 more: ',
    );
  });

  it('waits for the answer', () => {
    expect(decided(shared({ kind: 'pending', about: others }))).toMatchObject({
      action: 'wait',
      reason: {
        code: 'usage-unknown',
        text: "it is shared with 111122223333, 222233334444, 333344445555, and EC2's report on its use there is not ready",
      },
    });
  });

  it('goes where nobody uses it there', () => {
    expect(short(decided(ready([])))).toBe('deregister expired');
  });

  it('stays where somebody does', () => {
    expect(decided(ready(['222233334444', '333344445555']))).toMatchObject({
      action: 'refuse',
      reason: { code: 'in-use', text: 'it is in use by account 222233334444, account 333344445555' },
    });
  });

  it('is never disabled, which would make EC2 forget with whom: it goes after the days of both stages', () => {
    const { deprecateDays, disableDays } = { deprecateDays: 1, disableDays: 2 };
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, deprecateDays, disableDays } })] });
    const daysLater = (days: number, overrides: Partial<RetireInventory> = ready([])) =>
      short(decided(overrides, deprecated(marked(imageOfDay(3), NOW - 9 * DAY), NOW - days * DAY), file));
    expect([1, 2, 3].map((days) => daysLater(days))).toEqual(['wait marked', 'wait marked', 'deregister expired']);
    expect(daysLater(1, found({}))).toBe('disable expired');
    expect(daysLater(2, ready(['222233334444']))).toBe('bring-back wanted-again');
  });

  it('has to be asked about again after seven days', () => {
    expect(short(decided(ready([], 7 * DAY)))).toBe('deregister expired');
    expect(short(decided(ready([], 7 * DAY + 1)))).toBe('ask-usage usage-unasked');
    expect(short(decided(ready(['222233334444'], 8 * DAY)))).toBe('ask-usage usage-unasked');
  });

  it('stays where somebody has launched it within thirty days, whatever the report says', () => {
    const launched = (age: number): Image => ({ ...going, lastLaunchedAt: NOW - age });
    expect(decided(ready([]), launched(30 * DAY))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'in-use',
        text: `it is shared with 111122223333, 222233334444, 333344445555, and was last launched ${formatInstant(NOW - 30 * DAY)}`,
      },
    });
    expect(short(decided(ready([]), launched(30 * DAY + 1)))).toBe('deregister expired');
    expect(short(decided(found({}), launched(DAY)))).toBe('deregister expired');
  });

  it('is not kept for a launch that was our own drill of it', () => {
    const drill = { verdict: 'failed', failures: 1, instance: instanceId('i-0d0d0d0d'), reason: 'never up' } as const;
    const drilled = (image: Image): Image => tagged(image, drilledTag({ at: NOW - 4 * DAY, ...drill }));
    const launched = (age: number): Image => drilled({ ...going, lastLaunchedAt: NOW - age });
    expect(short(decided(ready([]), launched(4 * DAY + HOUR)))).toBe('deregister expired');
    expect(short(decided(ready([]), launched(3 * DAY)))).toBe('refuse in-use');
    expect(short(decided(ready([]), launched(5 * DAY)))).toBe('refuse in-use');
  });

  it.each([{ kind: 'none' } as const, { kind: 'pending' } as const])(
    'P10: is proposed where the policy is in plan mode, which asks nobody: %j',
    (report) => {
      expect(short(decided(shared(report), going, inPlanMode))).toBe('propose policy-in-plan-mode');
    },
  );

  it('is not proposed where it is known to be in use', () => {
    expect(short(decided(ready(['222233334444']), going, inPlanMode))).toBe('refuse in-use');
  });
});

describe('an image that was not looked into', () => {
  const unseen = { evidence: read({ get: () => undefined }) };
  const stages = aPolicyFile({
    policies: [aPolicy({ retire: { ...aPolicy().retire, deprecateDays: 7, disableDays: 7 } })],
  });

  it.each([
    ['to be deprecated', going],
    ['to be disabled', deprecated(longGoing, NOW - 8 * DAY)],
    ['to be deregistered', disabled(longGoing, NOW - 8 * DAY)],
  ])('waits for a later run if it is %s', (_, image) => {
    expect(decided(unseen, image, stages)).toMatchObject({
      action: 'wait',
      reason: { code: 'not-looked-into', text: 'others come first in this run; a later one looks into it' },
    });
  });

  it.each([
    ['resting with its mark', marked(expired, NOW - HOUR), 'wait marked'],
    ['deprecated', deprecated(going, NOW - HOUR), 'wait marked'],
    ['disabled', disabled(going, NOW - HOUR), 'wait marked'],
  ])('says what it waits for if it is %s', (_, image, expected) => {
    expect(short(decided(unseen, image, stages))).toBe(expected);
  });

  it('is marked all the same', () => {
    expect(short(decided(unseen, expired, stages))).toBe('mark expired');
  });

  it('is proposed where the policy is in plan mode', () => {
    expect(short(decided(unseen, going, inPlanMode))).toBe('propose policy-in-plan-mode');
  });
});

describe('protection against deregistration', () => {
  it('is respected from the start, and told in EC2’s words', () => {
    expect(decided({}, { ...expired, protection: 'enabled-with-cooldown' })).toMatchObject({
      action: 'refuse',
      reason: { code: 'protected', text: 'it is protected against deregistration (enabled-with-cooldown)' },
    });
  });
});

describe('P9: an image whose snapshots have to stay stays with them', () => {
  const evidenceOf = (evidence: { lock?: string; sharedWith: string[] } | undefined) => ({
    snapshotEvidence: read({ get: () => evidence }),
  });

  it.each([
    ['is locked', { lock: 'compliance', sharedWith: [] }, 'locked', 'is locked (compliance)'],
    ['is shared', { sharedWith: ['1', '2', '3', '4'] }, 'shared', 'is shared with 1, 2, 3'],
  ])('where one of them %s', (_, evidence, code, text) => {
    expect(decided(evidenceOf(evidence))).toMatchObject({
      action: 'refuse',
      reason: { code, text: `its snapshot ${snap(4)} ${text}` },
    });
  });

  it('where nobody looked into one of them', () => {
    expect(decided(evidenceOf(undefined))).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: `whether its snapshot ${snap(4)} may go was not read` },
    });
  });

  it('where that could not be read', () => {
    const snapshotEvidence = cutShort({ get: () => ({ sharedWith: [] }) }, 'locks');
    expect(decided({ snapshotEvidence })).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: 'locks could not be read whole (UnauthorizedOperation)' },
    });
  });

  it('whichever of them it is', () => {
    const devices = [7, 8].map((number) => ({ device: '/dev/sdf', snapshot: snap(number), size: 8, encrypted: true }));
    const snapshotEvidence = read({
      get: (id: string) => (id === snap(8) ? { lock: 'governance', sharedWith: [] } : { sharedWith: [] }),
    });
    expect(short(decided({ snapshotEvidence }, { ...going, devices }))).toBe('refuse locked');
  });

  it('but it is marked, deprecated and disabled meanwhile', () => {
    const locked = evidenceOf({ lock: 'compliance', sharedWith: [] });
    const file = aPolicyFile({
      policies: [aPolicy({ retire: { ...aPolicy().retire, deprecateDays: 1, disableDays: 1 } })],
    });
    expect(short(decided(locked, expired, file))).toBe('mark expired');
    expect(short(decided(locked, going, file))).toBe('deprecate expired');
    expect(short(decided(locked, deprecated(longGoing, NOW - 2 * DAY), file))).toBe('disable expired');
    expect(short(decided(locked, disabled(longGoing, NOW - 2 * DAY), file))).toBe('refuse locked');
  });
});

describe('a stage', () => {
  const file = aPolicyFile({
    policies: [aPolicy({ retire: { ...aPolicy().retire, deprecateDays: 1, disableDays: 1 } })],
  });

  it.each<[string, Image, Partial<ChangeDecision['change']>]>([
    ['deprecates', { ...longGoing, deprecatedAt: NOW + DAY }, { kind: 'deprecate' }],
    ['disables', deprecated(longGoing, NOW - DAY), { kind: 'disable' }],
    ['deregisters', disabled(longGoing, NOW - DAY), { kind: 'deregister', snapshots: [snap(4)] }],
  ])('%s one image', (_, image, change) => {
    expect(decided({}, image, file)).toMatchObject({
      action: change.kind,
      change: { ...change, region: HERE.region, image: ami(4) },
    });
  });
});
