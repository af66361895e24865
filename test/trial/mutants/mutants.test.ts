import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../sim/trial/faults.ts';
import { runTrial } from '../../../sim/trial/trial.ts';
import { DRILL_MUTANTS } from './drills.ts';
import { MUTANTS } from './mutants.ts';

const SEEDS = 50;
/** Enough for most mutants, and a third of the work of sixty. */
const DAYS = 25;
const ALL = [...MUTANTS, ...DRILL_MUTANTS];
const faults = FAULTS.map(({ name }) => name);

describe('a deployment that', () => {
  it.each(ALL.map(({ promise, name, ...mutant }) => [name, promise, mutant] as const))(
    '%s is caught breaking %s',
    async (_name, promise, { spoiling, days = DAYS }) => {
      let caught: number | undefined;
      for (let seed = 1; seed <= SEEDS && caught === undefined; seed++) {
        const { violations } = await runTrial({ seed, days, faults, spoiling });
        if (violations.some((violation) => violation.promise === promise)) caught = seed;
      }
      expect(caught, `${promise} was not seen to be broken in ${SEEDS} seeds`).toBeDefined();
      const unspoilt = await runTrial({ seed: caught ?? 0, days, faults });
      expect(unspoilt.violations, 'without the mutant').toEqual([]);
    },
  );

  it('breaks any of the promises that a run can break has a mutant', () => {
    const promises = [...Array.from({ length: 20 }, (_, index) => `P${index + 1}`), 'P23'];
    expect(new Set(ALL.map(({ promise }) => promise))).toEqual(new Set(promises));
  });
});
