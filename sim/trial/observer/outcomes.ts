import type { RecordedCall } from '../../../sandbox/calls.ts';
import { isSelected } from './creations.ts';
import { concerns, type RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt } from './texts.ts';

const MOST_ATTEMPTS = 3;
/** Between two tries of a call: one that would come too late is not waited for. */
const LONGEST_PAUSE = 20_000;
/** As old as a read may be that a change rests on. */
const LONGEST_LOOK = 60_000;

export type RunEnd = 'well' | 'failed' | 'died';

/** Checks a run that has come to its end: P15, and of P12 that a slot whose event was accepted has its image. */
export function checkOutcome(run: RunRecord, end: RunEnd, scene: Scene): void {
  const { isCutShort } = run;
  for (const { read, at, record, text } of run.suspicions) {
    const failed = run.failedReads.get(read);
    if (failed && isCutShort && isOfLastLook(failed.call, at, run, scene)) continue;
    // What was tried again after the change belongs to a later look, which goes on beside it.
    const isOfChange = failed !== undefined && failed.call.time <= at && concerns(failed, record);
    scene.expect(!isOfChange, 'P4', [record, run.begun.caller], text);
  }
  if (end === 'died') return;
  const { caller, event } = run.begun;
  scene.expect(run.successors === 0 || end === 'well', 'P15', [caller], () => {
    return `${caller} sent its event on and ended with an error, so that it is tried and sent on again`;
  });
  const failures = [...[...run.failedReads.values()].map(({ call }) => call), ...failedChangesOf(run, scene)];
  const [first] = failures;
  const subjects = [caller, ...failures.map(({ requestId }) => requestId)];
  const told = run.told.map((text) => JSON.parse(text));
  const what = () =>
    `${first?.operation} in ${first?.region} ended with ${first?.outcome}${first?.lost ? ', lost' : ''}`;
  // What was cut short goes on in the next run, and fails there if it has to.
  scene.expect(
    !first || isCutShort || end === 'failed',
    'P15',
    subjects,
    () => `${caller} ended well, though its ${what()}`,
  );
  const isTold = told.length === 0 || told.some(({ failures: listed }) => listed?.length > 0);
  scene.expect(
    !first || isCutShort || isTold,
    'P15',
    subjects,
    () => `${caller} told of no failure, though its ${what()}`,
  );
  // What there was no time to read was not asked for: a run that failed for that is tried again.
  const hadTime = end === 'well' || scene.now < run.begun.stopAt - LONGEST_PAUSE;
  const isWhole = hadTime && run.failedReads.size === 0;
  if (event.action === 'snapshot' && event.mode === 'apply' && isWhole) checkSlot(run, scene);
}

/** Whether a read failed in a look that had no time to end, beside changes that rest on the look before it. */
function isOfLastLook(
  { operation, account, region, time }: RecordedCall,
  at: number,
  run: RunRecord,
  scene: Scene,
): boolean {
  const answered = run.lastRead.get(`${operation} ${account} ${region}`) ?? Number.NEGATIVE_INFINITY;
  return time >= scene.now - LONGEST_LOOK && answered < time && answered >= scene.freshSince(at);
}

/** Less what another run has done meanwhile: there is nothing left to be done. */
function failedChangesOf({ failedChanges }: RunRecord, { book }: Scene): readonly RecordedCall[] {
  const isDone = ({ operation, input }: RecordedCall) => {
    const image = book.images.get(textAt(input, 'ImageId'));
    if (image?.state.now === 'gone') return true;
    if (operation === 'DisableImage') return image?.state.now === 'disabled';
    return operation === 'EnableImageDeprecation' && image?.deprecated.now === true;
  };
  return [...failedChanges.values()].filter((call) => !isDone(call));
}

/** Every instance that the run had to make an image of has one, or was tried. */
function checkSlot(run: RunRecord, scene: Scene): void {
  const { begun, imaged, failedChanges, startedAt } = run;
  const { window, event, promised, caller, deployment } = begun;
  const policy = promised.policies.find(({ name }) => name === event.policy);
  const { account, region } = { account: scene.account, ...event.target };
  if (!window || !policy || region === undefined || run.told.length === 0) return;
  if (run.isCutShort || scene.now >= window.until || startedAt < window.slot) return;
  const images = scene.book.underPolicy(deployment, policy.name, { account, region }).filter(({ isCopy }) => !isCopy);
  for (const { id, region: place, account: owner, changedAt } of scene.book.instances.values()) {
    if (place !== region || owner !== account || changedAt >= startedAt || imaged.has(id)) continue;
    if (event.instances && !event.instances.includes(id)) continue;
    const instance = scene.sandbox.ec2.inspect.instance(account, region, id);
    if (!instance || !isSelected(policy, instance)) continue;
    // Other instances may share the lineage, so that its newest image may be one of theirs.
    const lineages = new Set(images.filter(({ stamp }) => stamp.instance === id).map(({ stamp }) => stamp.lineage));
    const excused = images.some(
      ({ stamp }) =>
        (stamp.instance === id || lineages.has(stamp.lineage) || policy.lineageTag !== undefined) &&
        stamp.slot >= window.slot,
    );
    const attempts = images.filter(({ stamp }) => stamp.instance === id && stamp.slot === window.slot).length;
    // Where it failed for another instance, it is that which must have stopped it.
    const promise = failedChanges.size > 0 ? 'P15' : 'P12';
    scene.expect(excused || attempts >= MOST_ATTEMPTS, promise, [caller, id], () => {
      return `${caller} made no image of ${id} for the slot ${new Date(window.slot).toISOString()} of ${policy.name}`;
    });
  }
}
