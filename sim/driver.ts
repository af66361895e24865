import type { Action } from '../lib/run/event.ts';
import { PartialFailureError } from '../lib/run/outcome/outcome.ts';
import type { VirtualClock } from '../sandbox/clock.ts';
import { INSTANCE_STATE_CHANGE } from '../sandbox/contract.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Deployment } from './deployment.ts';

/** Something that happens at a moment, whatever it is. */
export interface Occurrence {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly happen: () => Promise<void>;
}

export interface DriverPorts {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly deployment: Deployment;
  /** Called with the clock's time now and then. */
  readonly onProgress: (now: number) => void;
}

/**
 * Lets time pass until `until`: each occurrence at its moment, and each event as soon as it comes, one after the
 * other. To be called within `VirtualClock.run`.
 */
export async function drive(occurrences: readonly Occurrence[], until: number, ports: DriverPorts): Promise<void> {
  const { sandbox, clock, deployment, onProgress } = ports;
  let wake = () => {};
  // No rule of a deployment goes by the states of instances, of which EC2 tells far more often.
  const unsubscribe = sandbox.onEvent((event) => {
    if (event['detail-type'] !== INSTANCE_STATE_CHANGE) wake();
  });
  const next = (at: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.at(at, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  // What would come later than the end does not come.
  const order = occurrences.filter(({ at }) => at < until).sort((one, other) => one.at - other.at);
  for (const { at, happen } of [...order, { at: until, happen: async () => {} }]) {
    while (clock.now() < at) {
      await next(at);
      await deliver(deployment);
    }
    await happen();
    await deliver(deployment);
    onProgress(clock.now());
  }
  unsubscribe();
}

/**
 * Invokes a function. That a run failed in part is told on the bus and made good by a sweep; anything else that a
 * function throws is a defect.
 */
export async function invoke(deployment: Deployment, action: Action, payload: unknown): Promise<void> {
  try {
    await deployment.invoke(action, payload);
  } catch (error) {
    if (!(error instanceof PartialFailureError)) throw error;
  }
}

async function deliver(deployment: Deployment): Promise<void> {
  const errors = await deployment.deliver();
  const defect = errors.find((error) => !(error instanceof PartialFailureError));
  if (defect) throw defect;
}
