import type { Instant } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import type { LargeRegion } from '../large/region.ts';

/** What a tool is let loose on. */
export interface Estate extends LargeRegion {
  /** What the images that are there were made by. */
  readonly file: PolicyFile;
  /** Of the sandbox as a server. */
  readonly endpoint: string;
}

/** What makes, copies or retires images. */
export interface Tool {
  readonly name: string;
  /** What it can do at all. */
  readonly actions: readonly Action[];
  /** Whether the bench fails by what it does; of others it is only told. */
  readonly held: boolean;
  /** When the newest images are from that it finds. */
  readonly newest: Instant;
  /** Does an action as it is scheduled to, once; gives back whether it told that all went well. */
  run(action: Action, estate: Estate): Promise<boolean>;
}
