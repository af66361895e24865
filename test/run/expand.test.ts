import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../lib/model/ids.ts';
import { MINUTE } from '../../lib/model/time.ts';
import type { CopySettings } from '../../lib/policy/policy.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import { expandEvent, isTargeted, regionsWithImages } from '../../lib/run/expand.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { aPolicy, aPolicyFile, DR, HERE } from '../builders.ts';
import { ami, NOW, slotOfDay } from '../planning/fleet.ts';

const [second, former] = ['eu-west-3', 'us-east-1'].map(region);
if (!second || !former) throw new Error('two regions were made');

const file = aPolicyFile({
  regions: [HERE.region, second],
  formerRegions: [former],
  policies: [
    aPolicy({ copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }] }),
    aPolicy({ name: 'hourly', schedule: { expressions: ['rate(1 hour)'], timeZone: 'UTC' } }),
  ],
});
const anEvent = (overrides: Partial<RunEvent> = {}): RunEvent => ({
  action: 'snapshot',
  mode: 'apply',
  continuation: 0,
  ...overrides,
});
const expand = (overrides: Partial<RunEvent>, policies = file, now = NOW) =>
  expandEvent(anEvent(overrides), policies, HERE.account, now);
const COPY_HERE: CopySettings = { region: HERE.region, encrypt: 'as-source', retention: { keepLast: 1 } };
const places = (events: ReturnType<typeof expand>) => events.map(({ target }) => target.region);

describe('an event', () => {
  it('to snapshot becomes one for each source region and policy', () => {
    expect(expand({}).map(({ policy, target }) => [policy, target])).toEqual([
      ['nightly', { account: HERE.account, region: HERE.region }],
      ['hourly', { account: HERE.account, region: HERE.region }],
      ['nightly', { account: HERE.account, region: second }],
      ['hourly', { account: HERE.account, region: second }],
    ]);
  });

  it('to copy becomes one for each source region, and none where no policy asks for copies', () => {
    expect(places(expand({ action: 'copy' }))).toEqual([HERE.region, second]);
    expect(expand({ action: 'copy', policy: 'hourly' })).toEqual([]);
  });

  it('to copy goes to former regions as well where there is a vault, to take back what was lent to it', () => {
    const accounts = [{ id: accountId('555566667777'), rolePrefix: 'amikeep', vault: true }];
    const withVault = { ...file, accounts };
    expect(places(expandEvent({ action: 'copy', mode: 'apply', continuation: 0 }, withVault, HERE.account, 0))).toEqual(
      [HERE.region, second, former],
    );
  });

  it('to retire becomes one for each region that may hold images, former ones included', () => {
    expect(places(expand({ action: 'retire' }))).toEqual([HERE.region, DR.region, second, former].sort());
    expect(regionsWithImages(file)).toEqual([HERE.region, DR.region, second, former].sort());
  });

  it('to undo looks in all regions that may hold images, copies and former ones included', () => {
    expect(places(expand({ action: 'undo', images: [ami(1)] }))).toEqual(
      [HERE.region, DR.region, second, former].sort(),
    );
    expect(places(expand({ action: 'undo', images: [ami(1)], target: { region: former } }))).toEqual([former]);
  });

  it('to look after drills goes wherever there may be some, though no policy has any more: a lease ends all the same', () => {
    expect(places(expand({ action: 'drill', sweep: true }))).toEqual([HERE.region, DR.region, second, former].sort());
    expect(places(expand({ action: 'drill', sweep: true, target: { region: former } }))).toEqual([former]);
    expect(() => expand({ action: 'drill' })).toThrow(
      "the policy file: no policy has a drill section: write the key drill into one; README, 'Prove that they start', tells how",
    );
  });

  it('to adopt becomes one for each source region, where the instances are', () => {
    expect(places(expand({ action: 'adopt', policy: 'nightly', filter: { Name: '*' } }))).toEqual([
      HERE.region,
      second,
    ]);
  });

  it('keeps what a person said: the lineages to end, and that there are no instances', () => {
    const said = { abandoned: ['Role=web'], confirmNoInstances: true } as const;
    for (const event of expand({ action: 'retire', ...said })) expect(event).toMatchObject(said);
  });

  it('with its target stays the one that it is', () => {
    const event = anEvent({ policy: 'nightly', slot: slotOfDay(0), target: HERE });
    expect(expandEvent(event, file, HERE.account, NOW)).toEqual([event]);
    expect(isTargeted(event)).toBe(true);
  });

  it.each<[string, Partial<RunEvent>]>([
    ['no target', { policy: 'nightly', slot: slotOfDay(0) }],
    ['no account', { policy: 'nightly', slot: slotOfDay(0), target: { region: HERE.region } }],
    ['no policy', { slot: slotOfDay(0), target: HERE }],
    ['no slot', { policy: 'nightly', target: HERE }],
    ['a slot that is still to be looked up', { policy: 'nightly', slot: 'current', target: HERE }],
  ])('to snapshot that has %s is still to be expanded', (_, overrides) => {
    expect(isTargeted(anEvent(overrides))).toBe(false);
  });
});

describe('the slot of an event', () => {
  it('P12: that a person sent without one is stamped once, for all targets, to the minute', () => {
    const slots = expand({}, file, NOW + 12_345).map(({ slot }) => slot);
    expect(new Set(slots)).toEqual(new Set([NOW]));
  });

  it('P12: that has been stamped is not stamped again later', () => {
    const [first] = expand({ policy: 'nightly', target: { region: HERE.region } });
    if (!first) throw new Error('one event comes out');
    expect(expandEvent(first, file, HERE.account, NOW + 90 * MINUTE)).toEqual([first]);
  });

  it('that is current is each policy’s own', () => {
    const here = { region: HERE.region };
    expect(expand({ slot: 'current', target: here }).map(({ slot }) => slot)).toEqual([slotOfDay(0), NOW]);
  });

  it('that is current is left to a schedule with a window while that is open, unless its policy is asked for', () => {
    const schedule = { expressions: ['rate(1 hour)'], timeZone: 'UTC', flexibleWindowMinutes: 30 };
    const windowed = aPolicyFile({ policies: [aPolicy({ name: 'spread', schedule })] });
    const slotsAfter = (ms: number, event: Partial<RunEvent>) =>
      expand({ slot: 'current', ...event }, windowed, NOW + ms).map(({ slot }) => slot);
    expect(slotsAfter(30 * MINUTE - 1, {})).toEqual([]);
    expect(slotsAfter(30 * MINUTE, {})).toEqual([NOW]);
    expect(slotsAfter(MINUTE, { policy: 'spread' })).toEqual([NOW]);
  });

  it('that is current before a schedule ever fired asks for nothing', () => {
    const schedule = { expressions: ['cron(0 2 1 1 ? 2030)'], timeZone: 'UTC' };
    expect(expand({ slot: 'current' }, aPolicyFile({ policies: [aPolicy({ schedule })] }))).toEqual([]);
  });
});

describe('a policy that is disabled', () => {
  const disabled = aPolicyFile({ policies: [aPolicy({ enabled: false }), aPolicy({ name: 'on' })] });
  const policiesOf = (event: Partial<RunEvent>) => expand(event, disabled).map(({ policy }) => policy);

  it('gets no images of sweeps, nor of runs that name no policy', () => {
    expect(policiesOf({ slot: 'current' })).toEqual(['on']);
    expect(policiesOf({})).toEqual(['on']);
  });

  it('is planned with the others, and run by its name', () => {
    expect(policiesOf({ mode: 'plan' })).toEqual(['nightly', 'on']);
    expect(policiesOf({ policy: 'nightly' })).toEqual(['nightly']);
  });
});

describe('a policy that is for some places only', () => {
  const member = { id: accountId('222222222222'), rolePrefix: 'amikeep', vault: false };
  const [everywhere, narrow] = [
    aPolicy({ name: 'everywhere' }),
    aPolicy({ regions: [DR.region], accounts: [member.id], copies: [COPY_HERE] }),
  ];
  const narrowed = aPolicyFile({
    regions: [HERE.region, DR.region],
    accounts: [member],
    policies: [everywhere, narrow],
  });
  const targetsOf = (event: Partial<RunEvent>) =>
    expand(event, narrowed).map(({ policy, target }) => `${policy ?? 'all'} ${target.account} ${target.region}`);

  it('gets images there only', () => {
    expect(targetsOf({ policy: 'nightly' })).toEqual(['nightly 222222222222 eu-west-1']);
    expect(targetsOf({}).filter((text) => text.startsWith('nightly'))).toEqual(['nightly 222222222222 eu-west-1']);
    expect(targetsOf({ policy: 'everywhere' })).toHaveLength(4);
  });

  it('is copied from there only', () => {
    expect(targetsOf({ action: 'copy' })).toEqual(['all 222222222222 eu-west-1']);
  });

  it('is retired wherever images may be', () => {
    expect(targetsOf({ action: 'retire' })).toHaveLength(4);
  });

  it('takes no images of other makes elsewhere', () => {
    expect(() => targetsOf({ action: 'adopt', policy: 'nightly', target: HERE })).toThrow(InputError);
  });

  it.each<[Partial<RunEvent>, string]>([
    [
      { policy: 'nightly', target: { region: HERE.region } },
      'is no region that snapshot has work in; those are eu-west-1',
    ],
    [{ policy: 'nightly', target: { account: HERE.account } }, 'those with work are 222222222222'],
  ])('refuses %j', (event, problem) => {
    expect(() => targetsOf(event)).toThrow(problem);
  });

  it('that names an account which is no source is a mistake of the file', () => {
    const stranger = aPolicyFile({ policies: [aPolicy({ accounts: [member.id] })] });
    expect(() => expand({}, stranger)).toThrow('accounts of policy nightly has 222222222222, which is no source');
  });
});

describe('regions that are each other’s DR regions', () => {
  it('are both copied from, unless all copies stay where the images are', () => {
    const copies = [COPY_HERE, { ...COPY_HERE, region: DR.region }];
    const mutual = aPolicyFile({ regions: [HERE.region, DR.region], policies: [aPolicy({ copies })] });
    expect(expand({ action: 'copy' }, mutual).map(({ target }) => target.region)).toEqual([HERE.region, DR.region]);
    const oneWay = aPolicyFile({ regions: [HERE.region, DR.region], policies: [aPolicy({ copies: [COPY_HERE] })] });
    expect(expand({ action: 'copy' }, oneWay).map(({ target }) => target.region)).toEqual([DR.region]);
  });
});

describe('an event that asks for what the deployment does not have', () => {
  it.each<[Partial<RunEvent>, string]>([
    [{ policy: 'nightyl' }, "policy: there is no policy 'nightyl'; the policy file has nightly, hourly"],
    [
      { target: { region: DR.region } },
      'target.region: eu-west-1 is no region that snapshot has work in; those are eu-central-1, eu-west-3',
    ],
    [
      { action: 'copy', policy: 'hourly', target: { region: HERE.region } },
      'target.region: eu-central-1 is no region that copy has work in; those are none, since no policy asks for copies',
    ],
    [
      { action: 'undo', images: [ami(1)], target: { region: region('ap-south-1') } },
      'target.region: ap-south-1 is no region that undo has work in; those are eu-central-1, eu-west-1, eu-west-3, us-east-1; where images are left that nothing makes any more, name the region under formerRegions of the policy file',
    ],
    [
      { action: 'adopt', policy: 'nightly', filter: { Name: '*' }, target: { region: DR.region } },
      'target.region: eu-west-1 is no region that adopt has work in; those are eu-central-1, eu-west-3',
    ],
    [
      { target: { account: accountId('999999999999'), region: HERE.region } },
      'target.account: 999999999999 is no account of this deployment; those with work are 111122223333',
    ],
  ])('%j is told what there is', (overrides, problem) => {
    expect(() => expand(overrides)).toThrow(new InputError([problem]));
  });
});

describe('with several accounts an event', () => {
  const [member, vault] = ['222222222222', '333333333333'].map(accountId);
  if (!member || !vault) throw new Error('two accounts were made');
  const several = aPolicyFile({
    regions: [HERE.region, second],
    accounts: [
      { id: vault, rolePrefix: 'amikeep', vault: true },
      { id: member, rolePrefix: 'amikeep', vault: false },
    ],
    policies: [
      aPolicy({
        copies: [
          { region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } },
          { region: former, account: vault, encrypt: 'as-source', retention: { keepLast: 1 } },
        ],
      }),
    ],
  });
  const targets = (overrides: Partial<RunEvent>) =>
    expand(overrides, several).map(({ target }) => `${target.account} ${target.region}`);
  const [home, here, there] = [HERE.account, HERE.region, DR.region];

  it.each<RunEvent['action']>(['snapshot', 'copy', 'adopt'])(
    'to %s is one for each account and source region, and none for a vault',
    (action) => {
      const asked = { action, ...(action === 'adopt' && { policy: 'nightly', filter: { Name: '*' } }) };
      expect(targets(asked)).toEqual([
        `${home} ${here}`,
        `${home} ${second}`,
        `${member} ${here}`,
        `${member} ${second}`,
      ]);
    },
  );

  it.each<RunEvent['action']>(['retire', 'undo'])(
    'to %s is one for each account and region that may hold its images; what is in a vault is not ours',
    (action) => {
      const regions = [here, there, second].sort();
      const asked = { action, ...(action === 'undo' && { images: [ami(1)] }) };
      expect(targets(asked)).toEqual([home, member].flatMap((account) => regions.map((at) => `${account} ${at}`)));
    },
  );

  it('with a region alone means all accounts, with an account alone all regions', () => {
    expect(targets({ action: 'copy', target: { region: second } })).toEqual([
      `${home} ${second}`,
      `${member} ${second}`,
    ]);
    expect(targets({ action: 'copy', target: { account: member } })).toEqual([
      `${member} ${here}`,
      `${member} ${second}`,
    ]);
    expect(isTargeted(anEvent({ action: 'copy', target: { account: member } }))).toBe(false);
  });

  it.each<[string, Partial<RunEvent>, string]>([
    [
      'a vault',
      { target: { account: vault } },
      'target.account: 333333333333 is a vault, which only its own deployment',
    ],
    [
      'no account of the file',
      { target: { account: accountId('444444444444') } },
      'target.account: 444444444444 is no account of this deployment; those with work are 111122223333, 222222222222',
    ],
  ])('for %s is told what there is', (_, overrides, problem) => {
    expect(() => targets(overrides)).toThrow(problem);
  });

  it('finds out that its own account is named as one more, as it is with the wrong credentials', () => {
    expect(() => expandEvent(anEvent({ action: 'retire' }), several, member, NOW)).toThrow(
      'the policy file: accounts has 222222222222, the account amikeep runs in',
    );
  });
});
