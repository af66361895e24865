import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '#package.json' with { type: 'json' };
import { PROTECTIONS } from '../../lib/planning/retire/protection.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import { knownKeysAt } from '../../lib/policy/schema.ts';
import { outcomeDetails } from '../../lib/run/outcome/details.ts';

const DOCUMENTS = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...['docs', 'docs/decisions', 'sandbox'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

const read = (path: string) => readFileSync(path, 'utf8');

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('%s', (document) => {
  test('links to what is there', () => {
    const links = [...read(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
    const missing = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(normalize(join(dirname(document), link))),
    );
    expect(missing).toEqual([]);
  });

  test('links to headings that are there', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, path = '', anchor = '']) => {
      const linked = path === '' ? document : normalize(join(dirname(document), path));
      return !existsSync(linked) || !anchorsOf(read(linked)).includes(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const named = [...read(document).matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  });
});

test('the policy file in the README is accepted', () => {
  const [, example = ''] = /```yaml\n(deployment: [^`]+)```/.exec(read('README.md')) ?? [];
  expect(parsePolicyFile(example, 'README.md')).toMatchObject({ ok: true });
});

test('the README explains every key of the policy file', () => {
  const [, table = ''] = /\| key \|([\s\S]+?)\n\n/.exec(read('README.md')) ?? [];
  const explained = [...table.matchAll(/^\|([^|]+)\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
    .map(([, key = '']) => key.replace(/^policies\.<name>$/, 'policies'));
  const keys = [
    ...knownKeysAt([]).filter((key) => key !== 'accounts'),
    ...knownKeysAt(['accounts', 0]).map((key) => `accounts[].${key}`),
    ...['select', 'lineage', 'schedule', 'image', 'retention', 'retire'].flatMap((part) =>
      knownKeysAt(['policies', 'any', part]).map((key) => `${part}.${key}`),
    ),
    ...knownKeysAt(['policies', 'any'])
      .filter((key) => key !== 'copies' && knownKeysAt(['policies', 'any', key]).length === 0)
      .map((key) => `policies.<name>.${key}`),
    ...knownKeysAt(['policies', 'any', 'copies', 0]).map((key) => `copies[].${key}`),
  ];
  // The five between hourly and yearly share a row.
  const inOneRow = ['keep', 'keepWithin'].flatMap((rule) =>
    ['Daily', 'Weekly', 'Monthly', 'Yearly'].map((period) => `retention.${rule}${period}`),
  );
  expect(keys.filter((key) => !explained.includes(key) && !inOneRow.includes(key))).toEqual([]);
});

test('the README tells what keeps an image, all of it and in its order', () => {
  const [, told = ''] = /- \*\*What keeps an image\*\*[^:]+: ([\s\S]+?)\.\n/.exec(read('README.md')) ?? [];
  expect(told.replaceAll(/\s+/g, ' ')).toBe(PROTECTIONS.map(({ name }) => name).join('; '));
});

test('docs/events.md names every sample and every detail type', () => {
  const text = read('docs/events.md');
  const wanted = [...readdirSync('events').map((name) => `../events/${name}`), ...Object.keys(outcomeDetails)];
  expect(wanted.filter((each) => !text.includes(each))).toEqual([]);
});

test('the list of decisions has every page, by its title', () => {
  const index = read('docs/decisions/README.md');
  const pages = readdirSync('docs/decisions').filter((name) => /^\d{4}-/.test(name));
  for (const page of pages)
    expect(index).toContain(`[${read(`docs/decisions/${page}`).split('\n')[0]?.slice(2)}](${page})`);
});
