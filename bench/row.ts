/** What a measurement has to be for the bench to pass. */
export type Target = { readonly atMost: number } | { readonly atLeast: number } | { readonly exactly: number };

/** What one piece of the bench measures, at one size. */
export interface Row {
  readonly what: string;
  readonly value: number;
  /** What the value is of: `ms`, `MiB`, `calls an image`, `x` for a ratio. */
  readonly unit: string;
  /** Of the largest size. Absent: told for whoever wants to know. */
  readonly target?: Target;
  /** How many times as fast as the fleet the value may grow from the least size to the largest. */
  readonly growth?: Target;
  /** It is the same on every machine and at every size, so that small fleets show it too. */
  readonly anywhere?: true;
  /** What the value has to be compared with, or the circumstances that it holds in. */
  readonly note?: string;
}

/** What was measured of one thing at every size, the least first. */
export interface Line extends Omit<Row, 'value'> {
  readonly values: readonly number[];
  /** The largest size's value, in units of the least one's, to what the fleet grew. Absent where there is one size. */
  readonly grown?: number;
}

/**
 * Puts together what was measured at several sizes.
 *
 * @param rows of each size, the least first
 * @throws RangeError where a size has other rows than the others
 */
export function linesOf(sizes: readonly number[], rows: readonly (readonly Row[])[]): Line[] {
  const largest = rows.at(-1) ?? [];
  return largest.map(({ value, ...row }, index) => {
    const values = rows.map((ofSize) => {
      const same = ofSize[index];
      if (same?.what !== row.what) throw new RangeError(`'${row.what}' was not measured at every size`);
      return same.value;
    });
    const [least = value] = values;
    const [smallest = 1] = sizes;
    const grown = value / least / ((sizes.at(-1) ?? 1) / smallest);
    return { ...row, values, ...(sizes.length > 1 && { grown }) };
  });
}

/** Which targets of a line are missed, each in words. @param quick the sizes are small, and the machine is any */
export function missesOf({ what, unit, values, grown, target, growth, anywhere }: Line, quick: boolean): string[] {
  const value = values.at(-1) ?? Number.NaN;
  const misses: string[] = [];
  if (target && (!quick || anywhere) && isMissed(value, target)) {
    misses.push(`${what}: ${figure(value)} ${unit}, target ${targetText(target)}`);
  }
  if (growth && grown !== undefined && isMissed(grown, growth)) {
    misses.push(`${what}: grows ${figure(grown)} times as fast as the fleet, target ${targetText(growth)}`);
  }
  return misses;
}

function isMissed(value: number, target: Target): boolean {
  if ('atMost' in target) return !(value <= target.atMost);
  return 'atLeast' in target ? !(value >= target.atLeast) : value !== target.exactly;
}

export function targetText(target: Target): string {
  if ('atMost' in target) return `<= ${figure(target.atMost)}`;
  return 'atLeast' in target ? `>= ${figure(target.atLeast)}` : `= ${figure(target.exactly)}`;
}

/** Three digits that matter, and no more of what is no whole number. */
export function figure(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** The middle one of some measurements, of an even number the upper. @throws RangeError for none */
export function median(values: readonly number[]): number {
  const middle = [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('there is no median of nothing');
  return middle;
}
