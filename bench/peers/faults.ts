import type { Target } from '../../lib/model/ids.ts';
import { DAY, HOUR } from '../../lib/model/time.ts';
import type { FaultRule } from '../../sandbox/fault-rule.ts';
import { DR, HOME } from '../inventory.ts';
import type { Row } from '../row.ts';
import { count } from './count.ts';
import { onEstate } from './estate.ts';
import { expiredIn, imagesIn, orphansIn } from './images.ts';
import type { Estate, Tool } from './tool.ts';

/** What goes wrong with EC2's calls, in words. */
export const FAULTS: Readonly<Record<string, FaultRule>> = {
  '40 % throttled': { kind: 'throttle', service: 'ec2', probability: 0.4 },
  '20 % of answers lost': { kind: 'lost-answer', service: 'ec2', probability: 0.2 },
};

/** What two daily runs leave of what has expired, while calls go wrong. */
export async function measureRetiring(tool: Tool, instances: number, fault: string): Promise<Row[]> {
  return await onEstate(tool, { instances, nights: 2 }, async (estate) => {
    strike(estate, fault);
    const first = await tool.run('retire', estate);
    await estate.clock.advance(DAY + HOUR);
    const second = await tool.run('retire', estate);
    const left = expiredIn(estate).length;
    const lost = instances + left - imagesIn(estate).length;
    return [
      count(tool, `${fault}: expired images left, of ${instances}`, {
        ...{ value: left, wanted: 0, note: toldOf(first, second) },
      }),
      count(tool, `${fault}: snapshots left without an image`, { value: orphansIn(estate), wanted: 0 }),
      count(tool, `${fault}: newest images lost`, { value: lost, wanted: 0 }),
    ];
  });
}

/** What two runs of one night leave undone or do twice, while calls go wrong. */
export async function measureMaking(tool: Tool, instances: number, fault: string): Promise<Row[]> {
  const makes = tool.actions.includes('snapshot');
  return await onEstate(tool, { instances, nights: makes ? 0 : 1, copied: true }, async (estate) => {
    strike(estate, fault);
    const told = new Map<Target, boolean[]>([
      [HOME, []],
      [DR, []],
    ]);
    for (let run = 0; run < 2; run++) {
      if (makes) told.get(HOME)?.push(await tool.run('snapshot', estate));
      await estate.clock.advance(2 * HOUR);
      told.get(DR)?.push(await tool.run('copy', estate));
      await estate.clock.advance(2 * HOUR);
    }
    const rows = (what: string, home: Target): Row[] => {
      const { missing, doubled } = countIn(estate, instances, home);
      const note = toldOf(...(told.get(home) ?? []));
      return [
        count(tool, `${fault}: ${what} missing, of ${instances}`, { value: missing, wanted: 0, note }),
        count(tool, `${fault}: ${what} made twice`, { value: doubled, wanted: 0 }),
      ];
    };
    return [...(makes ? rows('images', HOME) : []), ...rows('copies', DR)];
  });
}

function strike({ sandbox }: Estate, fault: string): void {
  const rule = FAULTS[fault];
  if (!rule) throw new TypeError(`there is no fault '${fault}'`);
  sandbox.faults.add(rule);
}

/** Of an image for each instance, how many are not there and how many there are twice. */
function countIn(estate: Estate, instances: number, home: Target): { missing: number; doubled: number } {
  const images = imagesIn(estate, home);
  const sources = new Set(images.map((image) => (home === HOME ? image.SourceInstanceId : image.SourceImageId)));
  return { missing: instances - sources.size, doubled: images.length - sources.size };
}

function toldOf(...told: readonly boolean[]): string {
  return `${told.filter((well) => !well).length} of ${told.length} runs told of failure`;
}
