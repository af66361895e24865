import type { ImageRecord } from './image-record.ts';
import { governanceOf } from './kept.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';

const DAY = 24 * 60 * 60 * 1_000;
const USUAL = { percent: 20 };

/**
 * P8: no more marks than the cap less those of the last day. Marks of other runs count if they could be read when this
 * run began; its own do anyway.
 *
 * @param marked the images that the call is about to mark, all of them
 */
export function checkCaps(marked: readonly ImageRecord[], run: RunRecord, scene: Scene): void {
  const groups = Map.groupBy(marked, ({ stamp, region }) => `${stamp.policy}\n${region}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first || group.every((record) => record.mark.now !== undefined)) continue;
    checkCap(first, new Set(group), run, scene);
  }
}

function checkCap(first: ImageRecord, group: ReadonlySet<ImageRecord>, run: RunRecord, scene: Scene): void {
  const { maker, region, account, stamp } = first;
  const { maxPerDay = USUAL } =
    governanceOf(first, run.begun.promised, scene.book.lineageOf(first)).policy?.retire ?? {};
  const all = scene.book.underPolicy(maker, stamp.policy, { account, region });
  const cutoff = scene.cutoff(run, false);
  const counted = all.filter((record) => {
    const { now: mark, since } = record.mark;
    if (record.state.now === 'gone' || !record.intact.now) return false;
    if (group.has(record)) return true;
    return (
      mark !== undefined &&
      since > scene.now - DAY + 2 * scene.transit &&
      // What people write is no mark, whatever it says.
      mark.by !== 'people' &&
      (since <= cutoff || mark.by === run.begun.caller)
    );
  });
  const totalAt = (moment: number) =>
    all.filter((one) => one.createdAt <= moment && one.state.at(moment).value !== 'gone').length;
  const total = Math.max(totalAt(scene.now), totalAt(run.startedAt), totalAt(cutoff));
  const cap = 'count' in maxPerDay ? maxPerDay.count : Math.max(1, Math.floor((total * maxPerDay.percent) / 100));
  scene.expect(counted.length <= cap, 'P8', [...group], () => {
    return `${run.begun.caller} brings the marks of a day to ${counted.length} of ${total} images of ${stamp.policy} in ${region}, and the cap is ${cap}`;
  });
}
