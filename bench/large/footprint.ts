import { z } from 'zod';

export const footprintSchema = z.object({ peakMiB: z.number(), processorSeconds: z.number() });

/** What one invocation of a function took. */
export type Footprint = z.output<typeof footprintSchema>;

/** What this process took until now. */
export function footprint(): Footprint {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return { peakMiB: maxRSS / 1024, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 };
}
