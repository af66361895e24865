import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
