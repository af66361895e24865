import { RUNGS, type Rung } from '../../model/rungs.ts';
import { DAY, SECOND } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { REVOKED } from '../../tagging/tag-keys.ts';
import { lastVerdict, type Pass } from '../../tagging/verdict.ts';
import type { LineageInRegion } from '../lineages.ts';

/** What the drills of a lineage say of it in a region. */
type Members = Pick<LineageInRegion, 'images'>;

/** What is on its way out, revoked or not finished proves nothing of its lineage. */
export function isStartable({ image, mark }: OwnedImage): boolean {
  return image.state === 'available' && mark === undefined && image.tags[REVOKED] === undefined;
}

/**
 * The newest pass of a lineage that proves it as far as its policy asks. One of a lower rung does not, nor does that of a revoked
 * image, nor what somebody had started though a newer image had long been there that could have been. Where the newer ones have
 * failed, or people have disabled them, the newest that can be started is all that can be proven.
 */
export function newestProof(lineage: Members, check: Rung): Pass | undefined {
  return newest(
    lineage.images.flatMap((owned) => {
      const { passed, image } = owned;
      if (!passed || RUNGS.indexOf(passed.rung) < RUNGS.indexOf(check)) return [];
      return image.tags[REVOKED] === undefined && !isOutdated(owned, passed, lineage) ? [passed] : [];
    }),
  );
}

function newest(passes: readonly Pass[]): Pass | undefined {
  return passes.reduce<Pass | undefined>((one, other) => (one && one.at >= other.at ? one : other), undefined);
}

function isOutdated({ stamp }: OwnedImage, { at, seconds }: Pass, { images }: Members): boolean {
  const launchedAt = at - seconds * SECOND;
  return images.some(
    (other) => other.stamp.slot > stamp.slot && other.image.createdAt + DAY <= launchedAt && isStartable(other),
  );
}

/** How often in a row a lineage has failed, whichever of its images: a pass ends the row. */
export function failuresOf({ images }: Members): number {
  const verdicts = images.flatMap((owned) => lastVerdict(owned) ?? []);
  const last = verdicts.reduce<(typeof verdicts)[number] | undefined>(
    (one, other) => (one && one.at >= other.at ? one : other),
    undefined,
  );
  return last && 'failures' in last ? last.failures : 0;
}
