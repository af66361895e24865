import { describe, expect, it } from 'vitest';
import { accountId, instanceId, region } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time.ts';
import { aPolicy, aPolicyFile } from '../../builders.ts';
import { ami, cutShort, ended, imageOfDay, marked, NOW, read, tagged } from '../fleet.ts';
import {
  aDrill,
  decisionOn,
  drilled,
  drillInventory,
  drilling,
  inShort,
  passed,
  plan,
  SETTINGS,
  UP,
} from './grounds.ts';

const images = (...all: readonly Image[]) => ({ images: read(all) });

/** The newest image of another server. */
function ofServer(number: number, change: (image: Image) => Image = (image) => image): Image {
  const instance = instanceId(`i-0000000${number}`);
  const { source } = { source: { account: imageOfDay(0).account, region: imageOfDay(0).region, instance } };
  return change(imageOfDay(0, { lineage: instance, source }, { id: ami(100 + number), sourceInstance: instance }));
}

describe('what is drilled', () => {
  it('is the newest available image of a lineage that has no pass', () => {
    expect(inShort(plan(images(imageOfDay(0), imageOfDay(1))))).toEqual({ [ami(1)]: 'drill drill-due' });
  });

  it.each<[string, (image: Image) => Image]>([
    ['pending', (image) => ({ ...image, state: 'pending' })],
    ['disabled', (image) => ({ ...image, state: 'disabled' })],
    ['failed', (image) => ({ ...image, state: 'failed' })],
    ['marked', (image) => marked(image, NOW - HOUR)],
    ['revoked', (image) => tagged(image, { 'amikeep:revoked': 'CVE-2026-1' })],
  ])('is not what is %s, but the newest of those before it', (_, change) => {
    expect(inShort(plan(images(change(imageOfDay(0)), imageOfDay(1))))).toEqual({ [ami(2)]: 'drill drill-due' });
  });

  it('is nothing yet of a lineage whose first image is being made, and nothing of one that has none to start', () => {
    const made = plan(images({ ...imageOfDay(0), state: 'pending' }, { ...imageOfDay(1), state: 'failed' }));
    expect(inShort(made)).toEqual({ [ami(1)]: 'wait pending' });
    expect(decisionOn(ami(1), made)?.reason.text).toContain('it is still being made');
    for (const state of ['disabled', 'failed'] as const) {
      expect(inShort(plan(images({ ...imageOfDay(0), state })))).toEqual({ [ami(1)]: 'skip not-startable' });
    }
  });

  it('is nothing yet of a policy that has no image here, which is told where all was read', () => {
    const none = (...args: Parameters<typeof plan>) => plan(...args).imageless;
    expect(none({})).toEqual(['nightly']);
    expect(none({}, drilling(), { policy: 'nightly' })).toEqual(['nightly']);
    expect(none(images(imageOfDay(0)))).toEqual([]);
    expect(none({ images: cutShort([]) })).toEqual([]);
    expect(none(images({ ...imageOfDay(0), seal: 'unread' }))).toEqual([]);
    expect(none({}, drilling(), { images: [ami(1)] })).toBeUndefined();
    expect(none({}, drilling(), 'sweep')).toBeUndefined();
    const elsewhere = aPolicy({ drill: SETTINGS, accounts: [accountId('999988887777')] });
    expect(none({}, aPolicyFile({ policies: [elsewhere] }))).toEqual([]);
  });

  it('is due once the newest pass of the lineage is as old as the policy says, whichever image has it', () => {
    expect(inShort(plan(images(imageOfDay(0), passed(imageOfDay(1), 29))))).toEqual({ [ami(1)]: 'skip verified' });
    expect(inShort(plan(images(imageOfDay(0), passed(imageOfDay(1), 30))))).toEqual({ [ami(1)]: 'drill drill-due' });
  });

  it.each(['disabled', 'failed'] as const)(
    'is proven by the newest that can be started, where a newer one is %s',
    (state) => {
      const older = passed(imageOfDay(4), 1);
      expect(inShort(plan(images(imageOfDay(3, {}, { state }), older)))).toEqual({ [ami(5)]: 'skip verified' });
      // Somebody had the older one started, while this one could have been.
      expect(inShort(plan(images(imageOfDay(3), older)))).toEqual({ [ami(4)]: 'drill drill-due' });
    },
  );

  it('is nothing of a lineage that has ended', () => {
    expect(inShort(plan(images(ended(imageOfDay(0), 'hand'))))).toEqual({});
  });

  it('is nothing in a sweep, and nothing where what is there could not be read', () => {
    expect(inShort(plan(images(imageOfDay(0)), drilling(), 'sweep'))).toEqual({});
    expect(inShort(plan({ images: cutShort([imageOfDay(0)]) }))).toEqual({});
    expect(inShort(plan({ ...images(imageOfDay(0)), drills: cutShort([], 'drills') }))).toEqual({});
  });

  it('is not what has no room for a verdict, nor what has no network: neither takes a turn from others', () => {
    const theirs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`More${index}`, 'x']));
    const crowded = ofServer(1, (image) => tagged(image, theirs));
    const made = plan(images(crowded, ofServer(2), ofServer(3)), drilling({ atMost: 2 }));
    expect(inShort(made)).toEqual({
      [ami(101)]: 'refuse too-many-tags',
      [ami(102)]: 'drill drill-due',
      [ami(103)]: 'drill drill-due',
    });
    expect(decisionOn(ami(101), made)?.reason.text).toContain('amikeep:passed and amikeep:drilled is to be written');
    const elsewhere = drilling({ network: { 'eu-west-1': { subnets: ['subnet-09'], securityGroup: 'sg-09' } } });
    expect(inShort(plan(images(ofServer(2)), elsewhere))).toEqual({ [ami(102)]: 'refuse network-open' });
  });

  it('waits for its turn: those whose last drill is longest ago come first, as many as may run at a time', () => {
    const all = images(
      ofServer(1, (image) => passed(image, 40)),
      ofServer(2),
      ofServer(3, (image) => passed(image, 50)),
      ofServer(4, (image) => passed(image, 31)),
    );
    const expected = {
      [ami(102)]: 'drill drill-due',
      [ami(103)]: 'drill drill-due',
      [ami(101)]: 'wait drills-in-flight',
      [ami(104)]: 'wait drills-in-flight',
    };
    expect(inShort(plan(all))).toEqual(expected);
    const one = { ...all, drills: read([aDrill({ image: ami(103), state: 'pending' })]) };
    expect(inShort(plan(one))).toMatchObject({ [ami(102)]: 'drill drill-due', [ami(101)]: 'wait drills-in-flight' });
  });

  it('takes turns: servers that cannot be launched do not keep the others from being started', () => {
    const all = images(
      ...[1, 2, 3, 4].map((number) =>
        ofServer(number, (image) => drilled(image, 'inconclusive', 0, NOW - (6 + number) * HOUR)),
      ),
      ofServer(5, (image) => passed(image, 31)),
      ofServer(6),
    );
    expect(inShort(plan(all))).toMatchObject({ [ami(106)]: 'drill drill-due', [ami(105)]: 'drill drill-due' });
    const later = inShort(plan(all, drilling({ atMost: 3 })));
    expect(later).toMatchObject({ [ami(104)]: 'drill drill-due', [ami(101)]: 'wait drills-in-flight' });
  });

  it('is first what has failed once, since a second failure rings; not what has failed for good or told nothing since', () => {
    const first = (verdict: 'failed' | 'inconclusive', failures: number) => {
      const doubted = ofServer(1, (image) => drilled(image, verdict, failures, NOW - 7 * HOUR));
      const all = images(
        doubted,
        ofServer(2, (image) => passed(image, 31)),
      );
      const made = inShort(plan(all, drilling({ atMost: 1, every: { days: 0.25 } })));
      return Object.keys(made).filter((id) => made[id] === 'drill drill-due');
    };
    expect(first('failed', 1)).toEqual([ami(101)]);
    expect(first('failed', 2)).toEqual([ami(102)]);
    expect(first('inconclusive', 1)).toEqual([ami(102)]);
  });

  it('takes turns by lineage: a new version of a server that cannot be launched does not come before the others', () => {
    const all = images(
      drilled(imageOfDay(1), 'inconclusive', 0, NOW - HOUR),
      imageOfDay(0),
      ofServer(2, (image) => passed(image, 31)),
    );
    expect(inShort(plan(all, drilling({ atMost: 1 })))).toMatchObject({ [ami(102)]: 'drill drill-due' });
  });

  it('is no more in a day than 24 for each that may run at a time', () => {
    const lately = Array.from({ length: 24 }, (_, index) => {
      const id = ami(200 + index);
      return { ...drilled(ofServer(1), 'failed', 2, NOW - 2 * HOUR), id };
    });
    const all = images(ofServer(2), ...lately);
    expect(decisionOn(ami(102), plan(all, drilling({ atMost: 1 })))?.reason.code).toBe('cap-reached');
    expect(decisionOn(ami(102), plan(all, drilling({ atMost: 2 })))?.reason.code).toBe('drill-due');
  });
});

describe('a pass', () => {
  it('P19: of a lower rung than the policy asks for does not put the next drill off', () => {
    const higher = drilling({ check: 'console', console: 'login:' });
    expect(inShort(plan(images(passed(imageOfDay(0), 3)), higher))).toEqual({ [ami(1)]: 'drill drill-due' });
  });

  it('of a revoked image, or of one that had long had a newer one, does not put the next drill off', () => {
    const revoked = tagged(passed(imageOfDay(1), 0.5), { 'amikeep:revoked': 'CVE-2026-1' });
    expect(inShort(plan(images(imageOfDay(0), revoked)))).toEqual({ [ami(1)]: 'drill drill-due' });
    expect(inShort(plan(images(imageOfDay(2), passed(imageOfDay(9), 1))))).toEqual({ [ami(3)]: 'drill drill-due' });
    expect(inShort(plan(images(imageOfDay(0), passed(imageOfDay(9), 5))))).toEqual({ [ami(1)]: 'skip verified' });
  });
});

describe('an image that was drilled in vain', () => {
  const afterwards = (verdict: 'failed' | 'inconclusive', failures: number, age: number) =>
    inShort(plan(images(drilled(imageOfDay(0), verdict, failures, NOW - age))))[ami(1)];

  it('is started again at once after its first failure, and not before the policy’s days after its second', () => {
    expect(afterwards('failed', 1, 5 * MINUTE)).toBe('drill drill-due');
    expect(afterwards('failed', 2, 29 * DAY)).toBe('wait failed-drill');
    expect(afterwards('failed', 2, 30 * DAY)).toBe('drill drill-due');
  });

  it('rests six hours where nothing was learnt of it', () => {
    expect(afterwards('inconclusive', 0, 6 * HOUR - MINUTE)).toBe('wait drilled');
    expect(afterwards('inconclusive', 0, 6 * HOUR)).toBe('drill drill-due');
    // One that has failed before is no surer to fail for that.
    expect(afterwards('inconclusive', 4, 6 * HOUR)).toBe('drill drill-due');
  });

  it('gives its way to a newer version', () => {
    const all = images(imageOfDay(0), drilled(imageOfDay(1), 'failed', 2, NOW - HOUR));
    expect(inShort(plan(all))).toEqual({ [ami(1)]: 'drill drill-due' });
  });
});

describe('the launch of a drill', () => {
  it('is of each type in each sealed subnet, and begins with another one after each rest', () => {
    const file = drilling({
      instanceType: ['m7g.large', 'm7i.large'],
      network: { 'eu-central-1': { subnets: ['subnet-01', 'subnet-09'], securityGroup: 'sg-01' } },
    });
    const tries = (image: Image) => {
      const decision = decisionOn(ami(1), plan(images(image), file));
      return decision?.action === 'drill' ? decision.change.tries.map(({ type, subnet }) => `${type} ${subnet}`) : [];
    };
    expect(tries(imageOfDay(0))).toEqual(['m7g.large subnet-01', 'm7i.large subnet-01']);
    const first = tries(drilled(imageOfDay(0), 'inconclusive', 0, NOW - 6 * HOUR));
    const second = tries(drilled(imageOfDay(0), 'inconclusive', 0, NOW - 12 * HOUR));
    expect(first.toSorted()).toEqual(second.toSorted());
    expect(first).not.toEqual(second);
  });

  it('P17: is none where no subnet is sealed, or where that could not be read', () => {
    const file = drilling({ network: { 'eu-central-1': { subnets: ['subnet-09'], securityGroup: 'sg-01' } } });
    expect(inShort(plan(images(imageOfDay(0)), file))).toEqual({ [ami(1)]: 'refuse network-open' });
    const networks = cutShort({ subnets: [], groups: [], routeTables: [] }, 'networks');
    expect(inShort(plan({ ...images(imageOfDay(0)), networks }))).toEqual({ [ami(1)]: 'refuse evidence-incomplete' });
  });

  it('P19: takes the type of its server from a recipe that is sealed, and from no other', () => {
    const file = drilling({ instanceType: 'same' });
    const recipe = { shape: 't4g.small az=euc1-az1', sealed: true };
    const sealed = decisionOn(ami(1), plan(images({ ...imageOfDay(0), recipe }), file));
    expect(sealed).toMatchObject({ change: { tries: [{ type: 't4g.small', subnet: 'subnet-01' }] } });
    const forged = plan(images({ ...imageOfDay(0), recipe: { ...recipe, sealed: false } }), file);
    expect(inShort(forged)).toEqual({ [ami(1)]: 'refuse no-type' });
    expect(inShort(plan(images(imageOfDay(0)), file))).toEqual({ [ami(1)]: 'refuse no-type' });
  });

  it('has the drill’s own profile for a command, and none for anything else', () => {
    const change = (check: 'status' | 'command') =>
      decisionOn(ami(1), plan(images(imageOfDay(0)), drilling({ check, document: 'shop-health' })));
    expect(change('command')).toMatchObject({ change: { profile: 'amikeep-prod-drilled' } });
    expect(change('status')).not.toHaveProperty('change.profile');
  });
});

describe('what a person asks to be drilled', () => {
  it('is started though its lineage is proven, or it has failed for good', () => {
    const asked = (image: Image) => inShort(plan(images(image), drilling(), { images: [ami(1)] }))[ami(1)];
    expect(asked(passed(imageOfDay(0), 1))).toBe('drill drill-asked');
    expect(asked(drilled(imageOfDay(0), 'failed', 2, NOW - HOUR))).toBe('drill drill-asked');
    expect(asked(tagged(imageOfDay(0), { 'amikeep:revoked': 'no' }))).toBe('refuse not-startable');
    expect(asked({ ...imageOfDay(0), state: 'disabled' })).toBe('refuse not-startable');
  });

  it('is to be waited for while it is being made', () => {
    const pending = images({ ...imageOfDay(0), state: 'pending' });
    for (const request of [{ images: [ami(1)] }, { lineages: [imageOfDay(0).sourceInstance ?? ''] }]) {
      const made = plan(pending, drilling(), request);
      expect(inShort(made)).toEqual({ [ami(1)]: 'refuse not-startable' });
      expect(decisionOn(ami(1), made)?.reason.text).toBe('it is still being made: wait until it is available');
    }
  });

  it('is told of alone, whatever else goes on, and one drill of it once; what others have come to is not left undone', () => {
    const [one, other] = [instanceId('i-0d0d0d01'), instanceId('i-0d0d0d02')];
    const all = images(imageOfDay(0), imageOfDay(1), ofServer(2));
    const here = { ...all, drills: read([aDrill({ id: one }), aDrill({ id: other, image: ami(102) })]) };
    const lineages = [imageOfDay(0).sourceInstance ?? ''];
    for (const request of [{ images: [ami(1)] }, { lineages }]) {
      expect(inShort(plan(here, drilling(), request))).toEqual({ [one]: 'wait drill-running' });
    }
    expect(inShort(plan(here, drilling({ atMost: 3 }), { images: [ami(2)] }))).toEqual({
      [ami(2)]: 'drill drill-asked',
    });
    // What is judged in this run is not started by it: both are told.
    const up = {
      ...here,
      checks: {
        ...drillInventory().checks,
        health: read(
          new Map([
            [one, UP],
            [other, UP],
          ]),
        ),
      },
    };
    expect(inShort(plan(up, drilling(), { lineages }))).toEqual({
      [one]: 'judge passed',
      [other]: 'judge passed',
      [ami(1)]: 'wait drill-running',
    });
  });

  it('is an older image, or the newest of a lineage, and nothing else', () => {
    const all = images(imageOfDay(0), imageOfDay(1), ofServer(2));
    expect(inShort(plan(all, drilling(), { images: [ami(2)] }))).toEqual({ [ami(2)]: 'drill drill-asked' });
    expect(inShort(plan(all, drilling(), { lineages: ['i-00000002'] }))).toEqual({ [ami(102)]: 'drill drill-asked' });
    const both = { lineages: ['i-00000002'], images: [ami(2)] };
    expect(Object.keys(inShort(plan(all, drilling(), both))).sort()).toEqual([ami(2), ami(102)].sort());
  });

  it('is refused where it is not there, not ours, or of a policy that starts none here', () => {
    expect(inShort(plan(images(), drilling(), { images: [ami(7)] }))).toEqual({ [ami(7)]: 'refuse no-such-image' });
    const nowhere = { lineages: ['i-00000007'] };
    expect(inShort(plan(images(imageOfDay(0)), drilling(), nowhere))).toEqual({
      'i-00000007': 'refuse no-such-lineage',
    });
    expect(inShort(plan({ images: cutShort([imageOfDay(0)]) }, drilling(), nowhere))).toEqual({});
    const foreign = { ...imageOfDay(0), seal: 'broken' as const };
    expect(inShort(plan(images(foreign), drilling(), { images: [ami(1)] }))).toEqual({ [ami(1)]: 'refuse unsealed' });
    const file = aPolicyFile({ policies: [aPolicy(), aPolicy({ name: 'weekly', drill: SETTINGS })] });
    const request = { lineages: [imageOfDay(0).sourceInstance ?? ''] };
    expect(inShort(plan(images(imageOfDay(0)), file, request))).toEqual({ [ami(1)]: 'refuse no-drill' });
  });
});

describe('what a person asks to be drilled where its policy does not drill', () => {
  it('is not there for a drill, and its policy drills elsewhere', () => {
    const elsewhere = aPolicy({ drill: { ...SETTINGS, regions: [region('eu-west-1'), region('eu-north-1')] } });
    const file = aPolicyFile({ policies: [elsewhere, aPolicy({ name: 'weekly', drill: SETTINGS })] });
    const lineage = imageOfDay(0).sourceInstance ?? '';
    const made = plan(images(imageOfDay(0)), file, { images: [ami(1)], lineages: [lineage] });
    expect(inShort(made)).toEqual({ [ami(1)]: 'refuse no-such-image', [lineage]: 'refuse no-such-lineage' });
    for (const { reason } of made.decisions) {
      expect(reason.text).toBe(
        'policy nightly starts images in eu-west-1 and eu-north-1, and none here: ask for it there',
      );
    }
    expect(made.nameable).toEqual([]);
  });
});

describe('what a person asks to be drilled of one policy', () => {
  it('is refused where it is of another', () => {
    const weekly = aPolicy({ name: 'weekly', drill: SETTINGS });
    const file = aPolicyFile({ policies: [aPolicy({ drill: SETTINGS }), weekly] });
    const lineages = [imageOfDay(0).sourceInstance ?? ''];
    for (const named of [{ images: [ami(1)] }, { lineages }]) {
      const made = plan(images(imageOfDay(0)), file, { ...named, policy: 'weekly' });
      expect(inShort(made)).toEqual({ [ami(1)]: 'refuse no-drill' });
      expect(decisionOn(ami(1), made)?.reason.text).toBe('it is of policy nightly, and weekly was asked for');
      expect(inShort(plan(images(imageOfDay(0)), file, { ...named, policy: 'nightly' }))).toEqual({
        [ami(1)]: 'drill drill-asked',
      });
    }
  });
});

describe('how long a policy has gone without a pass', () => {
  const longest = (...all: readonly Image[]) => plan(images(...all)).passes;

  it('is that of the lineage that has gone longest, as far as the pass is one that its policy asks for', () => {
    expect(
      longest(
        passed(imageOfDay(0), 3),
        ofServer(2, (image) => passed(image, 9)),
      ),
    ).toEqual([{ policy: 'nightly', longestSince: NOW - 9 * DAY, unproven: 0 }]);
    const higher = drilling({ check: 'console', console: 'login:' });
    expect(plan(images(passed(imageOfDay(0), 3)), higher).passes).toEqual([{ policy: 'nightly', unproven: 0 }]);
  });

  it('is told by itself of lineages that are over a day old and have never passed', () => {
    expect(longest(imageOfDay(0))).toEqual([{ policy: 'nightly', unproven: 0 }]);
    expect(longest(imageOfDay(0), imageOfDay(1))).toEqual([{ policy: 'nightly', unproven: 1 }]);
    expect(longest()).toEqual([{ policy: 'nightly', unproven: 0 }]);
  });

  it('is not told where not all was read', () => {
    expect(plan({ images: cutShort([imageOfDay(0)]) }).passes).toEqual([]);
    expect(longest({ ...imageOfDay(0), seal: 'unread' })).toEqual([]);
    expect(plan(images(imageOfDay(0)), drilling(), { images: [ami(1)] }).passes).toBeUndefined();
  });
});
