import type { AskUsage, BringBackImage, ChangeDecision, RestoreImage } from '../planning/decision.ts';
import type { Applied, Applier } from './ports.ts';

/** What brings an image back, or asks who would miss it. */
export type Rescue = BringBackImage | RestoreImage | AskUsage;

export function isRescue(decision: ChangeDecision): decision is ChangeDecision<Rescue> {
  return decision.action === 'bring-back' || decision.action === 'restore' || decision.action === 'ask-usage';
}

export function rescue(change: Rescue, applier: Applier): Promise<Applied> {
  switch (change.kind) {
    case 'bring-back':
      return applier.bringBack(change);
    case 'restore':
      return applier.restore(change);
    case 'ask-usage':
      return applier.askUsage(change);
  }
}
