import assert from 'node:assert/strict';

/** Counts what passes and what fails, and says so line by line. */
export class Checks {
  #passed = 0;
  #failed = 0;

  /** Runs one check; a failure is printed and counted, and the next check still runs. */
  async check(sentence: string, body: () => Promise<void>): Promise<void> {
    try {
      await body();
      this.report(sentence, undefined);
    } catch (error) {
      this.report(sentence, error instanceof Error ? error.message : String(error));
    }
  }

  /** Counts a check that has been made elsewhere. @param problem nothing where it passed */
  report(sentence: string, problem: string | undefined): void {
    if (problem === undefined) this.#passed += 1;
    else this.#failed += 1;
    console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} ${sentence}`);
    if (problem !== undefined) console.log(problem.replaceAll(/^/gm, '       '));
  }

  /** Prints the closing line. @returns whether everything passed, and there was something to pass */
  conclude(): boolean {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0;
  }
}

/** The JSON that a client printed, a member of it by path: `Instances.0.InstanceId`. */
export function textAt(json: string, path: string): string {
  let value: unknown = JSON.parse(json);
  for (const part of path.split('.')) {
    assert.ok(typeof value === 'object' && value !== null, `there is no ${path} in ${json}`);
    value = new Map(Object.entries(value)).get(part);
  }
  assert.ok(typeof value === 'string', `${path} is no text in ${json}`);
  return value;
}
