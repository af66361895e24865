import { zoneNotFound } from '../errors.ts';

/** An Availability Zone of a region, by its name and by its id, which is the same in every account. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** What ids have of a direction: `ne` of `northeast`. */
const directions: Readonly<Record<string, string>> = {
  central: 'c',
  east: 'e',
  north: 'n',
  northeast: 'ne',
  northwest: 'nw',
  south: 's',
  southeast: 'se',
  southwest: 'sw',
  west: 'w',
};

/**
 * A zone that a call names in either way. A region has six, `eu-central-1a` to `f`; that `a` is `euc1-az1` in every
 * account is the sandbox's own choice.
 *
 * @throws InvalidZone.NotFound.
 */
export function zoneOf(region: string, { name, id }: { readonly name?: string; readonly id?: string }): Zone {
  const zone = zones(region).find((one) => (name === undefined || one.name === name) && (id ?? one.id) === one.id);
  if (!zone) throw zoneNotFound(name ?? id ?? '');
  return zone;
}

function zones(region: string): readonly Zone[] {
  const [continent = '', direction = '', number = ''] = region.split('-');
  const prefix = `${continent}${directions[direction] ?? direction}${number}`;
  return [...'abcdef'].map((letter, index) => ({ name: `${region}${letter}`, id: `${prefix}-az${index + 1}` }));
}
