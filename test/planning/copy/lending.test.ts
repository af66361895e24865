import { describe, expect, it } from 'vitest';
import { accountId, placeKey } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { HOUR } from '../../../lib/model/time.ts';
import { planCopies } from '../../../lib/planning/copy/copy.ts';
import type { CopyInventory } from '../../../lib/planning/copy/inventory.ts';
import type { Sharing } from '../../../lib/planning/copy/lending.ts';
import type { Decision } from '../../../lib/planning/decision.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { CopySettings, PolicyFile } from '../../../lib/policy/policy.ts';
import { loanTag, type SharedId } from '../../../lib/tagging/loans.ts';
import { aPolicy, aPolicyFile, DR, HERE } from '../../builders.ts';
import {
  about,
  ami,
  copyInventory,
  copyOfDay,
  cutShort,
  destination,
  found,
  imageOfDay,
  imagesOfDays,
  inShort,
  marked,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  snap,
  tagged,
} from '../fleet.ts';

const VAULT = accountId('444455556666');
const THERE = { account: VAULT, region: DR.region };
const toVault: CopySettings = {
  region: DR.region,
  account: VAULT,
  encrypt: 'as-source',
  kmsKey: 'alias/vault',
  retention: { keepLast: 2 },
};

const lent = (image: Image, theirs: readonly SharedId[] = [], since = NOW) =>
  tagged(image, loanTag(VAULT, { since, theirs }));
const inVault = (daysAgo: number, overrides: Partial<Image> = {}) => copyOfDay(daysAgo, { home: THERE }, overrides);

function sharing(
  shared: Partial<Record<SharedId, readonly string[]>> = {},
  underDefaultKey: Sharing['underDefaultKey'] = [],
) {
  const sharedWith = { get: (id: SharedId) => shared[id] ?? [] };
  return read({ get: () => ({ sharedWith, underDefaultKey }) });
}

/** Image and snapshot of day 0, both open to the vault. */
const open = { [ami(1)]: [VAULT], [snap(1)]: [VAULT] };

function plan(
  sources: readonly Image[],
  overrides: Partial<CopyInventory> = {},
  copies: readonly Image[] = [],
  ...settings: CopySettings[]
) {
  const policies = [aPolicy({ copies: settings.length > 0 ? settings : [toVault] })];
  const destinations = new Map([
    [placeKey(THERE), destination(copies)],
    [placeKey(DR), destination([])],
  ]);
  return planCopies(
    { deployment: 'prod', policies, maxInFlight: 5, maxStarted: 5 },
    copyInventory(sources, [], { destinations, ...overrides }),
    NOW,
  );
}

const actions = ({ decisions }: { readonly decisions: readonly Decision[] }) =>
  decisions.map(({ action, reason }) => `${action} ${reason.code}`);

describe('a version that a vault is to have', () => {
  it('is shared first, image and snapshots', () => {
    expect(about(plan([imageOfDay(0)], { sharing: sharing() }), ami(1))).toMatchObject({
      action: 'share',
      copyRegion: DR.region,
      copyAccount: VAULT,
      reason: { code: 'copy-wanted' },
      change: { kind: 'share', region: HERE.region, image: ami(1), snapshots: [snap(1)], account: VAULT, theirs: [] },
    });
  });

  it('is copied by the vault, into the vault and under its key, once all of it is seen to be shared', () => {
    expect(about(plan([lent(imageOfDay(0))], { sharing: sharing(open) }), ami(1))).toMatchObject({
      action: 'copy',
      reason: { text: 'eu-west-1 of account 444455556666 is to have this version and has not' },
      change: {
        region: DR.region,
        account: VAULT,
        stamp: { home: THERE, source: HERE },
        encrypt: true,
        kmsKey: 'alias/vault',
        tags: { 'amikeep:home': '444455556666/eu-west-1', 'amikeep:source-account': HERE.account },
      },
    });
  });

  it.each([
    ['only the image', { [ami(1)]: [VAULT] }],
    ['only the snapshot', { [snap(1)]: [VAULT] }],
    ['nothing, whatever our tag says', {}],
  ])('P12: is shared again where %s is seen to be shared', (_, shared) => {
    expect(about(plan([lent(imageOfDay(0))], { sharing: sharing(shared) }), ami(1))).toMatchObject({
      action: 'share',
      change: { theirs: [] },
    });
  });

  it('that somebody shares with the vault already is copied without our sharing it', () => {
    expect(actions(plan([imageOfDay(0)], { sharing: sharing(open) }))).toEqual(['copy copy-wanted']);
  });

  it('is shared beside what somebody shares already, which is remembered as theirs', () => {
    const decision = about(plan([imageOfDay(0)], { sharing: sharing({ [snap(1)]: [VAULT] }) }), ami(1));
    expect(decision).toMatchObject({ action: 'share', change: { theirs: [snap(1)] } });
  });

  it('is shared whole where somebody has taken back what was theirs', () => {
    const source = lent(imageOfDay(0), [snap(1)]);
    const decision = about(plan([source], { sharing: sharing({ [ami(1)]: [VAULT] }) }), ami(1));
    expect(decision).toMatchObject({ action: 'share', change: { theirs: [] } });
  });

  it('is shared once, though it goes to two regions of the vault', () => {
    const second = { ...toVault, region: HERE.region };
    const destinations = new Map([
      [placeKey(THERE), destination([])],
      [placeKey({ account: VAULT, region: HERE.region }), destination([])],
    ]);
    expect(actions(plan([imageOfDay(0)], { sharing: sharing(), destinations }, [], toVault, second))).toEqual([
      'share copy-wanted',
      'wait copy-wanted',
    ]);
  });

  it('is not shared before there is room for its copy', () => {
    const destinations = new Map([[placeKey(THERE), destination([], { inFlight: read(4) })]]);
    const made = plan(imagesOfDays(2), { sharing: sharing(), destinations }, [], {
      ...toVault,
      retention: { keepLast: 9 },
    });
    expect(inShort(made)).toEqual({ 1: 'share copy-wanted', 2: 'skip copy-not-wanted' });
    const full = new Map([[placeKey(THERE), destination([], { inFlight: read(5) })]]);
    expect(actions(plan([imageOfDay(0)], { sharing: sharing(), destinations: full }))).toEqual([
      'wait copies-in-flight',
    ]);
  });

  it('P13: is refused under the key that AWS keeps, with what to do', () => {
    const decision = about(plan([imageOfDay(0)], { sharing: sharing({}, [snap(1)]) }), ami(1));
    expect(decision).toMatchObject({ action: 'refuse', reason: { code: 'cannot-be-shared' } });
    expect(decision.reason.text).toContain(
      'encrypt the volume with a key of your own that account 444455556666 may use',
    );
  });

  it('P13: is refused where it is encrypted and the vault’s key is not named', () => {
    const { kmsKey: _, ...keyless } = toVault;
    expect(actions(plan([imageOfDay(0)], { sharing: sharing(open) }, [], keyless))).toEqual(['refuse key-missing']);
    const always = { ...keyless, encrypt: 'always' } as const;
    const devices = [{ device: '/dev/xvda', snapshot: snap(1), size: 8, encrypted: false }];
    const plain = imageOfDay(0, {}, { devices });
    expect(actions(plan([plain], { sharing: sharing(open) }, [], keyless))).toEqual(['copy copy-wanted']);
    expect(actions(plan([plain], { sharing: sharing(open) }, [], always))).toEqual(['refuse key-missing']);
  });

  it('is refused where others share more of it, and not all, than a tag can remember', () => {
    const devices = Array.from({ length: 12 }, (_, index) => ({
      device: `/dev/sd${index}`,
      snapshot: snap(index + 1),
      size: 8,
      encrypted: false,
    }));
    const shared = Object.fromEntries(devices.map(({ snapshot }) => [snapshot, [VAULT]]));
    const made = plan([imageOfDay(0, {}, { devices })], { sharing: sharing(shared) });
    expect(actions(made)).toEqual(['refuse cannot-be-shared']);
  });

  it('P4: is refused where whom it is shared with could not be read, and waits where it was not asked', () => {
    const unread = cutShort({ get: () => undefined }, 'whom images are shared with');
    expect(actions(plan([imageOfDay(0)], { sharing: unread }))).toEqual(['refuse evidence-incomplete']);
    expect(actions(plan([imageOfDay(0)]))).toEqual(['wait not-looked-into']);
  });

  it('has attempts of its own, beside those of the same region at home', () => {
    const source = tagged(imageOfDay(0), { 'amikeep:copy-attempts:444455556666/eu-west-1': '2' });
    const both = plan([source], { sharing: sharing(open) }, [], toVault, {
      region: DR.region,
      encrypt: 'as-source',
      retention: { keepLast: 2 },
    });
    expect(both.decisions).toMatchObject([
      { copyAccount: VAULT, change: { stamp: { attempt: 2 } } },
      { change: { stamp: { attempt: 1 } } },
    ]);
  });
});

describe('P13: what was shared for a copy', () => {
  it.each([
    ['the copy is there', [inVault(0)], [toVault], `its copy is ${inVault(0).id}`],
    [
      'its policy copies elsewhere only',
      [],
      [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }],
      'policy nightly asks for no copies in account 444455556666, or is gone',
    ],
    ['nothing is copied any more', [], [], 'policy nightly asks for no copies in account 444455556666, or is gone'],
    [
      'it has failed three times',
      [1, 2, 3].map((attempt) => copyOfDay(0, { home: THERE, attempt }, { id: ami(90 + attempt), state: 'failed' })),
      [toVault],
      '3 attempts at this copy have failed',
    ],
  ] satisfies [string, Image[], CopySettings[], string][])('is taken back once %s', (_, copies, settings, expected) => {
    const policies = [aPolicy({ copies: settings })];
    const destinations = new Map([
      [placeKey(THERE), destination(copies)],
      [placeKey(DR), destination([])],
    ]);
    const inventory = copyInventory([lent(imageOfDay(0), [snap(1)])], [], { destinations, sharing: sharing(open) });
    const { decisions } = planCopies({ deployment: 'prod', policies, maxInFlight: 5, maxStarted: 5 }, inventory, NOW);
    const unshared = decisions.filter(({ action }) => action === 'unshare');
    expect(actions({ decisions: unshared })).toEqual(['unshare loan-over']);
    expect(unshared[0]?.reason.text).toContain(expected);
    expect(unshared).toMatchObject([{ change: { image: ami(1), account: VAULT, theirs: [snap(1)], available: true } }]);
  });

  it.each([
    [
      'the copy is under way',
      { destinations: new Map([[placeKey(THERE), destination([inVault(0, { state: 'pending' })])]]) },
    ],
    ['the copy is asked for', { sharing: sharing(open) }],
    [
      'nobody knows what the vault has',
      { destinations: new Map([[placeKey(THERE), destination([], { copies: cutShort([]) })]]) },
    ],
    [
      'there is no room in the vault now',
      { sharing: sharing(open), destinations: new Map([[placeKey(THERE), destination([], { inFlight: read(9) })]]) },
    ],
  ])('stays while %s', (_, overrides) => {
    const { decisions } = plan([lent(imageOfDay(0))], overrides);
    expect(decisions.filter(({ action }) => action === 'unshare')).toEqual([]);
  });

  it('is told of by the sweep that retires where the file names the vault no more, since nobody may take it back', () => {
    const warned = (file: PolicyFile, image = lent(imageOfDay(0))) => {
      const made = planRetirement(file, retireInventory([image]), NOW);
      expect(actions(made)).toEqual([expect.stringMatching(/^keep/)]);
      return made.warnings;
    };
    expect(warned(aPolicyFile())).toEqual([
      `${ami(1)} is still shared with account 444455556666, which the policy file does not name as a vault any more; ` +
        `take it back: aws ec2 modify-image-attribute --region eu-central-1 --image-id ${ami(1)} ` +
        "--launch-permission 'Remove=[{UserId=444455556666}]' && " +
        `aws ec2 delete-tags --region eu-central-1 --resources ${ami(1)} --tags Key=amikeep:lent:444455556666`,
    ]);
    expect(warned(aPolicyFile({ accounts: [{ id: VAULT, vault: false, rolePrefix: 'x' }] }))).toHaveLength(1);
    expect(warned(aPolicyFile({ accounts: [{ id: VAULT, vault: true, rolePrefix: 'x' }] }))).toEqual([]);
    expect(warned(aPolicyFile(), imageOfDay(0))).toEqual([]);
  });
});

describe('a version that was lent and that a newer one has overtaken', () => {
  const single: CopySettings = { ...toVault, retention: { keepLast: 1 } };
  const openToo = { ...open, [ami(2)]: [VAULT], [snap(2)]: [VAULT] };
  const decided = (sources: readonly Image[], copies: readonly Image[] = []) =>
    plan(sources, { sharing: sharing(openToo) }, copies, single).decisions.flatMap(({ subject, action }) =>
      action === 'skip' ? [] : [`${action} ${subject.id}`],
    );

  it('is copied all the same while the newer one is lent: else each sweep would take back what the one before has lent', () => {
    const before = plan(
      [imageOfDay(0), lent(imageOfDay(1))],
      { sharing: sharing({ ...openToo, [ami(1)]: [] }) },
      [],
      single,
    );
    expect(actions(before)).toEqual(['copy copy-wanted', 'share copy-wanted']);
  });

  it('goes before what is to be lent, where there is room for one', () => {
    const inFlight = read(4);
    const destinations = new Map([[placeKey(THERE), destination([], { inFlight })]]);
    const overrides = { destinations, sharing: sharing({ ...openToo, [ami(1)]: [] }) };
    expect(actions(plan([imageOfDay(0), lent(imageOfDay(1))], overrides, [], single))).toEqual([
      'copy copy-wanted',
      'wait copies-in-flight',
    ]);
  });

  it('is taken back once the newer one can be copied, or has been', () => {
    expect(decided([lent(imageOfDay(0)), lent(imageOfDay(1))])).toEqual([`unshare ${ami(2)}`, `copy ${ami(1)}`]);
    expect(decided([imageOfDay(0), lent(imageOfDay(1))], [inVault(0)])).toEqual([`unshare ${ami(2)}`]);
  });

  it('is no longer copied once its loan has expired', () => {
    expect(decided([imageOfDay(0), lent(imageOfDay(1), [], NOW - 49 * HOUR)])).toEqual([`copy ${ami(1)}`]);
  });
});

describe('P23: what was lent two days ago', () => {
  const old = (hours: number, theirs: readonly SharedId[] = []) => lent(imageOfDay(0), theirs, NOW - hours * HOUR);
  const there = (copy: Image) => ({ destinations: new Map([[placeKey(THERE), destination([copy])]]) });

  it('is not taken back, since the word for it may have been put back, and a person has shared it since', () => {
    expect(actions(plan([old(47)], {}, [inVault(0)]))).toEqual(['skip copied', 'unshare loan-over']);
    expect(actions(plan([old(48)], {}, [inVault(0)]))).toEqual(['skip copied']);
  });

  it('is told of by the sweep that retires, with what takes it back', () => {
    const file = aPolicyFile({ accounts: [{ id: VAULT, vault: true, rolePrefix: 'x' }] });
    const { warnings } = planRetirement(file, retireInventory([old(48)]), NOW);
    expect(warnings).toEqual([
      `${ami(1)} was lent to account 444455556666 2026-11-21T05:00:00Z for its copy, too long ago to be taken back unasked: ` +
        'if nobody else shares it, take it back: ' +
        `aws ec2 modify-image-attribute --region eu-central-1 --image-id ${ami(1)} ` +
        "--launch-permission 'Remove=[{UserId=444455556666}]' && " +
        `aws ec2 delete-tags --region eu-central-1 --resources ${ami(1)} --tags Key=amikeep:lent:444455556666`,
    ]);
    expect(planRetirement(file, retireInventory([old(47)]), NOW).warnings).toEqual([]);
  });

  it('counts for nothing before a copy: what is shared by then is theirs', () => {
    const shared = sharing({ [snap(1)]: [VAULT] });
    expect(about(plan([old(48)], { sharing: shared }), ami(1))).toMatchObject({ change: { theirs: [snap(1)] } });
    expect(about(plan([old(47)], { sharing: shared }), ami(1))).toMatchObject({ change: { theirs: [] } });
  });

  it('is written anew before, where the copy is still under way or still to come', () => {
    const pending = there(inVault(0, { state: 'pending' }));
    expect(actions(plan([old(11)], pending))).toEqual(['wait copy-pending']);
    expect(actions(plan([old(12, [snap(1)])], pending))).toEqual(['share copy-pending']);
    expect(about(plan([old(12, [snap(1)])], pending), ami(1))).toMatchObject({
      reason: {
        text: 'account 444455556666 copies it since 2026-11-22T17:00:00Z: that it is lent is written anew',
      },
      change: { account: VAULT, theirs: [snap(1)] },
    });
    expect(actions(plan([old(48)], pending))).toEqual(['wait copy-pending']);
    expect(actions(plan([old(11)], { sharing: sharing(open) }))).toEqual(['copy copy-wanted']);
    expect(actions(plan([old(12)], { sharing: sharing(open) }))).toEqual(['share copy-pending', 'copy copy-wanted']);
  });

  it.each([
    ['there is no room for it', read(5), 'wait copies-in-flight'],
    ['nobody can tell whether there is', cutShort(0, 'copies in flight'), 'refuse evidence-incomplete'],
  ])('is written anew where its copy has to wait since %s', (_, inFlight, copy) => {
    const destinations = new Map([[placeKey(THERE), destination([], { inFlight })]]);
    expect(actions(plan([old(12)], { destinations, sharing: sharing(open) }))).toEqual(['share copy-pending', copy]);
    // Somebody has taken it back meanwhile.
    expect(actions(plan([old(12)], { destinations, sharing: sharing() }))).toEqual(['share copy-pending']);
  });

  it('P13: is written anew while the vault cannot be read, or it would be shared for good by the time that it can', () => {
    const unread = new Map([[placeKey(THERE), { ...destination([]), copies: cutShort([]) }]]);
    expect(actions(plan([old(12)], { destinations: unread }))).toEqual(['share copy-pending']);
    expect(actions(plan([old(11)], { destinations: unread }))).toEqual(['refuse evidence-incomplete']);
    expect(actions(plan([old(48)], { destinations: unread }))).toEqual(['refuse evidence-incomplete']);
  });

  it('P13: is written anew where whom it is shared with cannot be read', () => {
    const unknown = { ...cutShort(new Map()), source: 'whom images are shared with' };
    expect(actions(plan([old(12)], { sharing: unknown }))).toEqual(['share copy-pending']);
  });

  it('is written anew though as many copies are under way as may be', () => {
    const full = destination([inVault(0, { state: 'pending' })], { inFlight: read(5) });
    const made = plan([old(12)], { destinations: new Map([[placeKey(THERE), full]]) });
    expect(actions(made)).toEqual(['share copy-pending']);
  });
});

describe('P5: a source whose copy belongs into a vault', () => {
  const file = aPolicyFile({ policies: [aPolicy({ copies: [toVault], retention: { keepLast: 1 } })] });
  const secondOf = (copies: CopyInventory['sources']) =>
    about(
      planRetirement(file, retireInventory(imagesOfDays(2), { copies: new Map([[placeKey(THERE), copies]]) }), NOW),
      ami(2),
    );

  it('is kept until the vault has it', () => {
    expect(secondOf(read([inVault(0), inVault(1)]))).toMatchObject({ action: 'mark', reason: { code: 'expired' } });
    expect(secondOf(read([inVault(0), inVault(1, { state: 'pending' })]))).toMatchObject({
      action: 'refuse',
      reason: { code: 'copy-missing' },
    });
    expect(secondOf(read([inVault(3)]))).toMatchObject({
      reason: { code: 'copy-missing', text: 'its copy to eu-west-1 of account 444455556666 is missing' },
    });
  });

  it('P4: is kept where the vault could not be read', () => {
    expect(secondOf(cutShort([inVault(0), inVault(1)]))).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'evidence-incomplete',
        text: 'policy nightly wants copies in eu-west-1 of account 444455556666, which could not be read',
      },
    });
  });
});

describe('P3: our own sharing', () => {
  const expired = (image: Image) => [imageOfDay(0), image];
  const file = aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 } })] });
  const decisionOn = (image: Image, sharedWith: readonly string[]) => {
    const { decisions } = planRetirement(file, retireInventory(expired(image), found({ sharedWith })), NOW);
    return decisions.filter(({ subject, action }) => subject.id === image.id && action !== 'unshare');
  };

  it('is no use by others, and theirs is', () => {
    const rested = (image: Image) => marked(image, slotOfDay(3));
    expect(decisionOn(rested(lent(imageOfDay(1))), [VAULT])).toMatchObject([{ action: 'deregister' }]);
    expect(decisionOn(rested(lent(imageOfDay(1), [ami(2)])), [VAULT])).toMatchObject([{ action: 'ask-usage' }]);
    expect(decisionOn(rested(imageOfDay(1)), [VAULT])).toMatchObject([{ action: 'ask-usage' }]);
  });

  it('keeps no snapshot from going with its image', () => {
    const image = marked(lent(imageOfDay(1)), slotOfDay(3));
    const snapshotEvidence = read({ get: () => ({ sharedWith: [VAULT] }) });
    const made = planRetirement(
      file,
      retireInventory(expired(image), { snapshotEvidence, ...found({ sharedWith: [VAULT] }) }),
      NOW,
    );
    expect(made.decisions.filter(({ action }) => action === 'deregister')).toMatchObject([{ subject: { id: ami(2) } }]);
  });
});

describe('in the vault itself', () => {
  // The numbers of copies begin at 0xc0000, which is 786432.
  const versions = [0, 1, 2].map((daysAgo) =>
    copyOfDay(daysAgo, { home: THERE, keep: { rules: { keepLast: 1 }, timeZone: 'UTC' } }),
  );
  const inventory = (images: readonly Image[]) =>
    retireInventory(images, { target: THERE, instances: new Map([[THERE.region, read([])]]) });

  it('copies go by the rules that were stamped on them, where its own file has no policies', () => {
    const made = planRetirement(aPolicyFile({ regions: [THERE.region], policies: [] }), inventory(versions), NOW);
    expect(inShort(made)).toEqual({
      786432: 'keep keep-rule',
      786433: 'refuse cap-reached',
      786434: 'mark expired',
    });
  });

  it('its own policy of that name says how they are retired', () => {
    const { retire } = aPolicy();
    const policies = [aPolicy({ retire: { ...retire, minKeep: 2, maxPerDay: { count: 0 } } })];
    const made = planRetirement(aPolicyFile({ regions: [THERE.region], policies }), inventory(versions), NOW);
    expect(inShort(made)).toEqual({
      786432: 'keep keep-rule',
      786433: 'keep min-keep',
      786434: 'refuse cap-reached',
    });
  });

  it('copies of the same region are no sources of it', () => {
    const here = { account: VAULT, region: HERE.region };
    const image = copyOfDay(0, { home: here });
    const file = aPolicyFile({ policies: [aPolicy({ copies: [{ ...toVault, account: HERE.account }] })] });
    const made = planCopies(
      { deployment: 'prod', policies: file.policies, maxInFlight: 5, maxStarted: 5 },
      copyInventory([image], [], { target: here }),
      NOW,
    );
    expect(made.decisions).toEqual([]);
  });
});
