import type { Action } from '../lib/run/event.ts';
import type { Answering } from '../sandbox/pipeline.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Who makes the calls: a function of the deployment, the people of the world, or whoever looks at the end. */
export type Caller = Action | 'people' | 'report';

/**
 * Tells the sandbox whose each call is, which it can't see: all of them come from one account. It works as long as
 * nobody acts while another does.
 */
export class Tally {
  readonly #counts = new Map<Caller, Map<string, number>>();
  /** The ids of the people's requests, by which the sandbox's log knows them. */
  readonly peoplesRequests = new Set<string>();
  #who: Caller = 'people';

  /** From now on it is this one who calls. */
  by(who: Caller): void {
    this.#who = who;
  }

  /** The same sandbox, with its calls counted. */
  around(sandbox: Sandbox): Sandbox {
    const answer: Answering['answer'] = async (call) => {
      const who = this.#who;
      const answered = await sandbox.answer({ ...call, caller: who });
      if (call.service === 'ec2') this.#count(who, call.operation, answered.requestId);
      return answered;
    };
    return { ...sandbox, answer };
  }

  /** EC2 calls by operation. */
  callsOf(who: Caller): ReadonlyMap<string, number> {
    return this.#counts.get(who) ?? new Map();
  }

  totalOf(who: Caller): number {
    return [...this.callsOf(who).values()].reduce((sum, count) => sum + count, 0);
  }

  #count(who: Caller, operation: string, requestId: string): void {
    const counts = this.#counts.get(who) ?? new Map<string, number>();
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    this.#counts.set(who, counts);
    if (who === 'people') this.peoplesRequests.add(requestId);
  }
}
