import { adoption } from './adoption.ts';
import type { AffairPorts } from './affair.ts';
import { binRules } from './bin.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import { restores } from './restores.ts';
import { undo } from './undo.ts';

/** What some trials have, as some companies do, and others have not. */
export const AFFAIRS = ['vaults', 'members', 'bin rules', 'adoption', 'undo', 'restores'] as const;
export type AffairName = (typeof AFFAIRS)[number];

interface Affair {
  readonly name: AffairName;
  /** In how many trials it is met. */
  readonly share: number;
  readonly begin: (ports: AffairPorts) => Promise<void>;
}

const ALL: readonly Affair[] = [
  { name: 'bin rules', share: 0.3, begin: binRules },
  { name: 'adoption', share: 0.3, begin: adoption },
  { name: 'undo', share: 0.3, begin: undo },
  { name: 'restores', share: 0.3, begin: restores },
];

/** Lets begin what a trial has of it, and says what that is. */
export function beginAffairs(
  ports: Omit<AffairPorts, 'chance' | 'tell'> & { readonly journal: Journal },
  chanceOf: (part: string) => Chance,
): AffairName[] {
  const { journal, clock } = ports;
  const tell = (text: string) => {
    journal.add(clock.now(), text.match(/\b(?:i|ami|snap|vol)-[0-9a-f]{17}/g) ?? [], () => text);
  };
  return ALL.flatMap(({ name, share, begin }) => {
    const chance = chanceOf(`affair ${name}`);
    if (!chance.hits(share)) return [];
    begin({ ...ports, chance, tell }).catch((error: unknown) => ports.runs.stumble(error));
    return [name];
  });
}
