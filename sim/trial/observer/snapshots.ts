import type { Effect } from '../../../sandbox/watcher.ts';
import { checkBinnedImage, checkRestored } from './bin.ts';
import type { Keeping } from './book.ts';
import { HOLD, type ImageRecord, MARK, type Place, tagsOf } from './image-record.ts';
import { governanceOf } from './kept.ts';
import { concerns, isRead, type RunRecord, tellsOfOthers } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt } from './texts.ts';

const DAY = 24 * 60 * 60 * 1_000;
/** How old a snapshot is that no image names, before it counts as an orphan. */
export const ORPHAN_AGE = 2 * DAY;

/** Checks the mark that is put on a snapshot whose image is gone, before it happens. */
export function checkOrphanMark(id: string, record: ImageRecord, effect: Effect, run: RunRecord, scene: Scene): void {
  const found = scene.sandbox.ec2.inspect.snapshot(effect.account, effect.region, id);
  if (!found) return;
  const what = () => `CreateTags of a mark on ${id} by ${run.begun.caller}`;
  checkGone(id, record, found.images, scene, what);
  const age = scene.now - (found.snapshot.StartTime?.getTime() ?? scene.now);
  scene.expect(age >= ORPHAN_AGE, 'P9', [id, record], () => `${what()}: it is ${age / 3_600_000} hours old`);
  for (const how of keptHow(id, record, scene.cutoff(run, false), scene)) {
    scene.expect(false, how === 'held' ? 'P6' : 'P9', [id, record], () => `${what()}: it is ${how}`);
  }
  checkRestored(id, scene.cutoff(run, false), record, scene, what);
  checkMode(id, record, run, scene, what);
  suspect(record, effect, run, what);
}

/** How people keep a snapshot, as far as they did so by then: a lock ends, which the book does not follow. */
export function keptHow(id: string, { account, region }: Place, cutoff: number, scene: Scene): readonly Keeping[] {
  const isLocked = () => scene.sandbox.ec2.inspect.snapshot(account, region, id)?.locked === true;
  const since = (scene.book.kept.get(id) ?? []).filter((one) => one.since <= cutoff).map(({ how }) => how);
  return since.filter((how) => how !== 'locked' || isLocked());
}

/** Checks a DeleteSnapshot before it happens, whether EC2 would let it happen or not. */
export function checkDeletion(effect: Effect, run: RunRecord, scene: Scene): void {
  const id = textAt(effect.input, 'SnapshotId');
  const what = () => `DeleteSnapshot of ${id} by ${run.begun.caller}`;
  const record = scene.book.madeFor.get(id);
  const found = scene.sandbox.ec2.inspect.snapshot(effect.account, effect.region, id);
  scene.expect(record?.maker === run.begun.deployment, 'P1', [id], () => `${what()}: it is not of this deployment`);
  if (!record || !found) return;
  const { snapshot, images } = found;
  checkGone(id, record, images, scene, what);
  const tags = tagsOf(snapshot);
  scene.expect(tags.get(HOLD) === undefined, 'P6', [id, record], () => `${what()}: it is on hold`);
  const shared = scene.book.kept
    .get(id)
    ?.find(({ how, since }) => how === 'shared' && since <= scene.cutoff(run, true));
  scene.expect(!shared, 'P9', [id, record], () => `${what()}: it is shared`);
  checkRestored(id, scene.cutoff(run, true), record, scene, what);
  checkBinnedImage(id, record, scene.cutoff(run, true), scene, what);
  const marked = Date.parse((tags.get(MARK) ?? '').slice(0, '2026-11-23T02:00:00Z'.length));
  scene.expect(scene.now - marked >= DAY, 'P9', [id, record], () => `${what()}: no mark of a day is on it`);
  checkMode(id, record, run, scene, what);
  suspect(record, effect, run, what);
  const read = run.lastRead.get(`DescribeSnapshots ${effect.account} ${effect.region}`) ?? Number.NEGATIVE_INFINITY;
  scene.expect(
    read >= scene.freshSince(effect.time),
    'P7',
    [id, record],
    () => `${what()}: it was not read again before`,
  );
}

type What = () => string;

function checkGone(id: string, record: ImageRecord, users: readonly string[], scene: Scene, what: What): void {
  scene.expect(users.length === 0, 'P9', [id, ...users], () => `${what()}: ${users.join(', ')} is made of it`);
  scene.expect(record.state.now === 'gone', 'P9', [id, record], () => `${what()}: its image ${record.id} is there`);
}

function checkMode(id: string, record: ImageRecord, run: RunRecord, scene: Scene, what: What): void {
  const { retire } = governanceOf(record, run.begun.promised, scene.book.lineageOf(record));
  scene.expect(retire.mode === 'apply', 'P10', [id, record], () => `${what()}: its policy is in plan mode`);
}

/** P4: notes the reads of what protects snapshots that have failed so far. */
function suspect(record: ImageRecord, effect: Effect, run: RunRecord, what: What): void {
  for (const [read, failed] of run.failedReads) {
    const { call } = failed;
    if (
      !isRead(call.operation) ||
      !concerns(failed, record) ||
      call.region !== effect.region ||
      call.account !== effect.account ||
      tellsOfOthers(call)
    )
      continue;
    run.suspicions.push({
      read,
      at: effect.time,
      record,
      text: () => `${what()}: its ${call.operation} had ended with ${call.outcome}`,
    });
  }
}
