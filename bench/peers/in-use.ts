import { DAY, HOUR, MINUTE } from '../../lib/model/time.ts';
import type { Row } from '../row.ts';
import { count } from './count.ts';
import { onEstate } from './estate.ts';
import { expiredIn, imagesIn } from './images.ts';
import type { Tool } from './tool.ts';
import { setTrap, TRAPS, type Trap } from './traps.ts';

/** Daily runs within which what nobody uses is gone, if it ever goes. */
const MOST_RUNS = 2;

/** Of images that have expired, how many a tool takes away that are in use, each in another way, and how many that are not. */
export async function measureInUse(tool: Tool): Promise<Row[]> {
  const lost: string[] = [];
  const kept: string[] = [];
  for (const [user, trap] of Object.entries(TRAPS)) {
    const left = await leftBy(tool, trap);
    if (!left.used) lost.push(user);
    if (left.unused) kept.push(user);
  }
  const of = Object.keys(TRAPS).length;
  return [
    count(tool, `images in use lost, of ${of}`, { value: lost.length, wanted: 0, note: lost.join(', ') }),
    count(tool, `images that nobody uses gone, one beside each, of ${of}`, {
      ...{ value: of - kept.length, wanted: of },
      ...(kept.length > 0 && { note: `not beside ${kept.join(', ')}` }),
    }),
  ];
}

/** Of two images of one instance that have expired, one of them in use, which are still there once the tool is done. */
async function leftBy(tool: Tool, trap: Trap): Promise<{ used: boolean; unused: boolean }> {
  return await onEstate(tool, { instances: 1, nights: 3 }, async (estate) => {
    const [used = '', unused = ''] = expiredIn(estate);
    const isThere = (id: string) => imagesIn(estate).some(({ ImageId }) => ImageId === id);
    await setTrap(estate.sandbox, trap, used);
    await estate.clock.advance(10 * MINUTE);
    for (let run = 0; run < MOST_RUNS && isThere(unused); run++) {
      if (run > 0) await estate.clock.advance(DAY + HOUR);
      await tool.run('retire', estate);
    }
    return { used: isThere(used), unused: isThere(unused) };
  });
}
