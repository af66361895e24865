/** What a measurement has to be for the bench to pass. */
export type Target = { readonly atMost: number } | { readonly exactly: number };

/** One line of the bench's table. */
export interface Row {
  readonly what: string;
  readonly value: number;
  /** What the value is of: `ms`, `MiB`, `calls an image`, `x` for a ratio. */
  readonly unit: string;
  /** Absent: told for whoever wants to know. */
  readonly target?: Target;
  /** What the value has to be compared with, or the circumstances that it holds in. */
  readonly note?: string;
}

export function isMissed({ value, target }: Row): boolean {
  if (!target) return false;
  return 'atMost' in target ? value > target.atMost : value !== target.exactly;
}

/** The middle one of some measurements, of an even number the upper. @throws RangeError for none */
export function median(values: readonly number[]): number {
  const middle = [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('there is no median of nothing');
  return middle;
}
