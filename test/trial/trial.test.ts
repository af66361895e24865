import { describe, expect, it, vi } from 'vitest';
import { copyStatements, retireStatements, snapshotStatements } from '../../deploy/statements.ts';
import { FAULTS, OPERATIONS } from '../../sim/trial/faults.ts';
import { reportOf } from '../../sim/trial/report.ts';
import { runTrial } from '../../sim/trial/trial.ts';

// How long days take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 120_000 });

const ALL = FAULTS.map(({ name }) => name);

describe('a trial', () => {
  it('is the same to the letter for the same seed', async () => {
    const options = { seed: 9, days: 20, faults: ALL };
    const [one, other] = [await runTrial(options), await runTrial(options)];
    expect(one.journal.print()).toBe(other.journal.print());
    expect(one.size).toEqual(other.size);
    expect(one.journal.length).toBeGreaterThan(200);
  });

  it('of another seed is another', async () => {
    const journals = [1, 2].map(async (seed) => (await runTrial({ seed, days: 3, faults: [] })).journal.print());
    const [one, other] = await Promise.all(journals);
    expect(one).not.toBe(other);
  });

  it.each([
    ['without faults', [], [1, 2, 3]],
    ['with all of them', ALL, [1, 2, 3]],
  ])('%s breaks no promise', async (_, faults, seeds) => {
    for (const seed of seeds) {
      const result = await runTrial({ seed, days: 20, faults });
      expect(reportOf(result, { days: 20, faults: 'all' }).failure).toBe('');
      expect(result.size.checks).toBeGreaterThan(500);
    }
  });

  it.each(ALL)('meets %s, if that alone may strike', async (name) => {
    const begins = new RegExp(`Z (?:${name} begins|the next \\w+ in [\\w-]+ will fail)`);
    let met = 0;
    for (let seed = 1; seed <= 4 && met === 0; seed++) {
      const { journal, violations } = await runTrial({ seed, days: 8, faults: [name] });
      if (begins.test(journal.print())) met++;
      expect(violations).toEqual([]);
    }
    expect(met).toBe(1);
  });

  it('takes some of its calls over the wire as well', async () => {
    const { size } = await runTrial({ seed: 1, days: 20, faults: [] });
    expect(size.replays).toBeGreaterThanOrEqual(3);
  });

  it('may be denied each operation that the roles of its functions allow', () => {
    const place = { deployment: 'ours', sources: [], destinations: [], everywhere: [], keys: [] };
    const statements = [snapshotStatements(place), copyStatements(place), retireStatements(place)].flat();
    const actions = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => !/^(?:kms|imagebuilder):/.test(action));
    const allowed = new Set(actions.map((action) => action.slice(action.indexOf(':') + 1)));
    for (const operation of OPERATIONS) allowed.delete(operation);
    expect([...allowed]).toEqual([]);
  });

  it('that breaks a promise tells seed, promise, what led to it and how to see it again', async () => {
    const spoiling = {
      event: (event: Parameters<NonNullable<Spoil['event']>>[0]) => ({ ...event, mode: 'apply' as const }),
    };
    let failure = '';
    for (let seed = 1; seed <= 20 && failure === ''; seed++) {
      const result = await runTrial({ seed, days: 15, faults: [], spoiling });
      ({ failure } = reportOf(result, { days: 15, faults: 'none' }));
    }
    expect(failure).toMatch(/^seed \d+: P10 is broken at 20\d\d-.*which was to plan only/);
    expect(failure).toMatch(/\n {4}20\d\d-\S+ +ours\/\d+ begins: .*"mode":"plan"/);
    expect(failure).toMatch(
      /\n {2}again: npm run simulate -- --seed \d+ --days 15 --faults none --journal seed-\d+\.log$/,
    );
  });
});

type Spoil = NonNullable<Parameters<typeof runTrial>[0]['spoiling']>;
