import type { Instant } from '../../model/time.ts';

/** A replacement of an instance's root, as EC2 tells of it. */
export interface RootTask {
  readonly id: string;
  readonly image: string;
  /** `pending`, `in-progress`, `failing`, or one of those in which it ends. */
  readonly state: string;
  readonly startedAt: Instant;
}

/** `failed-detached`: the old root is not attached any more, and the new one never was. */
const FAILED: ReadonlySet<string> = new Set(['failed', 'failed-detached']);

export function hasTaskFailed({ state }: Pick<RootTask, 'state'>): boolean {
  return FAILED.has(state);
}

export function hasTaskEnded(task: Pick<RootTask, 'state'>): boolean {
  return task.state === 'succeeded' || hasTaskFailed(task);
}
