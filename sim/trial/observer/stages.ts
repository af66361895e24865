import type { RecordedCall } from '../../../sandbox/calls.ts';
import type { Effect } from '../../../sandbox/watcher.ts';
import { checkRestored } from './bin.ts';
import { HOLD, type ImageRecord, isGood, isKnown } from './image-record.ts';
import { type Governance, governanceOf, hasTwin, keptAt, slotsKept } from './kept.ts';
import type { PromisedCopy } from './promised.ts';
import { concerns, isRead, type RunRecord, tellsOfOthers } from './run-record.ts';
import type { Scene } from './scene.ts';
import { keptHow } from './snapshots.ts';

const DAY = 24 * 60 * 60 * 1_000;
/** A stage is written down before it is taken: by so much it may have been taken later. */
const STAGE_SLACK = 2 * 60 * 1_000;

export type Stage = 'mark' | 'deprecate' | 'disable' | 'deregister';

/** One step of one image on its way out, with all that bears on whether it may be taken. */
interface Step {
  readonly stage: Stage;
  readonly record: ImageRecord;
  readonly run: RunRecord;
  readonly effect: Effect;
  readonly governance: Governance;
  /** Facts that are older than this the run had to know. */
  readonly cutoff: number;
  /** Whether the lineage has ended, so that its last image may go as well. */
  readonly ended: boolean;
}

/** Checks that an image may take a step on its way out. To be called before the step is taken. */
export function checkStage(stage: Stage, record: ImageRecord, run: RunRecord, effect: Effect, scene: Scene): void {
  // Once more, of what has gone already: nothing comes of it.
  if (record.state.now === 'gone') return;
  const cutoff = scene.cutoff(run, stage !== 'mark');
  const governance = governanceOf(record, run.begun.promised, scene.book.lineageOf(record), cutoff);
  const step: Step = { stage, record, run, effect, governance, cutoff, ended: hasEnded(record, governance, scene) };
  const what = () => `${effect.operation} (${stage}) of ${nameOf(record)} by ${run.begun.caller}`;

  scene.expect(governance.retire.mode === 'apply', 'P10', [record], () => `${what()}: its policy is in plan mode`);
  checkEvidence(step, scene, what);
  checkUses(step, scene, what);
  const since = [cutoff, scene.now].map((moment) => record.hold.at(moment).value);
  scene.expect(
    !since.every((hold) => hold !== undefined),
    'P6',
    [record],
    () => `${what()}: it is on hold (${since[0]})`,
  );
  const instance = scene.book.heldInstance(record.stamp.instance);
  // A vault sees no instances of others: the hub's runs write their holds on what is there.
  const isSeen = instance !== undefined && instance.account === record.account && instance.since <= cutoff;
  scene.expect(!isSeen, 'P6', [record], () => `${what()}: its instance ${record.stamp.instance} is on hold`);
  const isBelieved = record.isCopy || !run.begun.promised.regions.includes(record.region);
  scene.expect(
    isBelieved || !scene.book.isEmptySince(record, cutoff),
    'P4',
    [record],
    () => `${what()}: there is no instance at all in the region, and nobody has vouched for it`,
  );
  const isProtected = record.isProtected.at(cutoff).value && record.isProtected.now;
  scene.expect(!isProtected, 'P3', [record], () => `${what()}: it is protected against deregistration`);
  checkSnapshots(step, scene, what);
  checkRestored(record.id, cutoff, record, scene, what);
  if (stage !== 'mark') checkMark(step, scene, what);
  const state = record.state.at(cutoff).value;
  if (state === 'failed') return;
  if (stage !== 'mark') checkDays(step, scene, what);
  const pending = !step.ended && state === 'pending' && record.state.now === 'pending';
  scene.expect(!pending, 'P2', [record], () => `${what()}: it is still being made`);
  checkNewest(step, scene, what);
  checkVerified(step, scene, what);
  checkKept(step, scene, what);
  if (!record.isCopy) checkCopies(step, scene, what);
}

type What = () => string;

/** P4 and P7: nothing that protects failed to be read, and what is to go was looked at again right before. */
function checkEvidence({ stage, record, run, effect, governance, ended }: Step, scene: Scene, what: What): void {
  const { account, region } = record;
  const copyRegions = record.isCopy || ended ? [] : (governance.policy?.copies ?? []).map((copy) => copy.region);
  for (const [read, failed] of run.failedReads) {
    const { call } = failed;
    if (!concerns(failed, record)) continue;
    const protects =
      (call.region === region && call.account === account && protectsImages(call)) ||
      (call.operation === 'DescribeImages' && copyRegions.includes(call.region));
    if (!protects) continue;
    const text = () => `${what()}: its ${call.operation} in ${call.region} had ended with ${call.outcome}`;
    run.suspicions.push({ read, at: effect.time, record, text });
  }
  if (stage === 'mark') return;
  for (const operation of ['DescribeImages', 'DescribeInstances']) {
    const read = run.lastRead.get(`${operation} ${account} ${region}`) ?? Number.NEGATIVE_INFINITY;
    scene.expect(read >= scene.freshSince(effect.time), 'P7', [record], () => {
      return `${what()}: its last ${operation} there was at ${read < 0 ? 'no time' : new Date(read).toISOString()}`;
    });
  }
}

/**
 * Whether a read protects images at every stage. One of snapshots on hold does, since a hold on one keeps its image; what
 * tells of others, of who names them or of the Recycle Bin does not.
 */
function protectsImages(call: RecordedCall): boolean {
  const { operation, input } = call;
  if (!isRead(operation) || tellsOfOthers(call)) return false;
  if (operation === 'DescribeImages') return !JSON.stringify(Object(input).Filters ?? []).includes('snapshot-id');
  if (operation === 'DescribeSnapshots') return JSON.stringify(Object(input).Filters ?? []).includes(HOLD);
  return !/Snapshot|RecycleBin/.test(operation);
}

/** P3. Who uses an image in another account EC2 tells of one image at a time: it is asked before each stage after the mark. */
function checkUses({ stage, record, cutoff }: Step, scene: Scene, what: What): void {
  const isElsewhere = (user: string) => (scene.book.instances.get(user)?.account ?? record.account) !== record.account;
  const users = scene.book.usersOf(record.id, cutoff).filter((user) => stage !== 'mark' || !isElsewhere(user));
  scene.expect(users.length === 0, 'P3', [record, ...users], () => `${what()}: ${users.join(', ')} uses it`);
}

/** P6 and P9: snapshots that people keep stay, and their image with them; one that is on hold keeps it from every stage. */
function checkSnapshots({ stage, record, cutoff }: Step, scene: Scene, what: What): void {
  for (const id of record.snapshots) {
    for (const how of keptHow(id, record, cutoff, scene)) {
      if (how !== 'held' && stage !== 'deregister') continue;
      scene.expect(false, how === 'held' ? 'P6' : 'P9', [record, id], () => `${what()}: its snapshot ${id} is ${how}`);
    }
  }
}

/** P8: a mark that has rested for a day as it is dated, and as it stands there, but for the way that its call took. */
function checkMark({ record, cutoff }: Step, scene: Scene, what: What): void {
  const seen = record.mark.at(cutoff);
  const stood = Date.parse(seen.value?.text.slice(0, '2026-11-23T02:00:00Z'.length) ?? '');
  // A mark of its own that people write back after it was taken off has rested as it is dated.
  const isWrittenBack =
    seen.value?.by === 'people' &&
    record.mark.everSo((mark) => mark !== undefined && mark.by !== 'people' && mark.text === seen.value?.text);
  const rested =
    seen.value !== undefined &&
    (isWrittenBack || scene.now - seen.at >= DAY - scene.transit) &&
    scene.now - stood >= DAY;
  scene.expect(rested, 'P8', [record], () => {
    const mark = seen.value === undefined ? 'it bears no mark' : `its mark is of ${new Date(seen.at).toISOString()}`;
    return `${what()}: ${mark}`;
  });
}

/** P8: the stages one after the other, each for its days. */
function checkDays({ stage, record, governance, cutoff }: Step, scene: Scene, what: What): void {
  const { deprecateDays = 0, disableDays = 0 } = governance.retire;
  const state = record.state.now;
  if (stage === 'disable' || (stage === 'deregister' && disableDays === 0 && state === 'available')) {
    const since = record.deprecated.now ? scene.now - record.deprecated.since : -1;
    const enough = deprecateDays === 0 || since >= deprecateDays * DAY - STAGE_SLACK;
    scene.expect(enough, 'P8', [record], () => `${what()}: it has to be deprecated for ${deprecateDays} days first`);
  }
  // What others share is not disabled, but stays for as long.
  if (stage === 'deregister' && disableDays > 0 && state === 'available' && scene.book.shared.has(record.id)) {
    const since =
      deprecateDays > 0 ? (record.deprecated.now ? record.deprecated.since : scene.now) : record.mark.since + DAY;
    const days = deprecateDays + disableDays;
    const enough = scene.now - since >= days * DAY - STAGE_SLACK;
    scene.expect(enough, 'P8', [record], () => `${what()}: others share it, so it has to stay for ${days} days first`);
  } else if (stage === 'deregister' && disableDays > 0) {
    const since = state === 'disabled' ? scene.now - disabledSince(record, deprecateDays) : -1;
    const before = record.state.at(cutoff);
    // Another run may have brought it back within the minute for which a look counts.
    const wasLong = before.value === 'disabled' && cutoff - before.at >= disableDays * DAY - STAGE_SLACK;
    const enough = since >= disableDays * DAY - STAGE_SLACK || (state === 'available' && wasLong);
    scene.expect(enough, 'P8', [record], () => `${what()}: it has to be disabled for ${disableDays} days first`);
  }
}

/** What a person disables was due to be disabled since the stage before was over, and counts from then. */
function disabledSince({ state, deprecated, mark, disabledByHand }: ImageRecord, deprecateDays: number): number {
  if (!disabledByHand.now) return state.since;
  return deprecated.now ? deprecated.since + deprecateDays * DAY : mark.since + DAY;
}

/** P2, and of P5 that the last good image stays. */
function checkNewest({ record, governance, cutoff, ended }: Step, scene: Scene, what: What): void {
  if (ended) return;
  const lineage = scene.book.lineageOf(record);
  const least = Math.max(1, governance.retire.minKeep ?? 1);
  const isAmongNewest = (moment: number) => {
    if (record.state.at(moment).value !== 'available') return false;
    const newer = lineage.filter(
      (other) =>
        other !== record &&
        other.region === record.region &&
        other.stamp.slot >= record.stamp.slot &&
        other.state.at(moment).value === 'available' &&
        other.intact.at(moment).value,
    );
    return newer.length < least;
  };
  scene.expect(!(isAmongNewest(cutoff) && isAmongNewest(scene.now)), 'P2', [record], () => {
    return `${what()}: it is one of the newest ${least} of its lineage there`;
  });
  const isLast = (moment: number) =>
    !lineage.some((other) => other !== record && isGood(other.state.at(moment).value) && other.intact.at(moment).value);
  scene.expect(!(isLast(cutoff) && isLast(scene.now)), 'P5', [record], () => `${what()}: its lineage has no other`);
}

/** P18: what is proven of a lineage in a region stays until something newer is. */
function checkVerified({ record, cutoff, ended }: Step, scene: Scene, what: What): void {
  const isLast = [cutoff, scene.now].every((moment) => scene.verified.isLast(record, moment));
  scene.expect(ended || !isLast, 'P18', [record], () => `${what()}: it is the newest there that was seen to come up`);
}

/** P11 and P14: what the keep rules want, counted from the newest image, stays; the stamped ones where there are no others. */
function checkKept({ record, governance, cutoff, ended }: Step, scene: Scene, what: What): void {
  if (ended) return;
  const here = scene.book.lineageOf(record).filter(({ region }) => region === record.region);
  const { slot } = record.stamp;
  const isKept = [scene.now, cutoff].every(
    (moment) => keptAt(here, governance, moment).has(slot) && !hasTwin(record, here, moment),
  );
  scene.expect(!isKept, governance.stamped ? 'P14' : 'P11', [record], () => {
    const whose = governance.stamped ? 'its stamped rules want' : `policy ${governance.policy?.name} wants`;
    return `${what()}: ${whose} it kept (${JSON.stringify(governance.rules)})`;
  });
}

/** P5: a source does not go while a copy of it that is wanted is not there. */
function checkCopies({ record, governance, cutoff, ended, run }: Step, scene: Scene, what: What): void {
  const { policy } = governance;
  if (ended || !policy || !run.begun.promised.regions.includes(record.region)) return;
  const lineage = scene.book.lineageOf(record);
  for (const copy of policy.copies) {
    const lacks = [cutoff, scene.now].every((moment) =>
      isWanting(record, lineage, copy, policy.schedule.timeZone, moment),
    );
    scene.expect(!lacks, 'P5', [record], () => `${what()}: its copy to ${copy.region} is wanted and not there`);
  }
}

/** Whether a copy of an image to a region is wanted at a moment, and is not available there. */
export function isWanting(
  record: ImageRecord,
  lineage: readonly ImageRecord[],
  { region, retention }: PromisedCopy,
  timeZone: string,
  moment: number,
): boolean {
  const stateOf = (one: ImageRecord) => (one.intact.at(moment).value ? one.state.at(moment).value : 'gone');
  const { slot } = record.stamp;
  const tried = lineage.filter((one) => one.region === region && stateOf(one) !== 'gone' && one.createdAt <= moment);
  const there = tried.filter((one) => stateOf(one) !== 'failed');
  if (there.some((one) => one.stamp.slot === slot && isGood(stateOf(one)))) return false;
  const sources = lineage.filter((one) => !one.isCopy && one.createdAt <= moment && isGood(stateOf(one)));
  const available = sources.filter((one) => stateOf(one) === 'available').map((one) => one.stamp.slot);
  // What people have hidden by tags is there all the same, as its name tells: it moves no beginning.
  const begun = lineage.filter((one) => one.region === region && isThereAt(one, moment));
  const start = begun.length > 0 ? Math.min(...begun.map((one) => one.stamp.slot)) : Math.max(...available);
  if (slot < start) return false;
  const slots = [...sources, ...there].map((one) => one.stamp.slot).filter((one) => one >= start);
  const before = Math.max(...sources.map((one) => one.stamp.slot).filter((one) => one < start));
  const all = Number.isFinite(before) ? [...slots, before] : slots;
  return slotsKept([...new Set(all)], retention, timeZone).has(slot);
}

function isThereAt({ createdAt, state }: ImageRecord, moment: number): boolean {
  return createdAt <= moment && state.at(moment).value !== 'gone';
}

/** Whether a lineage's source has been gone for so long that all of it may go. */
export function hasEnded(record: ImageRecord, { retire, policy }: Governance, scene: Scene): boolean {
  const days = retire.endAfterSourceGoneDays;
  if (typeof days !== 'number') return false;
  const lineage = scene.book.lineageOf(record);
  // By what is there, though people have hidden it: its name tells.
  const here = lineage.filter((one) => one.region === record.region && one.state.now !== 'gone' && isKnown(one));
  const newest = Math.max(...here.map(({ stamp }) => stamp.slot));
  if (scene.now < newest + days * DAY) return false;
  // What is gone from a place shows nobody any more what it was of; the places are its own and that of its source.
  const isShown = ({ region, state }: ImageRecord) =>
    state.now !== 'gone' && (region === record.region || region === record.stamp.sourceRegion);
  // One that was sealed as of another lineage shows nothing of that lineage's source.
  const isOfSource = (one: ImageRecord) => isShown(one) && isKnown(one) && !one.isAltered;
  const isOfLiving = lineage.some((one) => isOfSource(one) && scene.book.isLiving(one.stamp.instance));
  return !isOfLiving && !isContinued(record, policy?.lineageTag, scene);
}

/** Whether an instance that lives carries the tag value that goes on with a lineage. */
function isContinued({ stamp }: ImageRecord, lineageTag: string | undefined, scene: Scene): boolean {
  if (lineageTag === undefined) return false;
  return [...scene.book.instances.values()].some(({ id, account, region }) => {
    if (region !== stamp.sourceRegion || !scene.book.isLiving(id)) return false;
    const tags = scene.sandbox.ec2.inspect.instance(account, region, id)?.Tags ?? [];
    const value = tags.find(({ Key }) => Key === lineageTag)?.Value;
    // Instances that share a value have a lineage each, which nobody else goes on with.
    return [`${lineageTag}=${value}`, `${lineageTag}=${value}#${id}`].includes(stamp.lineage);
  });
}

export function nameOf({ id, name, region }: ImageRecord): string {
  return `${id} (${name}) in ${region}`;
}
