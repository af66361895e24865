import type { Row } from './row.ts';

export interface Piece {
  readonly title: string;
  /**
   * How many processes measure it, one unless given; of each row the least counts. For what can be measured only once
   * in a process, since it is to be cold: whatever else the machine does only adds to it.
   */
  readonly processes?: number;
  readonly measure: () => Promise<Row[]>;
}

/**
 * The pieces of the bench, each loaded only when it is measured: a piece runs in a process of its own, whose memory and
 * warmth are then nobody else's.
 */
export const PIECES: Readonly<Record<string, Piece>> = {
  plan: {
    title: 'Planning 100,000 images, the best of three processes',
    processes: 3,
    measure: async () => (await import('./plan.ts')).measurePlanning(),
  },
  retention: {
    title: 'Keep rules',
    measure: async () => (await import('./retention.ts')).measureRetention(),
  },
  calls: {
    title: 'EC2 calls, in regular operation',
    measure: async () => (await import('./calls.ts')).measureCalls([50, 500, 2000]),
  },
  pacing: {
    title: "Pacing 1,000 changes under AWS's call rates, on a virtual clock",
    measure: async () => (await import('./pacing.ts')).measurePacing(1000),
  },
  memory: {
    title: 'The least memory that does the heaviest runs',
    measure: async () => (await import('./memory.ts')).measureMemory(1000, 20),
  },
  bundles: {
    title: 'Handlers as deployed, as ratios to a bundle of a bare EC2Client',
    measure: async () => (await import('./bundles.ts')).measureBundles(24),
  },
};
