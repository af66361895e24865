import { describe, expect, it } from 'vitest';
import { instanceId } from '../../../lib/model/ids.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { passedTag } from '../../../lib/tagging/verdict.ts';
import { aPolicy, aPolicyFile, RETIRE_RULES } from '../../builders.ts';
import { ami, ended, imageOfDay, NOW, read, retireInventory, tagged } from '../fleet.ts';
import { A_DRILL, aDrill, decisionOn, drilled, drilling, inShort, plan } from './grounds.ts';

const images = (...all: readonly ReturnType<typeof imageOfDay>[]) => ({ images: read(all) });

describe('of an image whose drill has ended', () => {
  it('nothing is launched in the plan that judges it', () => {
    const gone = aDrill({ state: 'terminated', stateReason: 'Client.InstanceInitiatedShutdown: x' });
    const { decisions } = plan({ drills: read([gone]), ...images(imageOfDay(0)) });
    expect(decisions.map(({ action }) => action)).toEqual(['judge', 'wait']);
  });

  it('one verdict is written where two drills have ended', () => {
    const one = aDrill({ state: 'terminated', stateReason: 'Client.InstanceInitiatedShutdown: x' });
    const two = aDrill({
      id: instanceId('i-0e0e0e0e'),
      state: 'terminated',
      stateReason: 'Client.UserInitiatedShutdown: x',
    });
    const { decisions } = plan({ drills: read([one, two]), ...images(imageOfDay(0)) }, drilling(), 'sweep');
    expect(decisions.filter(({ action }) => action === 'judge')).toHaveLength(1);
  });
});

describe('failures in a row', () => {
  it('are counted version by version', () => {
    const all = images(imageOfDay(0), drilled(imageOfDay(1), 'failed', 1, NOW - 6 * HOUR));
    // The one that failed comes first, so that it is known whether that was chance.
    expect(decisionOn(ami(1), plan(all))).toBeUndefined();
    const [decision] = plan(all, drilling(), { images: [ami(1)] }).decisions;
    expect(decision).toMatchObject({ action: 'drill', change: { failures: 1 } });
  });
});

describe('P18: of images that have passed', () => {
  const KEEP = {
    policies: [
      aPolicy({ retention: { keepLast: 1 }, retire: { ...RETIRE_RULES, mode: 'apply', maxPerDay: { percent: 100 } } }),
    ],
  };
  const pass = (image: ReturnType<typeof imageOfDay>, daysAgo: number) =>
    tagged(
      image,
      passedTag({ at: NOW - daysAgo * DAY, rung: 'status', seconds: 9, type: 'm7g.large', instance: A_DRILL }),
    );
  const codes = (...all: ReturnType<typeof imageOfDay>[]) =>
    Object.fromEntries(
      planRetirement(aPolicyFile(KEEP), retireInventory(all), NOW).decisions.map(({ subject, action, reason }) => [
        subject.id,
        `${action} ${reason.code}`,
      ]),
    );

  it('the newest that is not revoked stays', () => {
    const found = codes(
      imageOfDay(0),
      tagged(pass(imageOfDay(40), 39), { 'amikeep:revoked': 'CVE' }),
      pass(imageOfDay(80), 70),
    );
    expect(found).toMatchObject({ [ami(81)]: 'refuse last-verified' });
  });

  it('the newest that has not failed for good since stays', () => {
    const found = codes(
      imageOfDay(0),
      drilled(pass(imageOfDay(40), 39), 'failed', 2, NOW - DAY),
      pass(imageOfDay(80), 70),
    );
    expect(found).toMatchObject({ [ami(81)]: 'refuse last-verified' });
  });
});

describe('a person who names a lineage', () => {
  it('is answered where it has ended', () => {
    const image = ended(imageOfDay(0), 'hand');
    expect(inShort(plan(images(image), drilling(), { lineages: [image.sourceInstance ?? ''] }))).toEqual({
      [ami(1)]: 'refuse not-startable',
    });
  });

  it('is answered where nothing of it can be started', () => {
    const image = { ...imageOfDay(0), state: 'failed' as const };
    expect(inShort(plan(images(image), drilling(), { lineages: [image.sourceInstance ?? ''] }))).toEqual({
      [ami(1)]: 'refuse not-startable',
    });
  });
});
