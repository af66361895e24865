import type { Effect } from '../../../sandbox/watcher.ts';
import type { ImageRecord, State } from './image-record.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt, textsAt } from './texts.ts';

/** On what the Recycle Bin keeps, by whoever put it there: on what is there again it says that a person wants it. */
export const BINNED = 'amikeep:binned';

const STATES: Readonly<Record<string, State>> = { available: 'available', disabled: 'disabled', failed: 'failed' };

/** Checks what a run takes out of the Recycle Bin: only what a person has named to have it back. */
export function checkTakenOut({ operation, input }: Effect, { begun }: RunRecord, scene: Scene): void {
  const id = textAt(input, 'ImageId') || textAt(input, 'SnapshotId');
  const image = id.startsWith('ami-') ? id : (scene.book.madeFor.get(id)?.id ?? '');
  const isAskedFor = begun.event.action === 'undo' && begun.event.images?.includes(image) === true;
  scene.expect(
    isAskedFor,
    'P1',
    [begun.caller, id],
    () => `${operation} of ${id} by ${begun.caller}: nobody asked for it`,
  );
}

/** Whether it was gone, and a person named it to have it back: EC2 shows no tags of what is in the bin, so it goes by its name. */
export function isAskedBack({ id, state }: ImageRecord, { begun, startedAt }: RunRecord): boolean {
  const { action, images } = begun.event;
  // All of a run may happen in the millisecond in which it begins.
  return action === 'undo' && images?.includes(id) === true && state.at(startedAt - 1).value === 'gone';
}

/** Takes down that an image is gone, and what went with it: what a run put into the bin is to stay once it is taken out. */
export function noteGone(
  { operation, input }: Effect,
  output: object,
  run: RunRecord | undefined,
  { book }: Scene,
): void {
  const id = textAt(input, operation === 'DeleteSnapshot' ? 'SnapshotId' : 'ImageId');
  const deleted = textsAt(output, 'DeleteSnapshotResults', 'SnapshotId');
  for (const one of [id, ...deleted]) {
    book.restored.delete(one);
    if (run === undefined) book.goneByRun.delete(one);
    else book.goneByRun.add(one);
  }
}

/** Takes down what is there again, and that it stays if it was a run that let it go. */
export function noteTakenOut({ input, region, account }: Effect, { book, sandbox, now }: Scene): void {
  const id = textAt(input, 'ImageId') || textAt(input, 'SnapshotId');
  if (book.goneByRun.has(id)) book.restored.set(id, now);
  const record = book.images.get(id);
  const state = STATES[sandbox.ec2.inspect.image(account, region, id)?.State ?? ''];
  if (record && state) record.state.set(now, state);
}

/** P6: what a person restored from the bin and has not let go stays where it is, the image or one of its snapshots. */
export function checkRestored(id: string, cutoff: number, record: ImageRecord, scene: Scene, what: () => string): void {
  const since = scene.book.restored.get(id);
  const isRestored = since !== undefined && since <= cutoff;
  scene.expect(!isRestored, 'P6', [id, record], () => `${what()}: a person restored it from the Recycle Bin`);
}

/** What the Recycle Bin has of an image. */
export function inBinOf({ id, account, region }: Pick<ImageRecord, 'id' | 'account' | 'region'>, { sandbox }: Scene) {
  return sandbox.ec2.inspect.recycleBin({ account, region }).find((binned) => binned.id === id);
}

/** P9: no snapshot goes that an image in the bin is made of. */
export function checkBinnedImage(
  id: string,
  { id: image, account, region }: ImageRecord,
  cutoff: number,
  scene: Scene,
  what: () => string,
): void {
  const inBin = inBinOf({ id: image, account, region }, scene);
  scene.expect(!inBin || inBin.enteredAt > cutoff, 'P9', [id, image], () => `${what()}: ${image} in the bin needs it`);
}
