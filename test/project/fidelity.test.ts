import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultBehaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import { DISAGREEMENTS } from '../moto/disagreements.ts';
import { FIDELITY, withDisagreements } from '../moto/fidelity-document.ts';

const page = readFileSync(FIDELITY, 'utf8');
const [tables = ''] = page.split('## Where moto says otherwise');

/** The cells of every row that tells of a behaviour. */
const rows = tables
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| behaviour '))
  .map((line) => line.slice(1, -1).split(' | '));

/** The titles of a file's tests, those with place holders as they are written. */
function titlesOf(file: string): ReadonlySet<string> {
  const path = join('test', file);
  if (!existsSync(path)) return new Set();
  const calls = /(?<!describe)\(\s*(['"])((?:\\.|(?!\1).)+)\1,\s*(?:async )?\(/g;
  return new Set([...readFileSync(path, 'utf8').matchAll(calls)].map(([, , title = '']) => title));
}

describe('docs/fidelity.md', () => {
  test('tells of every behaviour what it rests on and which test holds it', () => {
    expect(rows.length).toBeGreaterThan(170);
    expect(rows.filter((cells) => cells.length !== 3 || cells.some((text) => text.trim() === ''))).toEqual([]);
  });

  test('names tests that there are', () => {
    const named = rows.flatMap(([, , tests = '']) => tests.split('<br>').map((text) => text.trim()));
    const missing = named.filter((text) => {
      const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(text) ?? [];
      return !titlesOf(file).has(title);
    });
    expect(missing).toEqual([]);
  });

  test('names every option of the behaviour, and no other', () => {
    const named = rows.flatMap(([what = '', rests = '']) =>
      [...`${what}${rests}`.matchAll(/options? ((?:`\w+`(?:, )?)+)/g)].flatMap(([, list = '']) =>
        [...list.matchAll(/\w+/g)].map(([option]) => option),
      ),
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(defaultBehaviour).sort());
  });

  test('has the list of disagreements with moto as `npm run fidelity` writes it', () => {
    expect(page).toBe(withDisagreements(page, DISAGREEMENTS));
  });

  test('has a verdict that rests on something, and a sighting, for every disagreement', () => {
    const incomplete = DISAGREEMENTS.filter(
      ({ seen, rests, why }) => seen.length === 0 || !rests.trim() || !why.trim(),
    );
    expect(incomplete).toEqual([]);
    const sights = DISAGREEMENTS.flatMap(({ seen }) => seen.map(({ step, field }) => `${step} | ${field}`));
    expect(sights).toHaveLength(new Set(sights).size);
  });
});
