import type { SandboxClock } from '../../contract.ts';

/** What can happen to a resource later, without a call. */
export type TransitionKind =
  | 'binned-image-purged'
  | 'binned-snapshot-purged'
  | 'failed-image-expired'
  | 'image-cooldown-ended'
  | 'image-keys-checked'
  | 'image-launch-reported'
  | 'image-settled'
  | 'image-shown'
  | 'image-unlisted'
  | 'instance-moved'
  | 'instance-purged'
  | 'instance-up'
  | 'root-replacement-moved'
  | 'snapshot-recovered'
  | 'snapshot-settled'
  | 'snapshot-shown'
  | 'usage-report-expired'
  | 'usage-report-settled'
  | 'volume-moved';

/** A transition is data, so that it survives a dump; what it does is up to the handler of its kind. */
interface Transition {
  readonly kind: TransitionKind;
  readonly account: string;
  readonly region: string;
  readonly id: string;
}

export interface DueTransition extends Transition {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

type Handler = (transition: Transition) => void;

/** The transitions to come, each run by the clock at its moment. */
export class Timeline {
  readonly #clock: SandboxClock;
  readonly #handlers = new Map<TransitionKind, Handler>();
  readonly #due = new Map<number, { readonly transition: DueTransition; readonly cancel: () => void }>();
  #next = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  handle(kind: TransitionKind, handler: Handler): void {
    this.#handlers.set(kind, handler);
  }

  /** Runs the transition at that moment; at once if it has come already, so whatever it needs must be in place. */
  schedule(transition: DueTransition): void {
    if (transition.at <= this.#clock.now()) {
      this.#run(transition);
      return;
    }
    const key = this.#next++;
    const cancel = this.#clock.at(transition.at, () => {
      this.#due.delete(key);
      this.#run(transition);
    });
    this.#due.set(key, { transition, cancel });
  }

  clear(): void {
    for (const { cancel } of this.#due.values()) cancel();
    this.#due.clear();
  }

  dump(): readonly DueTransition[] {
    return [...this.#due.values()].map(({ transition }) => transition);
  }

  #run(transition: DueTransition): void {
    this.#handlers.get(transition.kind)?.(transition);
  }
}
