import type { Chance } from './chance.ts';

/** An instance that is to be launched. */
export interface Server {
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Beside the root, which comes with the image that it is launched from. */
  readonly volumes: readonly { readonly device: string; readonly size: number; readonly encrypted: boolean }[];
}

/** How many instances a fleet has at first, and how many of a hundred fleets have so many. */
const FLEET_SIZES: readonly (readonly [weight: number, sizes: readonly [least: number, most: number]])[] = [
  [75, [1, 2]],
  [20, [3, 4]],
  [5, [5, 10]],
];

/** The instances that there are at first. */
export function aFleet(chance: Chance, regions: readonly string[], backups: readonly string[]): Server[] {
  const [least, most] = chance.weighted(FLEET_SIZES);
  return Array.from({ length: chance.from(least, most) }, () => aServer(chance, regions, backups));
}

/** An instance that a policy selects, mostly. */
export function aServer(chance: Chance, regions: readonly string[], backups: readonly string[]): Server {
  const volumes = chance.weighted([
    [60, 0],
    [30, 1],
    [10, 2],
  ]);
  return {
    region: chance.pick(regions),
    tags: {
      Role: aRole(chance),
      Owner: chance.pick(['shop', 'data']),
      ...(chance.hits(0.9) && { Backup: chance.pick(backups) }),
      ...(chance.hits(0.1) && { Environment: 'scratch' }),
    },
    volumes: Array.from({ length: volumes }, (_, at) => ({
      device: `/dev/sd${'fg'[at]}`,
      size: chance.pick([8, 20, 100]),
      encrypted: chance.hits(0.3),
    })),
  };
}

/** What lineages may go by. There are few: some are shared, and then each instance has a lineage of its own. */
export function aRole(chance: Chance): string {
  return `role-${chance.below(8)}`;
}
