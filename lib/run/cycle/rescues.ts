import type { Rescue } from '../../planning/change.ts';
import type { Applied, Applier } from '../ports.ts';

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
