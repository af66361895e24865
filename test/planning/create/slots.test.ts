import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time.ts';
import { planSnapshots, type SnapshotInventory, type SnapshotRequest } from '../../../lib/planning/create/snapshot.ts';
import { encodeStamp } from '../../../lib/tagging/stamp.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aStamp, HERE } from '../../builders.ts';
import { about, cutShort, imageOfDay, instanceNumber, NOW, read, slotOfDay, snapshotInventory } from '../fleet.ts';

const TODAY = slotOfDay(0);

function decide(
  {
    request = {},
    now = NOW,
    ...inventory
  }: Partial<SnapshotInventory> & { request?: Partial<SnapshotRequest>; now?: number },
  images: readonly Image[] = [],
) {
  const whole = {
    deployment: 'prod',
    policy: aPolicy(),
    slot: TODAY,
    previousSlot: undefined,
    nextSlot: TODAY + DAY,
    skippedLocalTimes: [],
    keyAccounts: [],
    ...request,
  };
  return about(planSnapshots(whole, snapshotInventory({ images: read(images), ...inventory }), now));
}

const failed = { state: 'failed', stateReason: 'Client.InternalError' } as const;

describe('a slot', () => {
  it('P12: yields an image of an instance that has none for it yet', () => {
    expect(decide({})).toMatchObject({
      action: 'create',
      reason: { code: 'slot-due', text: 'slot 2026.11.23-0200 is due and has no image yet' },
      policy: 'nightly',
      lineage: AN_INSTANCE_ID,
      version: '2026.11.23-0200',
      change: { name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200/1`, instance: AN_INSTANCE_ID, reboot: false },
    });
  });

  it.each(['pending', 'available', 'disabled', 'other'] as const)(
    'P12: yields no second image where there is one that is %s',
    (state) => {
      expect(decide({}, [imageOfDay(0, {}, { state })])).toMatchObject({
        action: 'skip',
        reason: { code: 'already-there', text: expect.stringContaining(state) },
      });
    },
  );

  it('P12: is tried again under the next attempt once an attempt has failed', () => {
    expect(decide({}, [imageOfDay(0, {}, failed)])).toMatchObject({
      action: 'create',
      reason: { code: 'retry-after-failure', text: 'attempt 1 at slot 2026.11.23-0200 failed' },
      change: { name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200/2`, stamp: { attempt: 2 } },
    });
  });

  it('P12: goes by the number of its attempts and not by how many of them are still there', () => {
    expect(decide({}, [imageOfDay(0, { attempt: 2 }, failed)])).toMatchObject({ change: { stamp: { attempt: 3 } } });
  });

  it('P12: has its image where an earlier attempt failed and a later one holds', () => {
    const images = [imageOfDay(0, {}, failed), imageOfDay(0, { attempt: 2 }, { state: 'pending' })];
    expect(decide({}, images)).toMatchObject({ action: 'skip', reason: { code: 'already-there' } });
  });

  it('is given up after three attempts, and says what they failed of', () => {
    const images = [1, 2, 3].map((attempt) => imageOfDay(0, { attempt }, attempt === 3 ? { state: 'failed' } : failed));
    const decision = decide({}, images);
    expect(decision).toMatchObject({ action: 'refuse', reason: { code: 'attempts-exhausted' } });
    expect(decision.reason.text).toContain('Client.InternalError');
    expect(decision.reason.text).toContain('no reason given');
  });

  it('is not backfilled behind the newest version of its lineage', () => {
    const decision = decide({ request: { slot: slotOfDay(1), nextSlot: TODAY } }, [imageOfDay(0)]);
    expect(decision).toMatchObject({ action: 'skip', reason: { code: 'older-than-newest' } });
  });

  it('is not held back by a newer attempt that failed', () => {
    const now = slotOfDay(1) + HOUR;
    const decision = decide({ now, request: { slot: slotOfDay(1), nextSlot: TODAY } }, [imageOfDay(0, {}, failed)]);
    expect(decision.action).toBe('create');
  });

  it.each([
    { nextSlot: NOW + 1, action: 'create', code: 'slot-due' },
    { nextSlot: NOW, action: 'refuse', code: 'slot-missed' },
    { nextSlot: undefined, action: 'create', code: 'slot-due' },
  ])('P12: is missed from the moment at which the next slot is due: $code', ({ nextSlot, action, code }) => {
    expect(decide({ request: { nextSlot } })).toMatchObject({ action, reason: { code } });
  });

  it.each([
    { ahead: 5 * MINUTE, action: 'create' },
    { ahead: 6 * MINUTE, action: 'refuse' },
  ])('that is $ahead ms ahead of this clock: $action', ({ ahead, action }) => {
    const decision = decide({ now: TODAY - ahead });
    expect(decision.action).toBe(action);
    expect(decision.reason.code).toBe(action === 'refuse' ? 'slot-in-future' : 'slot-due');
  });

  it('is judged by the images of the same policy, deployment and instance alone', () => {
    const others = [
      imageOfDay(0, { policy: 'weekly' }),
      imageOfDay(0, { deployment: 'test' }),
      imageOfDay(0, { lineage: instanceNumber(9), source: { ...HERE, instance: instanceNumber(9) } }),
      imageOfDay(0, {}, { sourceInstance: instanceNumber(9) }),
      imageOfDay(0, {}, { name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200/1/more` }),
      imageOfDay(0, {}, { name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200/01` }),
      imageOfDay(0, {}, { name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200` }),
    ];
    expect(decide({}, others).action).toBe('create');
  });

  it('P23: is judged by names, which EC2 keeps, and not by tags, which anybody writes', () => {
    const elsewhere = encodeStamp(aStamp({ slot: slotOfDay(9), lineage: 'Role=other', policy: 'weekly' }));
    expect(decide({}, [imageOfDay(0, {}, { tags: elsewhere })])).toMatchObject({
      action: 'skip',
      reason: { code: 'already-there' },
    });
    expect(decide({}, [imageOfDay(0, {}, { seal: 'broken' })]).action).toBe('skip');
    expect(decide({}, [imageOfDay(0, {}, { ...failed, tags: elsewhere, seal: 'broken' })])).toMatchObject({
      action: 'create',
      change: { stamp: { attempt: 2 } },
    });
    const { sourceInstance: _, ...registered } = imageOfDay(0);
    expect(decide({}, [registered]).action).toBe('skip');
    // EC2 will say who holds the name.
    expect(decide({}, [{ ...registered, seal: 'missing' }]).action).toBe('create');
    const forged = encodeStamp(aStamp({ slot: TODAY }));
    expect(decide({}, [imageOfDay(1, {}, { tags: forged, seal: 'broken' })]).action).toBe('create');
  });

  it.each(['missing', 'broken', 'unread'] as const)(
    'P23: is not held back by an image of the year 2099 whose seal is %s, and is by one that is sealed',
    (seal) => {
      const slot = Date.UTC(2099, 0, 1);
      expect(decide({}, [imageOfDay(0, { slot }, { seal })]).action).toBe('create');
      expect(decide({}, [imageOfDay(0, { slot })])).toMatchObject({ reason: { code: 'older-than-newest' } });
    },
  );
});

describe('a lineage that instances share by a tag', () => {
  const policy = aPolicy({ lineageTag: 'Role' });
  const web = (number: number) => anInstance({ id: instanceNumber(number), tags: { Backup: 'nightly', Role: 'web' } });

  it('P12: continues with the instance that replaced another', () => {
    const before = imageOfDay(1, { lineage: 'Role=web' });
    const instances = read([web(7)]);
    const plan = planSnapshots(
      {
        deployment: 'prod',
        policy,
        slot: TODAY,
        previousSlot: undefined,
        nextSlot: TODAY + DAY,
        skippedLocalTimes: [],
        keyAccounts: [],
      },
      snapshotInventory({ instances, images: read([before]) }),
      NOW,
    );
    expect(plan.decisions).toMatchObject([{ action: 'create', lineage: 'Role=web' }]);
    expect(plan.warnings).toEqual([]);
  });

  it('P12: has one version a slot, whichever instance made it', () => {
    const plan = planSnapshots(
      {
        deployment: 'prod',
        policy,
        slot: TODAY,
        previousSlot: undefined,
        nextSlot: TODAY + DAY,
        skippedLocalTimes: [],
        keyAccounts: [],
      },
      snapshotInventory({ instances: read([web(7)]), images: read([imageOfDay(0, { lineage: 'Role=web' })]) }),
      NOW,
    );
    expect(plan.decisions).toMatchObject([{ action: 'skip', reason: { code: 'older-than-newest' } }]);
  });

  it('becomes one for each where several live at the same time, and says so', () => {
    const plan = planSnapshots(
      {
        deployment: 'prod',
        policy,
        slot: TODAY,
        previousSlot: undefined,
        nextSlot: TODAY + DAY,
        skippedLocalTimes: [],
        keyAccounts: [],
      },
      snapshotInventory({ instances: read([web(7), web(8)]) }),
      NOW,
    );
    expect(plan.decisions).toMatchObject([
      { action: 'create', lineage: `Role=web#${instanceNumber(7)}` },
      { action: 'create', lineage: `Role=web#${instanceNumber(8)}` },
    ]);
    expect(plan.warnings).toHaveLength(2);
    expect(plan.warnings[0]).toContain(`shares Role=web with ${instanceNumber(8)}`);
  });

  it('is not guessed at while an instance that shares it may be unread', () => {
    const instances = cutShort([anInstance({ tags: { Backup: 'nightly', Role: 'web' } })], 'instances');
    expect(decide({ instances, request: { policy } })).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: expect.stringContaining('instances') },
    });
    expect(decide({ instances, request: { policy: aPolicy() } }).action).toBe('create');
  });
});
