import { FUNCTIONS } from '../../deploy/template.ts';
import type { Action } from '../../lib/run/event.ts';
import { DEPLOYMENT, DRILL, DRILL_NETWORK } from '../../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { asksOf } from './asks.ts';
import type { Ask } from './iam.ts';

/** A call that a function makes, and what AWS asks IAM about it, once of all that is alike to a role. */
export interface RecordedCall {
  readonly by: Action;
  readonly operation: string;
  readonly asks: readonly Ask[];
}

/** The calls of functions, one of each kind: those that differ in nothing that a role could mind are one. */
export class CallBook {
  readonly #calls = new Map<string, RecordedCall>();

  get calls(): readonly RecordedCall[] {
    return [...this.#calls.values()];
  }

  /** @param caller as who calls is told, people included, whose calls are not written down */
  note(effect: Effect, caller: string | undefined, sandbox: Sandbox): void {
    const by = FUNCTIONS.find((action) => action === caller);
    if (!by) return;
    const asks = new Map(asksOf(effect, sandbox).map((ask) => [kindOf(ask), ask]));
    const { operation } = effect;
    const key = JSON.stringify([by, operation, ...asks.keys()]);
    if (!this.#calls.has(key)) this.#calls.set(key, { by, operation, asks: [...asks.values()] });
  }
}

function kindOf({ action, resource, context }: Ask): string {
  const minded = Object.entries(context).filter(
    ([key]) => !/^aws:Re(?:quest|source)Tag\//.test(key) || MINDED.some((tag) => key.endsWith(tag)),
  );
  // Which drill it is of, no role minds.
  const told = minded.map(([key, value]) => (key.endsWith(DRILL) ? [key, 'of a drill'] : [key, value]));
  return JSON.stringify([action, resource.replace(/\/[^/]*$/, ''), ...told]);
}

/** The tags that roles go by. */
const MINDED = [DEPLOYMENT, DRILL, DRILL_NETWORK];
