import { defineConfig } from 'vitest/config';

/** The tests that mutants of the pure folders have to get past: those of these folders, which are quick. */
export default defineConfig({
  test: { include: ['test/{retention,planning,tagging}/**/*.test.ts'] },
});
