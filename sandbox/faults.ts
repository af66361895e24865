import type { CallSubject } from './calls.ts';
import { ServiceError } from './contract.ts';
import { FAULT_RULE, type FaultRule, FaultRuleError, type KnownOperations, operationProblem } from './fault-rule.ts';
import { describeProblems } from './problems.ts';
import { SeededRandom } from './seeded.ts';
import type { CommonErrors } from './wire/protocol.ts';

/** A rule with its name and how often it has struck. */
export type ListedFault = FaultRule & { readonly id: string; readonly struck: number };

/** What the rules do to one call. At most one of `before`, `after` and `lost` is set: the first rule that strikes. */
export interface Strike {
  readonly latencyMs: number;
  readonly before?: ServiceError;
  readonly after?: ServiceError;
  readonly lost: boolean;
}

const NO_STRIKE: Strike = { latencyMs: 0, lost: false };

interface ArmedRule {
  readonly id: string;
  readonly rule: FaultRule;
  readonly from: number;
  readonly until: number;
  struck: number;
}

/** The faults that are set. Chance comes from a seed, so that a run with faults can be repeated. */
export class Faults {
  readonly #seed: number;
  readonly #known: KnownOperations;
  #random: SeededRandom;
  #rules: ArmedRule[] = [];
  #added = 0;

  constructor(seed: number, known: KnownOperations) {
    this.#seed = seed;
    this.#known = known;
    this.#random = new SeededRandom(seed);
  }

  /**
   * Sets a fault.
   *
   * @returns its id, the rule's own or a new one
   * @throws FaultRuleError, a TypeError, where the rule makes no sense
   */
  add(rule: FaultRule): string {
    const checked = FAULT_RULE.safeParse(rule);
    if (!checked.success) throw new FaultRuleError(describeProblems(checked.error, rule, 'fault'));
    const problem = operationProblem(rule, this.#known);
    if (problem !== undefined) throw new FaultRuleError(problem);
    const id = rule.id ?? `fault-${++this.#added}`;
    if (this.#rules.some((armed) => armed.id === id)) {
      throw new FaultRuleError(`id: "${id}" will not do: there is a fault of this id, remove it first`);
    }
    this.#rules.push({
      id,
      rule: { ...rule },
      from: rule.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(rule.from),
      until: rule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(rule.until),
      struck: 0,
    });
    return id;
  }

  /** @returns whether there was one of this id */
  remove(id: string): boolean {
    const left = this.#rules.filter((armed) => armed.id !== id);
    const removed = left.length < this.#rules.length;
    this.#rules = left;
    return removed;
  }

  list(): readonly ListedFault[] {
    return this.#rules.map(({ id, rule, struck }) => ({ ...rule, id, struck }));
  }

  clear(): void {
    this.#rules = [];
  }

  /** Takes all faults away and starts the chance anew. */
  reset(): void {
    this.clear();
    this.#added = 0;
    this.#random = new SeededRandom(this.#seed);
  }

  /** @param now milliseconds since the epoch, of the sandbox's clock */
  strike(call: CallSubject, errors: CommonErrors, now: number): Strike {
    let strike = NO_STRIKE;
    for (const armed of this.#rules) {
      const decided = strike.before !== undefined || strike.after !== undefined || strike.lost;
      if ((decided && armed.rule.kind !== 'latency') || !this.#strikes(armed, call, now)) continue;
      armed.struck += 1;
      strike = worsened(strike, armed.rule, call, errors);
    }
    return strike;
  }

  #strikes({ rule, from, until, struck }: ArmedRule, call: CallSubject, now: number): boolean {
    if (now < from || now >= until || struck >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
    const isMeant =
      (rule.service ?? call.service) === call.service &&
      (rule.operation ?? call.operation) === call.operation &&
      (rule.region ?? call.region) === call.region &&
      (rule.account ?? call.account) === call.account &&
      (rule.caller === undefined || isBy(rule.caller, call.caller));
    return isMeant && (rule.probability === undefined || this.#random.next() < rule.probability);
  }
}

function worsened(strike: Strike, rule: FaultRule, call: CallSubject, errors: CommonErrors): Strike {
  switch (rule.kind) {
    case 'throttle':
      return { ...strike, before: errors.throttled() };
    case 'denied':
      return { ...strike, before: errors.denied(call) };
    case 'error-before':
      return { ...strike, before: errorOf(rule) };
    case 'error-after':
      return { ...strike, after: errorOf(rule) };
    case 'lost-answer':
      return { ...strike, lost: true };
    case 'latency':
      return { ...strike, latencyMs: strike.latencyMs + (rule.latencyMs ?? 0) };
  }
}

function errorOf({ code, message, status }: FaultRule): ServiceError {
  return new ServiceError(code ?? 'InternalError', message ?? 'An internal error has occurred', status ?? 500);
}

function isBy(caller: string, by: string | undefined): boolean {
  return by === caller || by?.startsWith(`${caller}/`) === true;
}
