import type { AccountId } from '../model/ids.ts';
import type { Image, Instance } from '../model/resources.ts';
import { type OwnedImage, readOwnership } from '../tagging/ownership.ts';
import { HOLD, SOURCE_INSTANCE } from '../tagging/tag-keys.ts';
import { versionOf } from '../tagging/version.ts';
import type { ChangeDecision, Decision } from './decision.ts';
import type { HoldImage } from './retire/changes.ts';
import { snapshotsOf } from './snapshots.ts';

/**
 * Writes the hold of its instance on an image and its snapshots.
 *
 * @param text the hold's reason; it may be empty
 * @param account that of the run
 */
export function holdDecision(owned: OwnedImage, text: string, account: AccountId): ChangeDecision<HoldImage> {
  const { image, stamp } = owned;
  const { region, id } = image;
  const { policy, lineage, slot, source } = stamp;
  const elsewhere = image.account !== account && { account: image.account };
  return {
    action: 'hold',
    subject: { kind: 'image', id, region },
    policy,
    lineage,
    version: versionOf(slot),
    reason: { code: 'hold', text: `its instance ${source.instance} is on hold: ${text || 'no reason given'}` },
    change: { kind: 'hold', region, ...elsewhere, image: id, snapshots: snapshotsOf(owned), text },
  };
}

/** What the holds of instances say; it may be empty. */
export function holdsByInstance(held: readonly Instance[]): ReadonlyMap<string, string> {
  return new Map<string, string>(held.map(({ id, tags }) => [id, tags[HOLD] ?? '']));
}

/**
 * Writes the hold of an instance on its images and their copies as soon as any run sees it: the instance may be gone
 * before the next sweep that retires.
 *
 * @param account that of the run, in which most of the images are
 */
export function stampHolds(
  deployment: string,
  account: AccountId,
  images: readonly Image[],
  held: readonly Instance[],
): Decision[] {
  const holds = holdsByInstance(held);
  if (holds.size === 0) return [];
  return images.flatMap((image): Decision[] => {
    // Most images are of instances that are not held, and need no closer look.
    const text = holds.get(image.tags[SOURCE_INSTANCE] ?? '');
    const owned = text === undefined ? undefined : readOwnership(image, deployment);
    if (text === undefined || owned?.kind !== 'ours' || owned.hold !== undefined) return [];
    return [holdDecision(owned, text, account)];
  });
}
