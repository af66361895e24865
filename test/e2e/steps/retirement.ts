import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { FRANKFURT, IRELAND } from '../history.ts';
import { assertUnchanged, imagesOf, snapshotIdsOf, standing } from '../images.ts';
import type { Outcomes } from '../outcomes.ts';
import { assertDone } from '../stack.ts';
import type { World } from '../world.ts';

/** Of nightly's four images and their copies some were marked a day ago, and one more in each region has expired since. */
export async function checkRetirement(checks: Checks, { stacks, sandbox }: World, outcomes: Outcomes): Promise<void> {
  const nightly = () => imagesOf(sandbox, 'shop', 'nightly');
  const snapshots = () => sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshot.SnapshotId);
  const before = nightly();
  const retire = async (mode: 'plan' | 'apply') => {
    assertDone(await stacks.shop.invoke('retire', { data: { action: 'retire', policy: 'nightly', mode } }));
    // The function sends itself an event for each of three regions, over the deployment's bus.
    const isOfThese = (run: { action: string; mode: string }) => run.action === 'retire' && run.mode === mode;
    return await outcomes.finished(`retirement in mode ${mode}`, 3, isOfThese);
  };

  await checks.check('retire in mode plan says what would go, in every region, and changes nothing', async () => {
    const runs = await retire('plan');
    const counts = new Map(runs.map((run) => [run.region, run.counts]));
    assert.deepEqual(counts.get(FRANKFURT), { 'keep keep-rule': 2, 'mark expired': 1, 'deregister expired': 1 });
    assert.deepEqual(counts.get(IRELAND), { 'keep keep-rule': 1, 'mark expired': 1, 'deregister expired': 2 });
    assert.deepEqual(counts.get('us-east-1'), {});
    assertUnchanged(nightly(), before);
  });
  await checks.check('retire in mode apply takes what was marked a day ago, and marks what expired since', async () => {
    const [, second = '', third = '', fourth = '', , , thirdCopy = '', fourthCopy = ''] = standing(before);
    const runs = await retire('apply');
    assert.deepEqual(
      runs.flatMap(({ failures }) => failures),
      [],
    );
    assert.deepEqual(standing(nightly()), [`${second} marked`, third, fourth, `${thirdCopy} marked`, fourthCopy]);
  });
  await checks.check('the snapshots of what went are gone, all others are there', async () => {
    const left = new Set(nightly().map(({ image }) => image.ImageId));
    const gone = snapshotIdsOf(before.filter(({ image }) => !left.has(image.ImageId)));
    assert.equal(gone.length, 3);
    const there = new Set(snapshots());
    assert.deepEqual(
      gone.filter((id) => there.has(id)),
      [],
    );
    assert.deepEqual(
      snapshotIdsOf(nightly()).filter((id) => !there.has(id)),
      [],
    );
  });
}
