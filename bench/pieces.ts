import type { Row } from './row.ts';

export interface Piece {
  readonly title: string;
  /**
   * Of how many instances the fleets are that it is measured with, the least first. Absent: it has nothing to do with
   * fleets, and is left out of what is quick.
   */
  readonly sizes?: { readonly full: readonly number[]; readonly quick: readonly number[] };
  /**
   * How many processes measure it, one unless given; of each row the least counts. For what can be measured only once
   * in a process, since it is to be cold: whatever else the machine does only adds to it.
   */
  readonly processes?: number;
  /** @param size of the fleet; 0 where the piece has no sizes */
  readonly measure: (size: number) => Promise<Row[]>;
}

/**
 * The pieces of the bench, each loaded only when it is measured: a piece runs in a process of its own, whose memory and
 * warmth are then nobody else's.
 */
export const PIECES: Readonly<Record<string, Piece>> = {
  sweeps: {
    title: 'Sweeps that find nothing to do, as deployed, over the wire',
    sizes: { full: [1000, 10_000], quick: [10, 100] },
    measure: async (size) => (await import('./large/sweeps.ts')).measureSweeps(size),
  },
  work: {
    title: 'Runs that have as much to do as one run takes on, bundled, over the wire',
    sizes: { full: [1000, 10_000], quick: [10, 100] },
    measure: async (size) => (await import('./large/work.ts')).measureWork(size),
  },
  pages: {
    title: 'Slow pages, on a virtual clock',
    sizes: { full: [1000, 10_000], quick: [10, 100] },
    measure: async (size) => (await import('./large/pages.ts')).measurePages(size),
  },
  calls: {
    title: 'EC2 calls in regular operation',
    sizes: { full: [200, 2000], quick: [20, 200] },
    measure: async (size) => (await import('./calls.ts')).measureCalls(size),
  },
  demo: {
    title: 'The demo, in process',
    measure: async () => (await import('./demo.ts')).measureDemo(),
  },
  night: {
    title: "A slot, its copies and the day after, under AWS's call rates, on a virtual clock",
    sizes: { full: [1000, 10_000], quick: [200, 1000] },
    measure: async (size) => (await import('./large/night.ts')).measureNight(size),
  },
  stock: {
    title: "Days on which each instance gets two images and loses two, under AWS's call rates, on a virtual clock",
    sizes: { full: [1000, 10_000], quick: [10, 100] },
    measure: async (size) => (await import('./large/stock.ts')).measureStock(size),
  },
  pacing: {
    title: "Pacing 1,000 changes under AWS's call rates, on a virtual clock",
    measure: async () => (await import('./pacing.ts')).measurePacing(1000),
  },
  drills: {
    title: "Drills: calls over the wire, and under AWS's call rates on a virtual clock",
    sizes: { full: [100], quick: [20] },
    measure: async (size) => (await import('./drills.ts')).measureDrills(size),
  },
  peers: {
    title: 'amikeep beside other tools, over the wire, each with 100 instances and the same images',
    measure: async () => (await import('./peers/peers.ts')).measurePeers(100),
  },
  plan: {
    title: 'Planning 100,000 images, the best of three processes',
    processes: 3,
    measure: async () => (await import('./plan.ts')).measurePlanning(),
  },
  retention: {
    title: 'Keep rules',
    measure: async () => (await import('./retention.ts')).measureRetention(),
  },
  bundles: {
    title: 'Handlers as deployed, as ratios to a bundle of a bare EC2Client',
    measure: async () => (await import('./bundles.ts')).measureBundles(24),
  },
  command: {
    title: 'The command, the best of three processes',
    processes: 3,
    measure: async () => (await import('./command.ts')).measureCommand(),
  },
};
