import type { Comparable } from './normalise.ts';

/** Something in which the sandbox and moto differ, and who of them is like AWS. */
export interface Disagreement {
  /** What AWS does, or what is not known of it. */
  readonly what: string;
  readonly right: 'sandbox' | 'moto' | 'neither' | 'unknown';
  /** Why it is so, in terms of both emulators. */
  readonly why: string;
  /** What the verdict rests on: a page of AWS's documentation, its API model, an answer that was recorded. */
  readonly rests: string;
  readonly seen: readonly Sighting[];
}

/** Where it shows. */
export interface Sighting {
  /** `making images: an image that is available`: the scenario, and the step in it. */
  readonly step: string;
  /** As in `Difference`. */
  readonly field: string;
  readonly sandbox: Comparable;
  readonly moto: Comparable;
}
