import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { findInconsistencies, type Inconsistency } from './consistency.ts';
import { withDefaults } from './defaults.ts';
import { nearest } from './nearest.ts';
import type { CopySettings, Policy, PolicyFile } from './policy.ts';
import { type Path, type Position, Positions } from './positions.ts';
import { type AcceptedPolicy, type AcceptedPolicyFile, knownKeysAt, policyFileSchema } from './schema.ts';

/** One mistake in a policy file. */
export interface PolicyProblem extends Position {
  /** The file's name as it was given. */
  readonly file: string;
  /** `policies.nightly.retire.mode`; empty if it is about the file as a whole. */
  readonly path: string;
  /** What is there and what to write instead. */
  readonly message: string;
}

export type ParsedPolicyFile =
  | { readonly ok: true; readonly file: PolicyFile }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** What is not in the file and is known where it is to be installed. */
export interface Surroundings {
  /** The partition of AWS that a region is in; undefined where there is no such region. Absent: all are in one. */
  readonly partitionOf?: (region: string) => string | undefined;
  /** What of a file without mistakes is more than AWS takes. */
  readonly findExcesses?: (file: PolicyFile) => readonly Inconsistency[];
}

/**
 * Reads the text of a policy file.
 * @param fileName what the problems call the file; it is not opened
 * @returns the policies with every default filled in, or every mistake at once, in the order of the text; it never throws
 */
export function parsePolicyFile(
  text: string,
  fileName: string,
  { partitionOf = () => 'aws', findExcesses = () => [] }: Surroundings = {},
): ParsedPolicyFile {
  const read = readYaml(text);
  if (!read.ok) return refuse(read.problems, fileName);
  const { positions } = read;
  const { data, origin } = withDefaults(read.data);

  const accepted = policyFileSchema.safeParse(data);
  const problems: Problem[] = [...read.problems];
  if (!accepted.success)
    problems.push(...accepted.error.issues.flatMap((issue) => problemsOf(issue, positions, origin)));
  const placed = ({ path, message }: Inconsistency) => ({
    ...positions.of(origin(path)),
    path: pathText(origin(path)),
    message,
  });
  problems.push(...findInconsistencies(data, partitionOf).map(placed));
  if (!accepted.success || problems.length > 0) return refuse(problems, fileName);
  const file = policyFileOf(accepted.data, positions);
  const excesses = findExcesses(file).map(placed);
  return excesses.length > 0 ? refuse(excesses, fileName) : { ok: true, file };
}

function refuse(problems: readonly Problem[], file: string): ParsedPolicyFile {
  // What is amiss in the defaults is amiss in each policy that they fill.
  const each = new Map(problems.map((problem) => [`${problem.path} ${problem.line} ${problem.message}`, problem]));
  return { ok: false, problems: [...each.values()].map((problem) => ({ file, ...problem })).sort(inTextOrder) };
}

function inTextOrder(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** `policies.yml:12:5: policies.nightly.retire.mode is 'aply': write plan ...`, as editors and terminals link it. */
export function formatProblem({ file, line, column, path, message }: PolicyProblem): string {
  return `${file}:${line}:${column}: ${path === '' ? 'the file' : path} ${message}`;
}

type Problem = Omit<PolicyProblem, 'file'>;

type ReadYaml =
  | { readonly ok: true; readonly data: unknown; readonly positions: Positions; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One stray bracket can bring thousands of complaints about what follows it. */
const MOST_SYNTAX_PROBLEMS = 10;

/** What the parser's own words say too little of. */
const SYNTAX_REMEDIES: ReadonlyMap<string, string> = new Map([
  ['DUPLICATE_KEY', 'has this key twice here: write it once'],
  ['MULTIPLE_DOCS', 'has a second document from here on: put all policies into one'],
]);

/** Reads the YAML; where a mistake leaves its structure clear, the data comes with the problem. */
function readYaml(text: string): ReadYaml {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Silent, it would drop a second document without a word.
      logLevel: 'error',
      stringKeys: true,
      merge: true,
    });
    const positions = new Positions(document, lines);
    const found = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_PROBLEMS);
    const problems = [
      ...found.map(({ code, pos, message }) => ({
        ...positions.at(pos[0]),
        path: '',
        message: SYNTAX_REMEDIES.get(code) ?? `is not YAML here: ${message}`,
      })),
      ...findUnusableKeys(document, positions),
    ];
    if (found.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, problems };
    return { ok: true, data: document.toJS(), positions, problems };
  } catch (error) {
    // Aliases that lead nowhere or explode, and nesting beyond the stack, are told by an exception only.
    return { ok: false, problems: [{ line: 1, column: 1, path: '', message: `cannot be read: ${String(error)}` }] };
  }
}

/** `__proto__` is no key like others in JavaScript, where it would be lost without a word. */
function findUnusableKeys(document: Document, positions: Positions): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') {
        problems.push({
          ...positions.at(key.range?.[0] ?? 0),
          path: '',
          message: 'has the key __proto__ here: write another',
        });
      }
    },
  });
  return problems;
}

function problemsOf(issue: z.core.$ZodIssue, positions: Positions, origin: (path: Path) => Path): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(issue.path, key, positions, origin));
  }
  const written = origin(issue.path);
  const path = pathText(written);
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ ...positions.ofKey(written), path, message }));
  }
  return [{ ...positions.of(written), path, message: issue.message }];
}

function unknownKey(around: Path, key: string, positions: Positions, origin: (path: Path) => Path): Problem {
  const known = knownKeysAt(around);
  const meant = nearest(key, known);
  const remedy = meant === undefined ? `write one of ${known.join(', ')}` : `did you mean '${meant}'?`;
  const path = origin([...around, key]);
  return { ...positions.ofKey(path), path: pathText(path), message: `is an unknown key '${key}'; ${remedy}` };
}

function pathText(path: Path): string {
  return path.map(String).join('.');
}

function policyFileOf({ policies, defaults: _, ...file }: AcceptedPolicyFile, positions: Positions): PolicyFile {
  // Objects have keys that look like numbers first; the file's order is that of its text.
  const place = (name: string) => positions.ofKey(['policies', name]);
  const inOrder = Object.entries(policies).sort(([a], [b]) => inTextOrder(place(a), place(b)));
  return { ...file, policies: inOrder.map(([name, policy]) => policyOf(name, policy)) };
}

function policyOf(name: string, { lineage, copies, ...policy }: AcceptedPolicy): Policy {
  return {
    name,
    ...policy,
    ...(lineage === undefined ? {} : { lineageTag: lineage.tag }),
    copies: copies.map(copyOf),
  };
}

/** A key implies encryption; without one, a copy is as encrypted as its source unless the policy says otherwise. */
function copyOf(copy: AcceptedPolicy['copies'][number]): CopySettings {
  return { ...copy, encrypt: copy.encrypt ?? (copy.kmsKey === undefined ? 'as-source' : 'always') };
}
