import { expect, test } from 'vitest';
import { lineageTable } from '../../sim/lineage-table.ts';
import { reasonLetters } from '../../sim/reason-letters.ts';
import type { Row, RowVersion } from '../../sim/rows.ts';

function aRow(changes: Partial<Row> = {}): Row {
  const versions: RowVersion[] = [
    {
      version: '2026.11.29-0300',
      imageId: 'ami-1',
      action: 'keep',
      code: 'keep-rule',
      why: 'kept as last, oldest daily',
    },
  ];
  const about = { policy: 'web', lineage: 'App=a', title: 'App=a', region: 'eu-central-1', isCopy: false };
  return { ...about, versions, made: 1, retired: 0, retiredFor: {}, refusedFor: {}, ...changes };
}

function lines(...rows: readonly Row[]): string[] {
  const letters = reasonLetters(rows.flatMap(({ retiredFor }) => Object.keys(retiredFor)));
  return lineageTable(rows, letters, 120).split('\n');
}

test('a row of the table tells reasons for which images were retired apart', () => {
  const [, one, two, none] = lines(
    aRow({ retired: 341, retiredFor: { 'no rule': 340, failed: 1 } }),
    aRow({ retired: 24, retiredFor: { 'no rule': 24 } }),
    aRow(),
  );
  expect(one).toMatch(/eu-central-1 340 a {3}1 b {4}1 /);
  expect(two).toMatch(/eu-central-1 {2}24 a {10}1 /);
  expect(none).toMatch(/eu-central-1 {3}0 {12}1 /);
});

test('a row of the table counts the oldest version with the others of its rule, and what is there besides', () => {
  const besides = (action: RowVersion['action'], code: string): RowVersion => {
    return { version: '2026.11.28-0300', imageId: 'ami-2', action, code, why: 'why' };
  };
  const versions = [
    ...aRow().versions,
    besides('refuse', 'evidence-incomplete'),
    besides('refuse', 'hold'),
    besides('propose', 'policy-in-plan-mode'),
    besides('keep', 'failed'),
  ];
  const [, row] = lines(aRow({ versions }));
  expect(row).toMatch(/1 last 1 daily 1 evidence-incomplete, 1 hold, 1 proposed, 1 failed$/);
});

test('there is no end of letters for reasons', () => {
  const reasons = Array.from({ length: 703 }, (_, index) => `reason ${index}`);
  const letters = reasonLetters([...reasons, 'reason 0']);
  expect([0, 25, 26, 701, 702].map((index) => letters.get(`reason ${index}`))).toEqual(['a', 'z', 'aa', 'zz', 'aaa']);
});
