import type { Effect } from '../../../sandbox/watcher.ts';
import { HOLD, MARK, tagsOf } from './image-record.ts';
import { governanceOf } from './kept.ts';
import { concerns, type RunRecord, tellsOfOthers } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt } from './texts.ts';

const DAY = 24 * 60 * 60 * 1_000;
/** How old a snapshot is that no image names, before it counts as an orphan. */
const ORPHAN_AGE = 2 * DAY;

/** Checks a DeleteSnapshot before it happens, whether EC2 would let it happen or not. */
export function checkDeletion(effect: Effect, run: RunRecord, scene: Scene): void {
  const id = textAt(effect.input, 'SnapshotId');
  const what = () => `DeleteSnapshot of ${id} by ${run.begun.caller}`;
  const record = scene.book.madeFor.get(id);
  const found = scene.sandbox.ec2.inspect.snapshot(scene.account, effect.region, id);
  scene.expect(record?.maker === run.begun.deployment, 'P1', [id], () => `${what()}: it is not of this deployment`);
  if (!record || !found) return;
  const { snapshot, images } = found;
  scene.expect(images.length === 0, 'P9', [id, ...images], () => `${what()}: ${images.join(', ')} is made of it`);
  scene.expect(record.state.now === 'gone', 'P9', [id, record], () => `${what()}: its image ${record.id} is there`);
  const tags = tagsOf(snapshot);
  scene.expect(tags.get(HOLD) === undefined, 'P6', [id, record], () => `${what()}: it is on hold`);
  const shared = scene.book.kept
    .get(id)
    ?.find(({ how, since }) => how === 'shared' && since <= scene.cutoff(run, true));
  scene.expect(!shared, 'P9', [id, record], () => `${what()}: it is shared`);
  const marked = Date.parse((tags.get(MARK) ?? '').slice(0, '2026-11-23T02:00:00Z'.length));
  const age = scene.now - (snapshot.StartTime?.getTime() ?? scene.now);
  const isDue = scene.now - marked >= DAY || age >= ORPHAN_AGE;
  scene.expect(
    isDue,
    'P9',
    [id, record],
    () => `${what()}: it is ${age / 3_600_000} hours old, and no mark of a day is on it`,
  );
  const { retire } = governanceOf(record, run.begun.promised, scene.book.lineageOf(record));
  scene.expect(retire.mode === 'apply', 'P10', [id, record], () => `${what()}: its policy is in plan mode`);
  for (const [key, failed] of run.failedReads) {
    const { call } = failed;
    if (!concerns(failed, record)) continue;
    if (call.region !== effect.region || tellsOfOthers(call)) continue;
    const text = () => `${what()}: its ${call.operation} had ended with ${call.outcome}`;
    run.suspicions.push({ read: key, record, text });
  }
  const read = run.lastRead.get(`DescribeSnapshots ${effect.region}`) ?? Number.NEGATIVE_INFINITY;
  scene.expect(
    read >= scene.freshSince(effect.time),
    'P7',
    [id, record],
    () => `${what()}: it was not read again before`,
  );
}
