import type { BuildOptions } from 'esbuild';
import { bundlePlugin } from './plugin.ts';

/**
 * How a function is bundled, wherever that is done. The SDK is the lockfile's, which is what was tested, and not the
 * runtime's.
 *
 * Stacks in a log name places in one long line. To know them by their names would take 6% more room and time at every
 * start (keepNames), or a map that Node reads at every error; whoever needs one bundles the same commit with
 * `sourcemap`. What people and alarms go by, the errors' own names and texts, is as it was written.
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // Some dependencies are CommonJS and ask for node's own modules by require.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [bundlePlugin],
} satisfies BuildOptions;
