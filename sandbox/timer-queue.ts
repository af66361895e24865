export interface Timer {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly task: () => void;
}

interface Entry extends Timer {
  /** Breaks ties: of two timers of one time, the one that was set first runs first. */
  readonly order: number;
  cancelled: boolean;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Timers by time, then by the order in which they were added: a binary heap, so that 10,000s of them stay cheap. */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #added = 0;

  /** The function that comes back takes the timer off again; after it ran, that does nothing. */
  add(at: number, task: () => void): () => void {
    if (!Number.isFinite(at)) throw new RangeError(`a timer needs a time in milliseconds since the epoch, not ${at}`);
    const entry: Entry = { at, task, order: this.#added++, cancelled: false };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.cancelled = true;
    };
  }

  /** The time of the earliest timer, or nothing if there is none. */
  nextAt(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  /** Takes the earliest timer off the queue. */
  take(): Timer | undefined {
    this.#dropCancelled();
    return this.#removeFirst();
  }

  /** A cancelled timer stays in the heap until it comes to the top, which is cheaper than searching for it. */
  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled === true) this.#removeFirst();
  }

  #removeFirst(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last === undefined || first === last) return first;
    this.#heap[0] = last;
    this.#sink(0);
    return first;
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    while (true) {
      const left = 2 * index + 1;
      const child = this.#comesBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #comesBefore(index: number, other: number): boolean {
    const a = this.#heap[index];
    const b = this.#heap[other];
    return a !== undefined && b !== undefined && isBefore(a, b);
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const a = this.#heap[lower];
    const b = this.#heap[upper];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.#heap[lower] = b;
    this.#heap[upper] = a;
    return true;
  }
}
