import { DAY, HOUR } from '../../lib/model/time.ts';
import type { Row } from '../row.ts';
import { onEstate } from './estate.ts';
import { expiredIn } from './images.ts';
import type { Tool } from './tool.ts';

/** Daily runs within which all that has expired is gone, if it ever is: one marks and one deregisters at least. */
const MOST_RUNS = 3;

/** EC2's calls, reads and all, for an image that is created, copied or retired, where nothing goes wrong. */
export async function measureToolCalls(tool: Tool, instances: number): Promise<Row[]> {
  const rows: Row[] = [];
  const row = (done: string, calls: number, note?: string): Row => ({
    what: `${tool.name}: EC2 calls, an image ${done}`,
    value: calls / instances,
    unit: 'an image',
    ...(note !== undefined && { note }),
  });
  if (tool.actions.includes('snapshot')) {
    const calls = await onEstate(tool, { instances, nights: 0, copied: true }, async (estate) => {
      await tool.run('snapshot', estate);
      return estate.sandbox.calls.total({ service: 'ec2' });
    });
    rows.push(row('created', calls));
  }
  if (tool.actions.includes('copy')) {
    const calls = await onEstate(tool, { instances, nights: 1, copied: true }, async (estate) => {
      await tool.run('copy', estate);
      return estate.sandbox.calls.total({ service: 'ec2' });
    });
    rows.push(row('copied', calls));
  }
  const retired = await onEstate(tool, { instances, nights: 2 }, async (estate) => {
    let runs = 0;
    while (runs < MOST_RUNS && expiredIn(estate).length > 0) {
      if (runs > 0) await estate.clock.advance(DAY + HOUR);
      await tool.run('retire', estate);
      runs += 1;
    }
    const left = expiredIn(estate).length;
    return row('retired', estate.sandbox.calls.total({ service: 'ec2' }), `${runs} runs, ${left} left`);
  });
  return [...rows, retired];
}
