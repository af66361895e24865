import type { Region } from '../lib/model/ids.ts';

/** A client for each region, made when it is first asked for. */
export function oneEach<C extends { destroy(): void }>(make: (region: Region) => C) {
  const known = new Map<Region, C>();
  return {
    of: (region: Region): C => {
      const client = known.get(region) ?? make(region);
      known.set(region, client);
      return client;
    },
    close: () => {
      for (const client of known.values()) client.destroy();
    },
  };
}
