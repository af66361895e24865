import { DAY, SECOND } from '../../lib/model/time.ts';
import type { Chance } from './chance.ts';
import { LONGEST_TRANSIT } from './faults.ts';
import { aServer, type Server } from './fleet.ts';
import type { Weather } from './weather.ts';
import type { ChangedFile, WrittenFile, WrittenPolicy } from './written-policies.ts';

/**
 * In few trials images of weeks are to go at once: more of them and of their snapshots than fit into a batch, a list of
 * filters or the time of a run. Such a trial is short, since it has ten times as many images as others.
 */
export const SHARE_OF_CROWDS = 0.02;
export const CROWDED_FOR = 20 * DAY;
/** From when on a single version is to be kept. */
export const THINNED_AFTER = 11 * DAY;
const SIZE = 20;
/** Of those a few have as many instances as take several pages, batches and runs, whatever is done to them. */
const SHARE_OF_HUNDREDS = 0.25;
const HUNDREDS = [150, 350] as const;

/** How many instances a crowd has. */
export function sizeOfCrowd(chance: Chance): number {
  return chance.hits(SHARE_OF_HUNDREDS) ? chance.from(...HUNDREDS) : SIZE;
}
const VOLUMES = ['/dev/sdf', '/dev/sdg'].map((device) => ({ device, size: 8, encrypted: false }));

/** Functions whose time is over before all that may go is gone. */
export function hurry(chance: Chance): Pick<Weather, 'functionTime' | 'transit'> {
  return { functionTime: chance.from(20, 45) * SECOND, transit: LONGEST_TRANSIT };
}

/** A fleet all of which the first policy selects. */
export function aCrowd(
  length: number,
  chance: Chance,
  [region = '']: readonly string[],
  [backup = '']: readonly string[],
): Server[] {
  return Array.from({ length }, () => {
    const server = aServer(chance, [region], [backup]);
    return { ...server, tags: { ...server.tags, Backup: backup }, volumes: VOLUMES };
  });
}

/** Policies by which all that is made in these weeks is kept. */
export function crowded(file: WrittenFile): WrittenFile {
  return withPolicies(file, ({ schedule }) => ({
    schedule: { ...schedule, expression: 'cron(0 3 * * ? *)' },
    copies: [],
    retention: { keepLast: 30 },
  }));
}

/** The same once all but the newest may go, as fast as they can. */
export function thinned(file: WrittenFile): ChangedFile {
  const changed = withPolicies(file, ({ retire }) => ({
    retention: { keepLast: 1 },
    retire: { ...retire, mode: 'apply', maxPerDay: '100%', minKeep: 1, deprecateDays: 0, disableDays: 0 },
  }));
  return { file: changed, text: 'a single version is kept' };
}

function withPolicies(file: WrittenFile, change: (policy: WrittenPolicy) => Partial<WrittenPolicy>): WrittenFile {
  const changed = Object.entries(file.policies).map(([name, policy]) => [name, { ...policy, ...change(policy) }]);
  return { ...file, policies: Object.fromEntries(changed) };
}
