/** What a person or a schedule asked for cannot be done as asked. Nothing has been done; the problems say what to mend. */
export class InputError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InputError';
    this.problems = problems;
  }
}
