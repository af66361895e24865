import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Nothing here is about how fast it is: a machine that is busy with something else must not fail a test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
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
