import { BINNED, inBinOf } from './bin.ts';
import { isSelected } from './creations.ts';
import { History } from './history.ts';
import { HOLD, type ImageRecord, isGood, isIntact, MARK, type State, tagsOf } from './image-record.ts';
import { type Governance, governanceOf, hasTwin, isNewer, keptAt } from './kept.ts';
import type { Promised, PromisedCopy, SlotWindow } from './promised.ts';
import type { Scene } from './scene.ts';
import { ORPHAN_AGE } from './snapshots.ts';
import { hasEnded, isWanting, nameOf } from './stages.ts';
import { checkReturned } from './vaults.ts';

const DAY = 24 * 60 * 60 * 1_000;
const MOST_ATTEMPTS = 3;
/** What is younger may still be on its way. */
const YOUNG = 6 * 60 * 60 * 1_000;
/** What is older has seen sweeps enough since faults have ended. */
const OLD = 3 * DAY;

/** For so long after its slot an image may be tried again, where no policy says when the next slot is. */
const TRIED = 7 * DAY;

/** A deployment that had time to come to rest. */
export interface Settled {
  readonly promised: Promised;
  /** The accounts whose images it retires. */
  readonly accounts: readonly string[];
  /** When the last retire sweep began: what expired later may still be there. */
  readonly sweptAt: number;
  /** The slots that came in quiet times, long enough ago for their images to be there. */
  readonly slots: readonly (SlotWindow & { readonly policy: string })[];
}

/** Checks that everything has come about that was to come, now that nothing strikes any more. */
export function checkSettled({ promised, accounts, slots, sweptAt }: Settled, scene: Scene): void {
  for (const slot of slots) checkSlot(promised, accounts, slot, scene);
  for (const account of accounts) checkReturned(promised, account, scene);
  for (const lineage of scene.book.lineages()) {
    if (lineage[0]?.maker !== promised.deployment) continue;
    checkCopies(lineage, promised, scene);
    for (const record of lineage) {
      if (!record.intact.now || !accounts.includes(record.account)) continue;
      checkUnfinished(record, { promised, sweptAt }, scene);
      if (!isGood(record.state.now)) continue;
      checkHeld(record, scene);
      checkStanding(record, lineage, { promised, sweptAt }, scene);
    }
  }
  checkOrphans(promised, accounts, scene);
}

function checkSlot(
  promised: Promised,
  accounts: readonly string[],
  { policy: name, slot }: Settled['slots'][number],
  scene: Scene,
): void {
  const policy = promised.policies.find((one) => one.name === name);
  if (!policy) return;
  const made = [...scene.book.images.values()].filter(
    ({ maker, stamp, isCopy, state }) =>
      maker === promised.deployment &&
      stamp.policy === name &&
      stamp.slot === slot &&
      !isCopy &&
      // A failed attempt that has been cleared away was none all the same.
      !state.ever('failed'),
  );
  for (const { id, account, region, changedAt } of scene.book.instances.values()) {
    if (!accounts.includes(account)) continue;
    const instance = scene.sandbox.ec2.inspect.instance(account, region, id);
    if (!instance || !promised.regions.includes(region) || changedAt >= slot || !isSelected(policy, instance)) continue;
    const count = made.filter(({ stamp }) => stamp.instance === id).length;
    scene.expect(
      count === 1,
      'P12',
      [id],
      () => `slot ${new Date(slot).toISOString()} of ${name} has ${count} images of ${id}`,
    );
  }
}

function checkCopies(lineage: readonly ImageRecord[], promised: Promised, scene: Scene): void {
  const policy = promised.policies.find(({ name }) => name === lineage[0]?.stamp.policy);
  for (const record of lineage) {
    const isOld = record.createdAt < scene.now - YOUNG;
    const isSource = isOld && !record.isCopy && record.state.now === 'available' && record.intact.now;
    if (!isSource || !policy || !promised.regions.includes(record.region)) continue;
    if (hasEnded(record, governanceOf(record, promised, scene.book.lineageOf(record)), scene)) continue;
    for (const copy of policy.copies) {
      const tried = lineage.filter(
        ({ isCopy, region, stamp }) => isCopy && region === copy.region && stamp.slot === record.stamp.slot,
      );
      // People have taken it away, and it still has its name: that is refused, and told in every run.
      const isTaken =
        tried.some(({ state, intact }) => state.now !== 'gone' && !intact.now) ||
        hasForerunner(record, copy, lineage, scene);
      const lacks = isWanting(record, lineage, copy, policy.schedule.timeZone, scene.now);
      // A try counts whatever became of it: one that people took away is made again as one more.
      // What was sealed as of another lineage may have left its copies in the one that it was of.
      const excused =
        isTaken || tried.length >= MOST_ATTEMPTS || record.isAltered || mayBeHidden(record, copy, lineage, scene);
      scene.expect(!lacks || excused, 'convergence', [record, ...tried], () => {
        return `the copy of ${nameOf(record)} to ${copy.region} is wanted, and is not there in the end`;
      });
    }
  }
}

/** Whether something that people have hidden may be of a lineage, as it is of the same instance, though it is of another. */
function mayBeHidden(
  { maker, stamp, account, region }: ImageRecord,
  copy: PromisedCopy,
  lineage: readonly ImageRecord[],
  { book }: Scene,
): boolean {
  const places = [
    { account, region },
    { account: copy.account ?? account, region: copy.region },
  ];
  return places
    .flatMap((place) => book.underPolicy(maker, stamp.policy, place))
    .some((one) => {
      const isHidden = !one.intact.now && one.state.now !== 'gone';
      return isHidden && one.stamp.instance === stamp.instance && !lineage.includes(one);
    });
}

/**
 * Whether a region holds a copy of an image of the same instance and slot that people took away, from when instances shared
 * the tag value and each had a lineage of its own. Both copies would have one name.
 */
function hasForerunner(
  { maker, stamp, account: home }: ImageRecord,
  { account = home, region }: PromisedCopy,
  lineage: readonly ImageRecord[],
  { book }: Scene,
): boolean {
  return book
    .underPolicy(maker, stamp.policy, { account, region })
    .some(
      (other) =>
        other.isCopy &&
        other.state.now !== 'gone' &&
        other.stamp.slot === stamp.slot &&
        other.stamp.instance === stamp.instance &&
        !lineage.includes(other),
    );
}

/** Nothing is still being made, and what has failed is cleared away, once it is of no more use. */
function checkUnfinished(
  record: ImageRecord,
  { promised, sweptAt }: Pick<Settled, 'promised' | 'sweptAt'>,
  scene: Scene,
): void {
  const { state, region } = record;
  const isOld = state.since < scene.now - OLD;
  scene.expect(state.now !== 'pending' || !isOld, 'convergence', [record], () => `${nameOf(record)} is still pending`);
  if (state.now !== 'failed') return;
  const governance = governanceOf(record, promised, scene.book.lineageOf(record));
  // A failed copy is the trace of its attempt for as long as its version is wanted there.
  const here = scene.book.lineageOf(record).filter((one) => one.region === region);
  const isWanted = [sweptAt, scene.now].some(
    (moment) => record.isCopy && keptAt([...here, asIfGood(record)], governance, moment).has(record.stamp.slot),
  );
  const isOver = governance.policy !== undefined || record.stamp.slot + TRIED < scene.now - OLD;
  const isLeft = isOld && isOver && governance.retire.mode === 'apply' && !isSpared(record, scene) && !isWanted;
  const isExcused =
    record.mark.now !== undefined ||
    scene.book.isEmptySince(record, scene.now) ||
    marksOfDay(record, scene) > 0 ||
    mayBeOutdated(record, governance, scene);
  scene.expect(!isLeft || isExcused, 'convergence', [record], () => {
    return `${nameOf(record)} failed at ${new Date(state.since).toISOString()}, and is still there`;
  });
}

/** The same image, had it not failed. */
function asIfGood(record: ImageRecord): ImageRecord {
  return { ...record, state: new History<State>(record.createdAt, 'available') };
}

/** P6: an instance's hold stands on its images. */
function checkHeld(record: ImageRecord, scene: Scene): void {
  const held = scene.book.heldInstance(record.stamp.instance);
  const isStamped = held === undefined || held.since > scene.now - DAY || record.hold.now !== undefined;
  scene.expect(isStamped, 'P6', [record], () => {
    return `${record.stamp.instance} is on hold, and its image ${nameOf(record)} is not`;
  });
}

/** Whether people, or uses, keep an image from going; nobody knows of one whether it was in the bin that says so. */
function isSpared(record: ImageRecord, { book, verified, now, sandbox }: Scene): boolean {
  const { id, account, region, hold, isProtected, snapshots } = record;
  return (
    verified.isLast(record, now) ||
    hold.now !== undefined ||
    tagsOf(sandbox.ec2.inspect.image(account, region, id) ?? {}).has(BINNED) ||
    isProtected.now ||
    book.shared.has(id) ||
    snapshots.some((snapshot) => book.isKept(snapshot, record)) ||
    book.usersOf(id, now).length > 0
  );
}

/** An image that is there is kept, or spared, or on its way out; and one that is kept bears no mark. */
function checkStanding(
  record: ImageRecord,
  lineage: readonly ImageRecord[],
  { promised, sweptAt }: Pick<Settled, 'promised' | 'sweptAt'>,
  scene: Scene,
): void {
  const governance = governanceOf(record, promised, scene.book.lineageOf(record));
  if (hasEnded(record, governance, scene)) return;
  const { stamp, region, mark, isCopy } = record;
  const here = lineage.filter((one) => one.region === region);
  const isKept = (moment: number) => keptAt(here, governance, moment).has(stamp.slot);
  const isOne = !hasTwin(record, here, scene.now);
  // What people write is no mark: nothing comes of it, and nobody takes it off.
  const isMarked = mark.now !== undefined && mark.now.by !== 'people';
  scene.expect(!isOne || !isKept(scene.now) || !isKept(sweptAt) || !isMarked, 'convergence', [record], () => {
    return `${nameOf(record)} is kept and still bears the mark ${mark.now?.text}`;
  });
  if (mark.now !== undefined) return;
  const { retire, policy } = governance;
  const isNewest = (moment: number) =>
    here
      .filter((one) => one.state.at(moment).value === 'available' && one.intact.at(moment).value)
      .sort((one, other) => other.stamp.slot - one.stamp.slot)
      .slice(0, Math.max(1, retire.minKeep ?? 1))
      .includes(record);
  const awaited = isCopy || !promised.regions.includes(region) ? [] : (policy?.copies ?? []);
  const isWanted = [sweptAt, scene.now].some(
    (moment) =>
      isKept(moment) ||
      isNewest(moment) ||
      awaited.some((copy) => isWanting(record, lineage, copy, policy?.schedule.timeZone ?? 'UTC', moment)),
  );
  // Nothing of a lineage goes as long as a place that its policy copies to has none of it, whatever failed there.
  const lacksAll = [sweptAt, scene.now].some((moment) => {
    const isThere = (one: ImageRecord) => isGood(one.state.at(moment).value) && one.intact.at(moment).value;
    return awaited.some((copy) => !lineage.some((one) => one.region === copy.region && isThere(one)));
  });
  const isExempt = isSpared(record, scene) || isWanted || lacksAll || scene.book.isEmptySince(record, scene.now);
  if (retire.mode !== 'apply' || isExempt || mayBeOutdated(record, governance, scene)) return;
  scene.expect(
    marksOfDay(record, scene) > 0,
    'convergence',
    [record],
    () => `nothing explains why ${nameOf(record)} is not on its way out`,
  );
}

/** One mark a day at the least is always to be had: with one made today, the cap may be used up. */
function marksOfDay({ maker, stamp, account, region }: ImageRecord, { book, now }: Scene): number {
  const isOfDay = ({ mark }: ImageRecord) => mark.now !== undefined && mark.since > now - DAY;
  return book.underPolicy(maker, stamp.policy, { account, region }).filter(isOfDay).length;
}

/**
 * Whether nothing goes by what was stamped last, where a policy is gone: an image of it that people have hidden by its tags may
 * be a newer one of the same lineage. Which instances a lineage had that goes by a tag nobody can know of what is hidden.
 */
function mayBeOutdated(record: ImageRecord, { policy }: Governance, { book }: Scene): boolean {
  const { maker, stamp } = record;
  if (policy || !stamp.lineage.includes('=')) return false;
  return book
    .underPolicy(maker, stamp.policy, record)
    .some((one) => !one.intact.now && one.state.now !== 'gone' && isNewer(one, record));
}

/** Snapshots that a marked image left behind. Of what people leave nothing proves whose it is. */
function checkOrphans(promised: Promised, accounts: readonly string[], scene: Scene): void {
  for (const [id, record] of scene.book.madeFor) {
    if (record.maker !== promised.deployment || record.state.now !== 'gone') continue;
    if (!accounts.includes(record.account)) continue;
    const found = scene.sandbox.ec2.inspect.snapshot(record.account, record.region, id);
    const orphanedAt = (found?.snapshot.StartTime?.getTime() ?? 0) + ORPHAN_AGE;
    const tags = tagsOf(found?.snapshot ?? {});
    const governance = governanceOf(record, promised, scene.book.lineageOf(record));
    const isLeft =
      found !== undefined &&
      found.images.length === 0 &&
      // Whose a share is that nobody can tell of an image which is gone, only people know.
      found.permissions.length === 0 &&
      inBinOf(record, scene) === undefined &&
      tags.get('amikeep:deployment') === promised.deployment &&
      !tags.has(HOLD) &&
      !tags.has(BINNED) &&
      record.mark.now !== undefined &&
      record.mark.now.by !== 'people' &&
      tags.get(MARK) === record.mark.now.text &&
      isIntact(tags, record) &&
      !scene.book.kept.has(id) &&
      governance.retire.mode === 'apply' &&
      !mayBeOutdated(record, governance, scene) &&
      Math.max(record.state.since, orphanedAt) < scene.now - OLD &&
      !scene.book.isEmptySince(record, scene.now);
    scene.expect(
      !isLeft,
      'convergence',
      [id, record],
      () => `${id} is still there, and its image ${record.id} has gone`,
    );
  }
}
