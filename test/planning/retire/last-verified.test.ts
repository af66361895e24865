import { describe, expect, it } from 'vitest';
import { instanceId } from '../../../lib/model/ids.ts';
import { DAY } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { drilledTag, passedTag, readDrilled, readPassed } from '../../../lib/tagging/verdict.ts';
import { aPolicy, aPolicyFile, RETIRE_RULES } from '../../builders.ts';
import { ami, imageOfDay, NOW, retireInventory, tagged } from '../fleet.ts';

const DRILL = instanceId('i-0d0d0d0d');
const passed = passedTag({ at: NOW - DAY, rung: 'status', seconds: 400, type: 'm7g.large', instance: DRILL });
const file = aPolicyFile({
  policies: [
    aPolicy({ retention: { keepLast: 1 }, retire: { ...RETIRE_RULES, mode: 'apply', maxPerDay: { percent: 100 } } }),
  ],
});

/** Four versions, of which the rules keep the newest, and what becomes of each. */
function outcomes(...verified: readonly number[]): Record<string, string> {
  const images = [0, 1, 2, 3].map((day) =>
    verified.includes(day) ? tagged(imageOfDay(day), passed) : imageOfDay(day),
  );
  const { decisions } = planRetirement(file, retireInventory(images), NOW);
  return Object.fromEntries(decisions.map(({ subject, action, reason }) => [subject.id, `${action} ${reason.code}`]));
}

it('a pass is read as it was written, and so is a verdict', () => {
  const pass = { at: NOW - DAY, rung: 'console', seconds: 7, type: 't4g.nano', instance: DRILL } as const;
  expect(readPassed(passedTag(pass))).toEqual(pass);
  const drilled = {
    at: NOW,
    verdict: 'failed',
    failures: 2,
    instance: DRILL,
    reason: 'the status\nis impaired',
  } as const;
  expect(readDrilled(drilledTag(drilled))).toEqual(drilled);
  for (const text of ['', 'yes', '2026-11-24T03:10:00Z', '2026-11-24T03:10:00Z often 3s x']) {
    expect(readPassed({ 'amikeep:passed': text })).toBeUndefined();
  }
  expect(readDrilled({})).toBeUndefined();
});

describe('P18: the newest image of a lineage that has passed a drill', () => {
  it('stays although no rule wants it, until a newer one has passed', () => {
    expect(outcomes(2)[ami(3)]).toBe('refuse last-verified');
    expect(outcomes(1, 2)).toMatchObject({ [ami(2)]: 'refuse last-verified', [ami(3)]: 'mark expired' });
    // The newest of all has passed as well: nothing older has to be kept for it.
    expect(outcomes(2, 0)[ami(3)]).toBe('mark expired');
  });

  // A second failure would show that it is bad: by then the older one, which is good, would be gone.
  it('that failed once since stays beside the newest that did not, and only the latter once it has failed for good', () => {
    const failed = (failures: number) => {
      const verdict = { at: NOW, verdict: 'failed', failures, instance: DRILL, reason: 'impaired' } as const;
      const drilled = tagged(imageOfDay(1), { ...passed, ...drilledTag(verdict) });
      const images = [imageOfDay(0), drilled, tagged(imageOfDay(2), passed), tagged(imageOfDay(3), passed)];
      const { decisions } = planRetirement(file, retireInventory(images), NOW);
      return decisions.flatMap(({ subject, reason }) => (reason.code === 'last-verified' ? [subject.id] : []));
    };
    expect(failed(1).sort()).toEqual([ami(2), ami(3)]);
    expect(failed(2)).toEqual([ami(3)]);
  });
});
