import { beforeAll, describe, expect, test } from 'vitest';
import { printReport } from '../../sim/print.ts';
import { type Report, reportOf } from '../../sim/report.ts';
import { aRehearsal, aSmallFleet, told } from './rehearsal.ts';

describe('the demo', () => {
  test('tells the same to the byte for the same seed, and otherwise for another', { timeout: 60_000 }, async () => {
    const fleet = aSmallFleet();
    const one = told(await aRehearsal({ fleet }));
    expect(told(await aRehearsal({ fleet }))).toBe(one);
    expect(told(await aRehearsal({ fleet, seed: 2 }))).not.toBe(one);
  });

  describe('over ten days', () => {
    let inProcess: string;
    let report: Report;

    beforeAll(async () => {
      const simulation = await aRehearsal({ days: 10 });
      inProcess = told(simulation);
      report = reportOf(simulation);
    }, 60_000);

    test('tells the same over HTTP as in process', { timeout: 120_000 }, async () => {
      expect(told(await aRehearsal({ days: 10, wire: true }))).toBe(inProcess);
    });

    test('has nothing that the recount disagrees with, and a reason for every version', () => {
      expect(report.recount.disagreements).toEqual([]);
      expect(report.recount.checks).toBeGreaterThan(1_000);
      expect(report.rows.flatMap(({ versions }) => versions).filter(({ why }) => why === '')).toEqual([]);
    });

    test('fits into 120 columns', () => {
      expect(
        printReport(report)
          .split('\n')
          .filter((line) => line.length > 120),
      ).toEqual([]);
    });
  });
});
