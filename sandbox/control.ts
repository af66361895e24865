import { z } from 'zod';
import { VirtualClock } from './clock.ts';
import { durationRemedy, parseDuration } from './duration.ts';
import { readBehaviourChange } from './ec2/behaviour/input.ts';
import { FAULT_RULE, FaultRuleError } from './fault-rule.ts';
import { describeProblems, InputError } from './problems.ts';
import type { Sandbox } from './sandbox.ts';

/** Where the control endpoint lives, on the port of the AWS services, none of which has a path. */
export const CONTROL_PREFIX = '/_sandbox/';

export interface ControlRequest {
  readonly method: string;
  /** Behind `CONTROL_PREFIX`. */
  readonly path: string;
  readonly body: string;
}

/** Answered as JSON. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: object;
}

/** A request that the control endpoint does not serve, for another reason than its body. */
class RefusedError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

type Handler = (sandbox: Sandbox, body: string) => object | Promise<object>;

const DONE = { done: true };

const CLOCK_MOVE = z
  .strictObject({
    advance: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, { error: ({ input }) => durationRemedy(String(input)) })
      .optional(),
    to: z.iso.datetime({ offset: true, error: 'write an ISO 8601 time like 2026-01-02T03:04:05Z' }).optional(),
  })
  .refine(({ advance, to }) => (advance === undefined) !== (to === undefined), 'give either "advance" or "to"');

const HANDLERS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  ready: { GET: () => ({ ready: true }) },
  clock: {
    GET: ({ clock }) => ({ now: new Date(clock.now()).toISOString(), kind: kindOf(clock) }),
    POST: moveClock,
  },
  calls: {
    GET: ({ calls }) => ({ total: calls.total(), counts: calls.counts(), log: calls.log }),
    DELETE: forgetCalls,
    POST: forgetCalls,
  },
  faults: {
    GET: ({ faults }) => ({ faults: faults.list() }),
    POST: ({ faults }, body) => ({ id: faults.add(read(FAULT_RULE, body)) }),
    DELETE: ({ faults }) => {
      faults.clear();
      return DONE;
    },
  },
  behaviour: { GET: ({ ec2 }) => ec2.behaviour(), PUT: setBehaviour, POST: setBehaviour },
  state: {
    GET: (sandbox) => sandbox.dump(),
    PUT: (sandbox, body) => {
      sandbox.load(readJson(body));
      return DONE;
    },
  },
  reset: {
    POST: (sandbox) => {
      sandbox.reset();
      return DONE;
    },
  },
};

/** Answers a request to the control endpoint. Bad input gets 400 with place, value and remedy in `error`. */
export async function control(sandbox: Sandbox, { method, path, body }: ControlRequest): Promise<ControlAnswer> {
  try {
    return { status: 200, body: await handlerOf(method, path)(sandbox, body) };
  } catch (error) {
    if (error instanceof InputError || error instanceof FaultRuleError) {
      return { status: 400, body: { error: error.message } };
    }
    if (error instanceof RefusedError) return { status: error.status, body: { error: error.message } };
    return { status: 500, body: { error: `a defect of the sandbox: ${error instanceof Error ? error.stack : error}` } };
  }
}

function handlerOf(method: string, path: string): Handler {
  const methods = HANDLERS[path];
  if (methods === undefined) {
    const known = Object.keys(HANDLERS).join(', ');
    throw new RefusedError(`path: ${CONTROL_PREFIX}${path} is not there: use one of ${known}`, 404);
  }
  const handler = methods[method];
  if (handler !== undefined) return handler;
  const known = Object.keys(methods).join(', ');
  throw new RefusedError(`method: ${method} is not for ${CONTROL_PREFIX}${path}: use ${known}`, 405);
}

async function moveClock({ clock }: Sandbox, body: string): Promise<object> {
  if (!(clock instanceof VirtualClock)) {
    throw new RefusedError(
      'clock: it is the real one and cannot be moved: start the sandbox with --clock virtual',
      409,
    );
  }
  const { advance, to } = read(CLOCK_MOVE, body);
  const target = to === undefined ? clock.now() + (parseDuration(advance ?? '') ?? 0) : Date.parse(to);
  if (target < clock.now()) {
    const now = new Date(clock.now()).toISOString();
    throw new InputError(`to: ${JSON.stringify(to)} will not do: the clock is at ${now} and does not go back`);
  }
  await clock.advanceTo(target);
  return { now: new Date(clock.now()).toISOString(), kind: kindOf(clock) };
}

function setBehaviour({ ec2 }: Sandbox, body: string): object {
  const { settings, region } = readBehaviourChange(readJson(body));
  ec2.setBehaviour(settings, region);
  return ec2.behaviour();
}

function forgetCalls({ calls }: Sandbox): object {
  calls.reset();
  return DONE;
}

function kindOf(clock: Sandbox['clock']): string {
  return clock instanceof VirtualClock ? 'virtual' : 'real';
}

function read<T>(schema: z.ZodType<T>, body: string): T {
  const value = readJson(body);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new InputError(describeProblems(checked.error, value, 'body'));
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`body: it is not JSON: ${reason}`);
  }
}
