/** One line of what happened. */
interface Line {
  readonly at: number;
  /** Written out only when somebody reads it: most lines nobody does. */
  readonly text: () => string;
  /** Ids and names of what it is about. */
  readonly subjects: readonly string[];
}

const MOST_LINES_OF_EXTRACT = 60;

/** All that happened in a trial, in order. */
export class Journal {
  readonly #lines: Line[] = [];

  get length(): number {
    return this.#lines.length;
  }

  add(at: number, subjects: readonly string[], text: () => string): void {
    this.#lines.push({ at, subjects, text });
  }

  /** The whole. */
  print(): string {
    return this.#lines.map((line) => `${printed(line)}\n`).join('');
  }

  /** The lines that are about any of the subjects, the last of them where there are many. */
  extract(subjects: ReadonlySet<string>): string[] {
    const about = this.#lines.filter((line) => line.subjects.some((subject) => subjects.has(subject)));
    const left = about.length - MOST_LINES_OF_EXTRACT;
    return [...(left > 0 ? [`(${left} lines before)`] : []), ...about.slice(-MOST_LINES_OF_EXTRACT).map(printed)];
  }
}

function printed({ at, text }: Line): string {
  return `${new Date(at).toISOString()} ${text()}`;
}
