import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

/**
 * That lint enforces the dependency direction and keeps time and chance out of lib is only worth something if it would
 * notice: each case is a file that must not pass, linted with the project's own rules where it claims to stand.
 */

const imports = (path: string) => `import { thing } from '${path}';\n\nexport const other = thing;\n`;

const FORBIDDEN_IMPORTS: readonly (readonly [place: string, path: string])[] = [
  ['lib/model', '../policy/policy.ts'],
  ['lib/model', 'node:fs'],
  ['lib/policy', '../tagging/stamp.ts'],
  ['lib/policy', '@aws-sdk/client-ec2'],
  ['lib/tagging', '../policy/policy.ts'],
  ['lib/tagging', 'node:fs'],
  ['lib/retention', '../tagging/stamp.ts'],
  ['lib/planning', '../aws/aws.ts'],
  ['lib/planning', '../run/run.ts'],
  ['lib/planning/retire', '../../run/run.ts'],
  ['lib/planning/retire', '../create/snapshot.ts'],
  ['lib/planning/create', '../retire/retire.ts'],
  ['lib/planning/copy', '../retire/retire.ts'],
  ['lib/planning/adopt', '../copy/copy.ts'],
  ['lib/planning/copy', '@aws-sdk/client-ec2'],
  ['lib/planning', '@aws-sdk/client-ec2'],
  ['lib/planning', 'node:fs'],
  ['lib/run', '../aws/aws.ts'],
  ['lib/run', '../lambda/handler.ts'],
  ['lib/run/cycle', '../../aws/aws.ts'],
  ['lib/run/jobs', '../../../sandbox/sandbox.ts'],
  ['lib/run', '../../sandbox/sandbox.ts'],
  ['lib/run', '@aws-sdk/client-ec2'],
  ['lib/doctor', '../aws/aws.ts'],
  ['lib/doctor', '@aws-sdk/client-ec2'],
  ['lib/planning', 'node:timers/promises'],
  ['lib/run', 'node:timers'],
  ['lib/run', 'node:timers/promises'],
  ['lib/aws', 'node:timers/promises'],
  ['lib/lambda', 'node:timers/promises'],
  ['functions', '../lib/run/run.ts'],
  ['functions', '../sandbox/sandbox.ts'],
  ['cli', '../sandbox/sandbox.ts'],
  ['cli', '../lib/lambda/handler.ts'],
  ['sim/recount', '../../lib/planning/retire.ts'],
  ['sim/recount', '../../lib/tagging/stamp.ts'],
  ['sim/recount', '../deployment.ts'],
  ['sim/trial/observer', '../../../lib/planning/retire.ts'],
  ['sim/trial/observer', '../runs.ts'],
  ['sim/trial/observer', '../../deployment.ts'],
  ['lib/aws', '../lambda/handler.ts'],
  ['lib/aws/calls', '../reads/reads.ts'],
  ['lib/aws/calls', '../writes/applier.ts'],
  ['lib/aws/calls', '../aws.ts'],
  ['lib/aws/reads', '../writes/applier.ts'],
  ['lib/aws/reads', '../aws.ts'],
  ['lib/aws/reads', '../../lambda/handler.ts'],
  ['lib/aws/writes', '../reads/reads.ts'],
  ['lib/aws/writes', 'node:timers/promises'],
  ['lib/aws', '../../sandbox/sandbox.ts'],
  ['lib/lambda', '../../cli/amikeep.ts'],
  ['lib/lambda', '../../sandbox/sandbox.ts'],
  ['sandbox', '../lib/model/time.ts'],
  ['sandbox', '../sim/world.ts'],
  ['sandbox/ec2', '../../lib/model/time.ts'],
];

const ALLOWED_IMPORTS: readonly (readonly [place: string, path: string])[] = [
  ['lib/policy', '../model/ids.ts'],
  ['lib/tagging', 'node:crypto'],
  ['lib/planning', '../retention/apply-keep-rules.ts'],
  ['lib/run', '../planning/decision.ts'],
  ['lib/aws', '../run/ports.ts'],
  ['lib/aws', './reads/reads.ts'],
  ['lib/aws/reads', '../calls/caller.ts'],
  ['lib/aws/reads', '../convert.ts'],
  ['lib/aws/writes', '../../planning/change.ts'],
  ['lib/planning/retire', '../copy/missing-copies.ts'],
  ['lib/planning/retire', '../../tagging/stamp.ts'],
  ['lib/run/cycle', '../../planning/change.ts'],
  ['lib/aws', '@aws-sdk/client-ec2'],
  ['lib/lambda', '../aws/aws.ts'],
  ['sandbox', '@aws-sdk/client-ec2'],
  ['functions', '../lib/lambda/handler.ts'],
  ['cli', '../lib/run/run.ts'],
  ['cli', '../lib/lambda/settings.ts'],
  ['cli', '../lib/lambda/policy-file.ts'],
  ['sim/recount', '../../sandbox/sandbox.ts'],
];

const AMBIENT: readonly (readonly [what: string, code: string])[] = [
  ['Date.now', 'export const at = Date.now();\n'],
  ['new Date()', 'export const at = new Date();\n'],
  ['Math.random', 'export const chance = Math.random();\n'],
  ['crypto.randomUUID', 'export const id = crypto.randomUUID();\n'],
  ['setTimeout', 'setTimeout(() => {}, 1);\n'],
  ['setInterval', 'setInterval(() => {}, 1);\n'],
  ['setImmediate', 'setImmediate(() => {});\n'],
  ['performance', 'export const at = performance.now();\n'],
  ['AbortSignal.timeout', 'export const signal = AbortSignal.timeout(1);\n'],
  ['Promise.any', 'export const first = Promise.any([1, 2].map(async (n) => n));\n'],
  ['process.hrtime', 'export const at = process.hrtime();\n'],
  ['crypto.getRandomValues', 'export const chance = crypto.getRandomValues(new Uint8Array(1));\n'],
  ['globalThis.setTimeout', 'globalThis.setTimeout(() => {}, 1);\n'],
  ['Promise.race', 'export const first = Promise.race([1, 2].map(async (n) => n));\n'],
];
/** What tells the day or the zone of the machine. */
const CALENDAR: readonly (readonly [what: string, code: string])[] = [
  ['now in milliseconds', 'export const at = Date.now();\n'],
  ['now as a date', 'export const at = new Date();\n'],
  ['the start of the process', 'export const at = performance.timeOrigin;\n'],
  ['a date made of local parts', 'export const at = new Date(2026, 10, 23);\n'],
  ['a date read as local', "export const at = Date.parse('2026-11-23T02:00:00');\n"],
  ['a local hour', 'export const hour = new Date(0).getHours();\n'],
  ['a local hour that is set', 'export const at = new Date(0).setHours(3, 0);\n'],
  ['a local weekday', 'export const day = new Date(0).getDay();\n'],
  ['a local date as text', 'export const text = new Date(0).toLocaleDateString();\n'],
  ['a local time as text', "export const text = new Date(0).toLocaleString('en');\n"],
  ['the offset of the zone', 'export const offset = new Date(0).getTimezoneOffset();\n'],
];
const PLACES_WITHOUT_CALENDAR = ['bench', 'deploy', 'sandbox', 'sandbox/ec2', 'sim', 'test/cli', 'test/e2e/steps'];
const NO_CALENDAR: readonly (readonly [what: string, code: string])[] = [
  ['a given moment', "export const at = Date.parse('2026-11-23T02:00:00Z');\n"],
  ['a weekday in UTC', 'export const day = new Date(0).getUTCDay();\n'],
  ['how long something takes', 'export const at = performance.now();\n'],
];

const PLACES_WITHOUT_AMBIENT = [
  'lib/planning',
  'lib/planning/retire',
  'lib/run',
  'lib/aws',
  'lib/aws/calls',
  'lib/lambda',
];

/** What was reported as an error, by the file that it was reported of. */
const errors = new Map<string, string[]>();

const files = new Map<string, string>();
function fileIn(place: string, subject: string, code: string): string {
  const path = `${place}/${subject.replaceAll(/[^A-Za-z0-9]+/g, '-')}.ts`;
  files.set(path, code);
  return path;
}

interface Report {
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly category: string;
    readonly location: { readonly path: string | { readonly file: string } };
  }[];
}

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'amikeep-lint-'));
  try {
    await cp('biome.json', join(root, 'biome.json'));
    await cp('test/lint', join(root, 'test/lint'), { recursive: true });
    for (const [path, code] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), code);
    }
    const report = await biome(root);
    for (const { severity, category, location } of report.diagnostics) {
      if (severity !== 'error' && severity !== 'fatal') continue;
      const path = typeof location.path === 'string' ? location.path : location.path.file;
      errors.set(path, [...(errors.get(path) ?? []), category]);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});

/** Biome exits with an error where it found any, which is what is wanted here. */
async function biome(root: string): Promise<Report> {
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  const run = promisify(execFile)(resolve('node_modules/.bin/biome'), args, { cwd: root });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return JSON.parse(stdout);
}

describe('an import against the dependency direction is an error', () => {
  test.each(
    FORBIDDEN_IMPORTS.map(([place, path]) => [place, path, fileIn(place, `against ${path}`, imports(path))] as const),
  )('%s must not import %s', (_place, _path, file) => {
    expect(errors.get(file)).toContain('lint/style/noRestrictedImports');
  });

  const ofType = fileIn(
    'lib/planning',
    'type import',
    "import type { Aws } from '../aws/aws.ts';\n\nexport type Other = Aws;\n",
  );
  test('even of a type', () => {
    expect(errors.get(ofType)).toContain('lint/style/noRestrictedImports');
  });
});

describe('an import along it is none', () => {
  test.each(
    ALLOWED_IMPORTS.map(([place, path]) => [place, path, fileIn(place, `along ${path}`, imports(path))] as const),
  )('%s may import %s', (_place, _path, file) => {
    expect(errors.get(file)).toBeUndefined();
  });
});

describe('time and chance that were not handed in are errors', () => {
  test.each(
    PLACES_WITHOUT_AMBIENT.flatMap((place) =>
      AMBIENT.map(([what, code]) => [what, place, fileIn(place, `ambient ${what}`, code)] as const),
    ),
  )('%s in %s', (_what, _place, file) => {
    expect(errors.get(file)).toEqual([expect.stringMatching(/^(?:plugin|lint\/style\/noRestrictedGlobals)$/)]);
  });

  test.each(AMBIENT.map(([what, code]) => [what, fileIn('cli', `ambient ${what}`, code)] as const))(
    '%s is free at the edge',
    (_what, file) => {
      expect(errors.get(file)).toBeUndefined();
    },
  );
});

describe('the day and the zone of the machine are errors in what runs in CI', () => {
  test.each(
    PLACES_WITHOUT_CALENDAR.flatMap((place) =>
      CALENDAR.map(([what, code]) => [what, place, fileIn(place, `calendar ${what}`, code)] as const),
    ),
  )('%s in %s', (_what, _place, file) => {
    expect(errors.get(file)).toEqual(['plugin']);
  });

  test.each(NO_CALENDAR.map(([what, code]) => [what, fileIn('test/cli', `no calendar ${what}`, code)] as const))(
    '%s is none',
    (_what, file) => {
      expect(errors.get(file)).toBeUndefined();
    },
  );

  const named = fileIn('test/e2e', 'world', 'export const at = Date.now();\n');
  test('and none in a place that is named, since it has to know', () => {
    expect(errors.get(named)).toBeUndefined();
  });
});
