import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isCollection, parseAllDocuments, parseDocument, visit } from 'yaml';

/** PyYAML, yamllint and what is built on them read YAML 1.1; amikeep and editors read YAML 1.2. */

interface Sample {
  readonly name: string;
  readonly text: string;
}

const EXCLUDED = ['node_modules/**', '.venv/**', '.serverless/**', '.stryker-tmp/**'];
const files: Sample[] = globSync('**/*.{yml,yaml}', { exclude: EXCLUDED }).map((name) => ({
  name,
  text: readFileSync(name, 'utf8'),
}));
const blocks: Sample[] = globSync(['*.md', 'docs/**/*.md', 'sandbox/*.md']).flatMap((name) =>
  [...readFileSync(name, 'utf8').matchAll(/^ *```ya?ml\n([\s\S]*?)^ *```$/gm)].map(([, text = ''], index) => ({
    name: `block ${index + 1} of ${name}`,
    text,
  })),
);

/** CloudFormation's tags, such as `!Ref`, are no matter of the version. */
const QUIET = { logLevel: 'error', merge: true } as const;

function readAs(version: '1.1' | '1.2', { text }: Sample): unknown {
  return parseAllDocuments(text, { ...QUIET, version }).map((document) => document.toJS());
}

/** Within `{ }` and `[ ]` YAML 1.1 has a `?` end a text that is not in quotes; the library here reads on in both versions. */
function cutIn11({ text }: Sample): string[] {
  const cut: string[] = [];
  visit(parseDocument(text, QUIET), {
    Scalar(_, { type, source = '' }, path) {
      const isInFlow = path.some((node) => isCollection(node) && node.flow);
      if (type === 'PLAIN' && isInFlow && source.includes('?')) cut.push(source);
    },
  });
  return cut;
}

test('there are YAML files and blocks to read', () => {
  expect(files.map(({ name }) => name)).toContain('policies.yml');
  expect(blocks.map(({ name }) => name)).toContain('block 1 of README.md');
});

describe.each([...files, ...blocks])('$name', (sample) => {
  test('says the same in YAML 1.1 as in YAML 1.2', () => {
    expect(readAs('1.1', sample)).toEqual(readAs('1.2', sample));
    expect(cutIn11(sample)).toEqual([]);
  });
});

test.each([
  ['a: { b: cron(0 4 * * ? *) }', ['cron(0 4 * * ? *)']],
  ["a: { b: 'cron(0 4 * * ? *)' }", []],
  ['a: cron(0 4 * * ? *)', []],
])('in %s what YAML 1.1 cuts is found', (text, cut) => {
  expect(cutIn11({ name: 'sample', text })).toEqual(cut);
});
