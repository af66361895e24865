/**
 * `node test/project/summary.ts results.json [failed step]...`: the closing line of .ci/run, counted from what vitest
 * wrote of its own run. A step that failed counts as one failure; so does a test file that could not even be loaded.
 */
import { readFileSync } from 'node:fs';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const [path = '', ...failedSteps] = process.argv.slice(2);

/** Where there are no results the tests have not come to run, and nothing has passed. */
function read(): Results | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const results = read();
const unloaded = results?.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failedTests = (results?.numFailedTests ?? 0) + (unloaded?.length ?? 0);
// `tests` has failed where tests did, which are counted already, or else where coverage is below its thresholds.
const otherSteps = failedSteps.filter((step) => step !== 'tests' || failedTests === 0);
const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);

for (const step of failedSteps) console.log(`failed: ${step}`);
const counts = [
  `${results?.numPassedTests ?? 0} passed`,
  `${failedTests + otherSteps.length} failed`,
  ...(skipped > 0 ? [`${skipped} skipped`] : []),
];
console.log(counts.join(', '));
