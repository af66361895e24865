import type { Effect } from '../../../sandbox/watcher.ts';
import { HOLD } from './image-record.ts';
import type { Promised } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { nameOf } from './stages.ts';
import { textAt, textsAt } from './texts.ts';

const GRANTS = ['LaunchPermission', 'CreateVolumePermission'] as const;

/**
 * P13 and P23: a run shares with nobody but with an account that the file says its policy copies into, and takes back from
 * nobody else; nothing becomes public.
 */
export function checkSharing(effect: Effect, run: RunRecord, scene: Scene): void {
  const { operation, input } = effect;
  const { book } = scene;
  const { promised, caller } = run.begun;
  const id = textAt(input, 'ImageId') || textAt(input, 'SnapshotId');
  const record = book.images.get(id) ?? book.madeFor.get(id);
  const what = () => `${operation} of ${id} by ${caller}`;
  const groups = [...textsAt(input, 'UserGroups'), ...textsAt(input, 'GroupNames')];
  const users = (does: 'Add' | 'Remove') => GRANTS.flatMap((grant) => textsAt(input, grant, does, 'UserId'));
  const named = GRANTS.flatMap((grant) => textsAt(input, grant, 'Add', 'Group')).concat(groups);
  scene.expect(named.length === 0, 'P13', [id], () => `${what()}: it names ${named.join(', ')}`);
  const policy = promised.policies.find(({ name }) => name === record?.stamp.policy);
  const vaults = (policy?.copies ?? []).flatMap(({ account }) => account ?? []);
  const isForCopy = users('Add').every((user) => vaults.includes(user));
  scene.expect(isForCopy, 'P23', [id], () => `${what()}: shares it with ${users('Add').join(', ')}`);
  const accounts = (promised.accounts ?? []).map((account) => account.id);
  const isOurs = users('Remove').every((user) => accounts.includes(user));
  scene.expect(isOurs, 'P13', [id], () => `${what()}: takes it back from ${users('Remove').join(', ')}`);
}

/** P1: in an account that is neither the deployment's own nor one of its sources it copies, and writes holds on what is there of it. */
export function checkElsewhere({ operation, input, account, region }: Effect, run: RunRecord, scene: Scene): void {
  const { begun } = run;
  const isSource = begun.promised.accounts?.some(({ id, vault }) => id === account && vault !== true) === true;
  if (account === begun.account || isSource) return;
  const isHold = operation === 'CreateTags' && textsAt(input, 'Tags', 'Key').every((key) => key === HOLD);
  scene.expect(operation === 'CopyImage' || isHold, 'P1', [begun.caller], () => {
    return `${operation} by ${begun.caller} in ${account}, ${region}, where its deployment may only copy`;
  });
}

/** P13: once nothing is under way any more, nothing is shared with a vault that we shared for a copy. */
export function checkReturned(promised: Promised, account: string, scene: Scene): void {
  const vaults = (promised.accounts ?? []).filter(({ vault }) => vault === true).map(({ id }) => id);
  if (vaults.length === 0) return;
  const { book, sandbox } = scene;
  const { inspect } = sandbox.ec2;
  const all = [
    ...inspect.images({ account }).map(({ image, permissions }) => ({ id: image.ImageId ?? '', permissions })),
    ...inspect
      .snapshots({ account })
      .map(({ snapshot, permissions }) => ({ id: snapshot.SnapshotId ?? '', permissions })),
  ];
  for (const { id, permissions } of all) {
    const record = book.images.get(id) ?? book.madeFor.get(id);
    // Nobody knows whose it is of what people have hidden, and of what others disabled EC2 has forgotten it.
    if (record?.maker !== promised.deployment || !record.intact.now || record.state.now === 'gone') continue;
    // One that was sealed as of another lineage waits for a copy whose name that lineage has taken.
    if (record.isAltered || scene.loans.isForgotten(record)) continue;
    const isLent = permissions.some(({ UserId }) => UserId !== undefined && vaults.includes(UserId));
    scene.expect(!isLent, 'P13', [record, id], () => `${id} of ${nameOf(record)} is still shared with the vault`);
  }
}
