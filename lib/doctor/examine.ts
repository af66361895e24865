import { foreignKeyLines, keyLine, regionLines, vaultKeyLines } from './account.ts';
import { drillLines } from './drills.ts';
import { entranceLines } from './entrances.ts';
import type { Facts } from './facts.ts';
import type { Line } from './line.ts';
import { permissionLines } from './permissions.ts';
import { quotaLines } from './quotas.ts';
import { restoreLines } from './restores.ts';
import { sealLines } from './seals.ts';
import { selectionLines } from './selection.ts';

/** What the facts mean, line by line, in the order in which things depend on one another. */
export function examine(facts: Facts): Line[] {
  return [
    ...regionLines(facts),
    ...facts.keys.map(keyLine),
    ...vaultKeyLines(facts.file),
    ...foreignKeyLines(facts),
    ...sealLines(facts),
    ...permissionLines(facts),
    ...entranceLines(facts),
    ...quotaLines(facts),
    ...restoreLines(facts),
    ...drillLines(facts),
    ...selectionLines(facts),
  ];
}
