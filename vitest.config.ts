import { defineConfig } from 'vitest/config';

/**
 * After how many milliseconds a test counts as hanging. Nothing here is about how fast it is, so no test has a limit of
 * its own: the longest, the demo over HTTP, is twenty seconds of work, and a machine may be thirty times as slow or busy.
 */
const HANGING = 30 * 20_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A worker for each core, which keeps what it has loaded: most files take less time than loading the SDK does.
    isolate: false,
    maxWorkers: '100%',
    testTimeout: HANGING,
    hookTimeout: HANGING,
    // A zone that nobody's machine is in, half an hour beside all others: what reads local time shows here.
    env: { TZ: process.env.TZ ?? 'America/St_Johns' },
    coverage: {
      include: ['lib/**/*.ts', 'sandbox/**/*.ts'],
      exclude: ['lib/policy/write-json-schema.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        'lib/{policy,tagging,retention,planning}/**/*.ts': { lines: 100, branches: 95 },
      },
    },
  },
});
