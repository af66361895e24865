import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import type { SnapshotId, Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Image, Snapshot } from '../../model/resources.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { allOf, joinReadings } from '../calls/pages.ts';
import { exactly, MOST_FILTER_VALUES } from './filters.ts';
import { snapshotsBy } from './snapshots.ts';

/** The snapshots of an image that are under any key. */
export function encryptedOf({ devices }: Image): SnapshotId[] {
  return devices.flatMap(({ snapshot, encrypted }) => (snapshot && encrypted ? [snapshot] : []));
}

/**
 * Which snapshots are under a key that AWS keeps itself, which for EBS is the account's default one: neither they nor an
 * image of them can be shared. What key a snapshot is under never changes, so that is asked once a run.
 */
export class DefaultKeys {
  readonly #caller: Caller;
  readonly #isUnder = new Map<SnapshotId, boolean>();
  readonly #isAwss = new Map<string, Promise<Reading<boolean>>>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async among(target: Target, ids: readonly SnapshotId[]): Promise<Reading<ReadonlySet<SnapshotId>>> {
    const at = this.#caller.now();
    const unknown = ids.filter((id) => !this.#isUnder.has(id));
    const keys = await readKeys(this.#caller, target, unknown);
    const readings = await Promise.all(
      keys.value.map(async ({ id, kmsKey: key = '' }) => {
        const awss = this.#isAwss.get(key) ?? isKeptByAws(this.#caller, target, key);
        this.#isAwss.set(key, awss);
        const reading = await awss;
        if (reading.complete) this.#isUnder.set(id, reading.value);
        else this.#isAwss.delete(key);
        return reading;
      }),
    );
    const under = new Set(ids.filter((id) => this.#isUnder.get(id)));
    return allOf('keys of snapshots', at, [keys, ...readings], under);
  }
}

/** The snapshots that are under any key. */
async function readKeys(
  caller: Caller,
  target: Target,
  ids: readonly SnapshotId[],
): Promise<Reading<readonly Snapshot[]>> {
  const source = 'keys of snapshots';
  const isEncrypted = ({ kmsKey }: Snapshot) => kmsKey !== undefined;
  const parts = chunks(ids, MOST_FILTER_VALUES).map((part) =>
    snapshotsBy(caller, target, [exactly('snapshot-id', ...part)], source, isEncrypted),
  );
  return joinReadings(source, caller.now(), await Promise.all(parts));
}

async function isKeptByAws(caller: Caller, target: Target, key: string): Promise<Reading<boolean>> {
  const at = caller.now();
  const source = `key ${key}`;
  const command = () => new DescribeKeyCommand({ KeyId: key });
  const answer = await caller.to('kms').call(target, 'DescribeKey', (client) => client.send(command()));
  if (!answer.ok) {
    // AWS's own keys let everybody in the account ask. Where it is denied all the same, EC2's answers tell of each.
    if (answer.failure.meaning === 'denied') return completeReading(source, at, false);
    return partialReading(source, at, false, describeFailure(answer.failure));
  }
  return completeReading(source, at, answer.value.KeyMetadata?.KeyManager === 'AWS');
}
