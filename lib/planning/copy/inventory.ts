import type { PlaceKey, Target } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Image, Instance } from '../../model/resources.ts';
import type { Policy } from '../../policy/policy.ts';
import type { SharingById } from './lending.ts';

/** What the copy planner looks at: the sources of one region and what the places of copies hold of them. */
export interface CopyInventory {
  readonly target: Target;
  readonly sources: Reading<readonly Image[]>;
  readonly destinations: ReadonlyMap<PlaceKey, Destination>;
  /** The instances of the source region that are on hold, those that were terminated lately too. */
  readonly held: Reading<readonly Instance[]>;
  /** Of the sources that another account is to copy. */
  readonly sharing: Reading<SharingById>;
}

export interface Destination {
  /** Copies whose source is in the target's region. */
  readonly copies: Reading<readonly Image[]>;
  /** How many copies AWS is working on in this place, anybody's included. */
  readonly inFlight: Reading<number>;
}

export interface CopyRequest {
  readonly deployment: string;
  readonly policies: readonly Policy[];
  /** How many copies may be in flight to one place at a time. */
  readonly maxInFlight: number;
  /** How many of those this run may start: runs for other source regions may be counting at the same moment. */
  readonly maxStarted: number;
}
