import type { BegunRun } from './promised.ts';
import type { Scene } from './scene.ts';

/** A run that has no time left sends its event on, so often at most. */
const MOST_CONTINUATIONS = 8;
/** Lambda tries an event that failed twice more. */
const TRIES = 3;
const MOST_INVOCATIONS = TRIES * (1 + MOST_CONTINUATIONS);

/** All invocations that one event leads to, by its tries and those of what it is sent on as. */
interface Row {
  invocations: number;
  /** What may begin the row anew: a delivery more, or a death, after which nobody knows what was sent on. */
  anew: number;
}

/** P15: how far one event may lead. */
export class Rows {
  /** By the event; what an event is sent on as has the same row. */
  readonly #rows = new Map<string, Row>();
  readonly #delivered = new Set<string>();

  begins({ caller, invokedBy, retry, event: { continuation = 0 } }: BegunRun, scene: Scene): void {
    const row = this.#rows.get(invokedBy) ?? { invocations: 0, anew: 0 };
    this.#rows.set(invokedBy, row);
    if (retry === 0 && this.#delivered.has(invokedBy)) row.anew += 1;
    this.#delivered.add(invokedBy);
    row.invocations += 1;
    const most = MOST_INVOCATIONS * (1 + row.anew);
    scene.expect(row.invocations <= most && continuation <= MOST_CONTINUATIONS, 'P15', [caller], () => {
      return `${caller} is invocation ${row.invocations} for one event, sent on ${continuation} times: the most are ${most} and ${MOST_CONTINUATIONS}`;
    });
  }

  /** An event that a run was invoked by is sent on as another one. */
  sentOn(from: BegunRun, as: string): void {
    const row = this.#rows.get(from.invokedBy);
    if (row) this.#rows.set(as, row);
  }

  died({ invokedBy }: BegunRun): void {
    const row = this.#rows.get(invokedBy);
    if (row) row.anew += 1;
  }
}
