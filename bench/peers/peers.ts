import type { Row } from '../row.ts';
import { amikeep } from './amikeep.ts';
import { measureToolCalls } from './calls.ts';
import { FAULTS, measureMaking, measureRetiring } from './faults.ts';
import { measureInUse } from './in-use.ts';
import { installPeers } from './programs.ts';
import type { Tool } from './tool.ts';

/** amikeep beside what other people run for their images, each on fleets of its own of so many instances. */
export async function measurePeers(instances: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const tool of [amikeep, ...(await installPeers())]) rows.push(...(await measureTool(tool, instances)));
  return rows;
}

/** What there is to tell of one tool. */
export async function measureTool(tool: Tool, instances: number): Promise<Row[]> {
  const rows = [...(await measureToolCalls(tool, instances)), ...(await measureInUse(tool))];
  for (const fault of Object.keys(FAULTS)) {
    if (tool.actions.includes('copy')) rows.push(...(await measureMaking(tool, instances, fault)));
    rows.push(...(await measureRetiring(tool, instances, fault)));
  }
  return rows;
}
