import type { Reading } from '../../model/reading.ts';
import type { Image, Snapshot } from '../../model/resources.ts';
import { authenticate } from '../../tagging/authenticate.ts';
import type { SealCheck } from '../../tagging/seal-check.ts';
import type { Caller } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';

/** What was found out of a record, by which check. A client in process hands out the same record again and again. */
interface Known<R> {
  readonly check: SealCheck | undefined;
  /** Whether the check knows all keys that are believed. */
  readonly complete: boolean;
  readonly result: R;
}

const images = new WeakMap<Image, Known<Image>>();
const snapshots = new WeakMap<Snapshot, Known<Snapshot>>();

/** Checks the seals of images as they are read. Where the key can't be read, each says so. */
export async function imageAuthenticator(caller: Caller, sealKey: SealKey): Promise<(image: Image) => Image> {
  return remembering(images, await sealKey.check(caller));
}

/** The same for snapshots. */
export async function snapshotAuthenticator(
  caller: Caller,
  sealKey: SealKey,
): Promise<(snapshot: Snapshot) => Snapshot> {
  return remembering(snapshots, await sealKey.check(caller));
}

function remembering<R extends Image | Snapshot>(
  known: WeakMap<R, Known<R>>,
  { value: check, complete }: Reading<SealCheck | undefined>,
) {
  return (resource: R): R => {
    const before = known.get(resource);
    if (before && before.check === check && before.complete === complete) return before.result;
    const result = authenticate(resource, check, complete);
    known.set(resource, { check, complete, result });
    return result;
  };
}
