import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What a module imports before its first line runs, and what that imports in turn; without what waits until it is asked for. */
function loadedWith(entry: string, { inputs }: Metafile): Set<string> {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const { path: imported, kind } of inputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import') loaded.add(imported);
    }
  }
  return loaded;
}

describe('help comes at once, since the command loads little before it knows what it is asked for', async () => {
  const entry = 'cli/amikeep.ts';
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const loaded = [...loadedWith(entry, metafile)];

  it('reads its own arguments', () => {
    expect(loaded).toContain('cli/arguments.ts');
  });

  it.each([
    'node_modules/@aws-sdk/',
    'node_modules/@smithy/',
    'node_modules/yaml/',
    'node_modules/zod/',
    'lib/planning/',
    'lib/aws/reads/',
  ])('loads nothing of %s', (folder) => {
    expect(Object.keys(metafile.inputs).some((path) => path.startsWith(folder))).toBe(true);
    expect(loaded.filter((path) => path.startsWith(folder))).toEqual([]);
  });
});
