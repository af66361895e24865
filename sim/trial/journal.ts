/** One line of what happened. */
interface Line {
  readonly at: number;
  /** Written out only when somebody reads it: most lines nobody does. */
  readonly text: () => string;
  /** Ids and names of what it is about. */
  readonly subjects: readonly string[];
  /** Of what stands for a while, and that all else happens under: policies, and what strikes. */
  readonly standing?: Standing;
}

interface Standing {
  /** Until another line has the same topic, this one stands. */
  readonly topic: string;
  /** Whether it says that nothing stands any more. */
  readonly isOver: boolean;
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

  /** Adds a line of what stands from now on, or does no longer. */
  stand(at: number, standing: Standing, text: () => string): void {
    this.#lines.push({ at, subjects: [], text, standing });
  }

  /** The whole. */
  print(): string {
    return this.#lines.map((line) => `${printed(line)}\n`).join('');
  }

  /**
   * The lines that are about any of the subjects, the last of them where there are many, and under what they happened.
   *
   * @param subjects all lines where none is given
   */
  extract(subjects?: ReadonlySet<string>): string[] {
    const isAbout = ({ standing, subjects: about }: Line) =>
      standing === undefined && (!subjects || about.some((subject) => subjects.has(subject)));
    const numbers = this.#lines.flatMap((line, number) => (isAbout(line) ? [number] : []));
    const left = Math.max(0, numbers.length - MOST_LINES_OF_EXTRACT);
    const first = numbers[left] ?? this.#lines.length;
    const lines = this.#lines.slice(first).filter((line) => isAbout(line) || line.standing !== undefined);
    return [
      ...this.#standingAt(first).map(printed),
      ...(left > 0 ? [`(${left} lines before)`] : []),
      ...lines.map(printed),
    ];
  }

  /** The lines that stand when the line of a number is written. */
  #standingAt(number: number): Line[] {
    const standing = new Map<string, Line>();
    for (const line of this.#lines.slice(0, number)) {
      if (line.standing) standing.set(line.standing.topic, line);
    }
    return [...standing.values()].filter((line) => line.standing?.isOver === false);
  }
}

function printed({ at, text }: Line): string {
  return `${new Date(at).toISOString()} ${text()}`;
}
