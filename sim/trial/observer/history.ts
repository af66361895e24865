/** What a value was, and since when. */
export interface Since<T> {
  readonly value: T;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A value that changes in the course of time. */
export class History<T> {
  readonly #entries: Since<T>[];

  constructor(at: number, value: T) {
    this.#entries = [{ at, value }];
  }

  set(at: number, value: T): void {
    this.#entries.push({ at, value });
  }

  get now(): T {
    return this.#last.value;
  }

  /** Since when it is what it is now. */
  get since(): number {
    return this.#last.at;
  }

  /** What it was at a moment; what it was at first, for all the time before. */
  at(moment: number): Since<T> {
    const entries = this.#entries;
    for (let index = entries.length - 1; index > 0; index--) {
      const entry = entries[index];
      if (entry && entry.at <= moment) return entry;
    }
    return this.#first;
  }

  /** Whether it has ever been this, though it may be something else by now. */
  ever(value: T): boolean {
    return this.everSo((one) => one === value);
  }

  /** The same of what can be told of it. */
  everSo(is: (value: T) => boolean): boolean {
    return this.#entries.some(({ value }) => is(value));
  }

  /** The same of all that it has been since a moment, what it was at that moment included. */
  alwaysSo(since: number, is: (value: T) => boolean): boolean {
    return is(this.at(since).value) && this.#entries.every(({ at, value }) => at <= since || is(value));
  }

  get #last(): Since<T> {
    return this.#entries.at(-1) ?? this.#first;
  }

  get #first(): Since<T> {
    const [first] = this.#entries;
    if (!first) throw new RangeError('a history begins with a value');
    return first;
  }
}
