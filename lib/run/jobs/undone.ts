import { SECOND } from '../../model/time.ts';
import type { ChangeDecision } from '../../planning/decision.ts';
import type { BringBackImage, RestoreImage } from '../../planning/retire/changes.ts';
import { type OwnedImage, readOwnership } from '../../tagging/ownership.ts';
import { FRESH_FOR } from '../cycle/stages.ts';
import type { Applied, Carried, Withdrawn } from '../ports.ts';
import type { CycleResult, CycleSettings } from './job.ts';

/** For a call that another run began last of all to have its effect. */
const LAST_CALL = 10 * SECOND;

/**
 * The same result, with what has come of the images by the time at which no other run can take them away any more. One
 * that read an image before it was held may rest a call on that for as long as its reads count as fresh; so each image is
 * read again after that.
 */
export async function lookedAtAgain(result: CycleResult, settings: CycleSettings): Promise<CycleResult> {
  if (!result.carried.some(isBack)) return result;
  await settings.clock.sleep(FRESH_FOR + LAST_CALL);
  const carried = await Promise.all(
    result.carried.map(async (entry) =>
      isBack(entry) ? { ...entry, applied: await whatCameOf(entry, settings) } : entry,
    ),
  );
  return { ...result, carried };
}

/** What was brought back or restored, as far as EC2's answers say. */
interface Back {
  readonly decision: ChangeDecision<BringBackImage | RestoreImage>;
  readonly applied: Extract<Applied, { readonly kind: 'done' }>;
}

function isBack(entry: Carried | Withdrawn): entry is Back {
  if (!('applied' in entry) || entry.applied.kind !== 'done') return false;
  return entry.decision.action === 'bring-back' || entry.decision.action === 'restore';
}

async function whatCameOf({ decision, applied }: Back, { aws, target, deployment }: CycleSettings): Promise<Applied> {
  const { image: id } = decision.change;
  const again = `run amikeep undo ${id} again`;
  const reading = await aws.reads.image(target, id);
  if (!reading.complete) {
    return {
      kind: 'unknown',
      problem: `it could not be read again (${reading.problem}); ${again} to see that it is there`,
    };
  }
  if (!reading.value) {
    const problem = `it is gone: another run deregistered it while it was brought back; ${again}, which looks in the Recycle Bin`;
    return { kind: 'refused', problem };
  }
  const owned = readOwnership(reading.value, deployment);
  if (decision.action === 'restore' || owned.kind !== 'ours' || !isOnItsWay(owned)) return applied;
  const note = 'another run took it a stage further meanwhile; as it is held, the next sweep takes that back';
  return { ...applied, note: [applied.note, note].filter((part) => part !== undefined).join('; ') };
}

function isOnItsWay({ image, mark }: OwnedImage): boolean {
  return image.state === 'disabled' || mark !== undefined;
}
