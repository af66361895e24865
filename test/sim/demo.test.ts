import { beforeAll, describe, expect, test } from 'vitest';
import { printReport } from '../../sim/print.ts';
import { type Report, reportOf } from '../../sim/report.ts';
import { cutApart } from '../../sim/tables.ts';
import { aRehearsal, aSmallFleet, told } from './rehearsal.ts';

describe('the demo', () => {
  describe('of a small fleet', () => {
    const fleet = aSmallFleet();
    let one: string;

    beforeAll(async () => {
      one = told(await aRehearsal({ fleet }));
    });

    test('tells the same to the byte for the same seed', async () => {
      expect(told(await aRehearsal({ fleet }))).toBe(one);
    });

    // Six days are enough for every call that ten days make of the whole fleet.
    test('tells the same over HTTP as in process', async () => {
      const [overHttp, inProcess] = [true, false].map((wire) => aRehearsal({ fleet, days: 6, wire }).then(told));
      expect(await overHttp).toBe(await inProcess);
    });

    test('tells something else for another seed', async () => {
      expect(told(await aRehearsal({ fleet, seed: 2 }))).not.toBe(one);
    });
  });

  test('says in words that nothing was retired or refused', async () => {
    const report = { ...reportOf(await aRehearsal({ fleet: aSmallFleet(), days: 1 })), retired: [], refused: [] };
    expect(printReport(report, { verbose: false })).toContain('\n\nNothing was retired.\n\nNothing was refused.\n\n');
  });

  test.each([
    ['short ones as they are', ['web', 'db'], ['web', 'db']],
    ['long ones without their end', ['restore-of-database-01', 'web-1'], ['restore-of-…', 'web-1']],
    ['with as much of the end as it takes', ['nightly i-0aa1', 'nightly i-0ab1'], ['nightly i…a1', 'nightly i…b1']],
    [
      'apart from those that differ in the middle',
      ['night-mailX-11', 'night-mailX-12', 'night-mailY-11', 'night-mailY-12'],
      ['night-m…X-11', 'night-m…X-12', 'night-m…Y-11', 'night-m…Y-12'],
    ],
    ['whole where no cut tells them apart', ['aaaaaaaaaaaaXzzzzzzzzzzzz', 'aaaaaaaaaaaaYzzzzzzzzzzzz'], undefined],
  ])('cuts titles to 12 columns: %s', (_, titles, labels = titles) => {
    expect([...cutApart(titles, 12).values()]).toEqual(labels);
  });

  describe('over ten days', () => {
    let report: Report;

    beforeAll(async () => {
      report = reportOf(await aRehearsal({ days: 10 }));
    });

    test('has nothing that the recount disagrees with, and a reason for every version', () => {
      expect(report.recount.disagreements).toEqual([]);
      expect(report.recount.checks).toBeGreaterThan(1_000);
      expect(report.rows.flatMap(({ versions }) => versions).filter(({ why }) => why === '')).toEqual([]);
    });

    test('says of each lineage, verbosely, every version with its rules, what went and what may not go', () => {
      const text = printReport(report, { verbose: true });
      const [, list = ''] = /\n(web App=web-01 in eu-central-1\n(?: .*\n)+)/.exec(text) ?? [];
      expect(list).toMatch(/^ {2}kept: 10\n {4}2026\.09\.10-1200 {2}last, daily, weekly, monthly$/m);
      expect(list).toMatch(/^ {4}2026\.09\.01-0000 {2}oldest weekly, oldest monthly$/m);
      expect(list).toMatch(/^ {2}retired: 7\n {4}6 {2}no keep rule wants it \(last=4 /m);
      expect(list).toMatch(/^ {2}marked: 2\n {4}2026\.\S+ {2}ami-\w+ {2}marked 2026-.*; the next stage is due/m);
      expect(list).toMatch(/^ {2}refused as in-use: 1\n {4}2026\.\S+ {2}ami-\w+ {2}it is in use by instance/m);
      expect(text).toMatch(/^ {4}2026\.\S+ {2}daily; verified 2026-\d\d-\d\d$/m);
      expect(list).toMatch(/^ {4}1 {2}it failed, and attempt 2 \(ami-\w+\) has succeeded$/m);
    });

    test('counts by reason what of each lineage may not go at the end', () => {
      const refusals = report.rows.filter(({ refusedFor }) => Object.keys(refusedFor).length > 0);
      expect(refusals.map(({ title, refusedFor }) => [title, refusedFor])).toEqual([
        ['db-03', { hold: 1 }],
        ['db-07', { 'last-verified': 1 }],
        ['App=web-01', { 'in-use': 1, 'last-verified': 1 }],
        ['App=web-02', { 'last-verified': 1 }],
        ['App=web-02-new', { 'last-verified': 1 }],
        ['App=web-03', { 'last-verified': 1 }],
        ['App=web-06', { 'last-verified': 1 }],
        ['App=web-07', { 'in-use': 1 }],
        ['App=web-08', { 'in-use': 1 }],
      ]);
    });

    test('tells of each lineage how many of its images came up, and why others did not', () => {
      const odd = report.drills.filter(({ failed, inconclusive }) => failed + inconclusive > 0);
      expect(odd.map(({ title, passed, failed, inconclusive }) => [title, passed, failed, inconclusive])).toEqual([
        ['db-06', 0, 5, 0],
        ['App=web-01', 1, 1, 0],
        ['App=web-06', 1, 0, 1],
      ]);
      const text = printReport(report, { verbose: false });
      expect(text).toMatch(/^databases db-06 +eu-west-1 +0 +5 +0 none$/m);
      expect(text).toMatch(/^web +App=web-03 +eu-central-1 +1 +0 +0 2026\.09\.02-0000 2026-09-02 07:27$/m);
      const notes = report.notes.map(({ text }) => text);
      expect(notes).toContainEqual(
        expect.stringMatching(/^db-06 does not start without \/dev\/sdh, .* 5 of 5 drills failed/),
      );
      expect(notes).toContainEqual(
        expect.stringMatching(/made not to come up: .* failed at .*; the same image passed/),
      );
      expect(notes).toContainEqual(
        expect.stringMatching(/had no room .*: 1 drill told nothing of an image; .* passed/),
      );
    });

    test.each([false, true])('fits into 120 columns, verbose: %s', (verbose) => {
      expect(
        printReport(report, { verbose })
          .split('\n')
          .filter((line) => line.length > 120),
      ).toEqual([]);
    });
  });
});
