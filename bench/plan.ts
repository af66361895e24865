import { placeKey } from '../lib/model/ids.ts';
import { completeReading, type Reading } from '../lib/model/reading.ts';
import { DAY, HOUR } from '../lib/model/time.ts';
import { planCopies } from '../lib/planning/copy/copy.ts';
import { planSnapshots } from '../lib/planning/create/snapshot.ts';
import type { Plan } from '../lib/planning/decision.ts';
import { NOTHING_FOUND } from '../lib/planning/evidence.ts';
import { planRetirement } from '../lib/planning/retire/retire.ts';
import { DR, HOME, imagesOf, instancesOf, NEWEST } from './inventory.ts';
import { policiesKeeping } from './policies.ts';
import type { Row } from './row.ts';

const COPIED_NIGHTS = 7;
const MIB = 1024;

/**
 * Plans a fleet's images with all three planners, once and cold, as a function does: each reads what the tags say anew
 * or finds it remembered. The peak of memory holds the images themselves too.
 */
export function measurePlanning(instances = 1000, nights = 100): Row[] {
  const file = policiesKeeping('{ keepLast: 3, keepDaily: 7, keepWeekly: 4, keepMonthly: 12 }', '{ keepDaily: 7 }');
  const [policy] = file.policies;
  if (!policy) throw new TypeError('the file has no policy');
  const { deployment } = file;
  const now = NEWEST + DAY + HOUR;
  const read = <T>(value: T): Reading<T> => completeReading('bench', now, value);
  const fleet = read(instancesOf(instances));
  const images = read(imagesOf(file, instances, nights));
  const copies = read(imagesOf(file, instances, COPIED_NIGHTS, DR));

  const plans: (readonly [string, () => Plan])[] = [
    [
      'snapshot',
      () =>
        planSnapshots(
          {
            deployment,
            policy,
            slot: NEWEST + DAY,
            previousSlot: undefined,
            nextSlot: NEWEST + 2 * DAY,
            skippedLocalTimes: [],
            keyAccounts: [],
          },
          {
            target: HOME,
            instances: fleet,
            missing: [],
            images,
            held: read([]),
            excludedVolumes: read(new Set()),
            volumes: read([]),
          },
          now,
        ),
    ],
    [
      'copy',
      () =>
        planCopies(
          { deployment, policies: file.policies, maxInFlight: 100, maxStarted: 100 },
          {
            target: HOME,
            sources: images,
            destinations: new Map([[placeKey(DR), { copies, inFlight: read(0) }]]),
            held: read([]),
            sharing: read(new Map()),
          },
          now,
        ),
    ],
    [
      'retire',
      () =>
        planRetirement(
          file,
          {
            target: HOME,
            images,
            copies: new Map([[placeKey(DR), copies]]),
            sources: new Map(),
            instances: new Map([[HOME.region, fleet]]),
            uses: read(new Map()),
            evidence: read({ get: () => NOTHING_FOUND }),
            snapshots: read([]),
            heldSnapshots: read([]),
            snapshotUses: read(new Map()),
            snapshotEvidence: read(new Map()),
            strays: read([]),
            binRules: read([]),
            binned: read(new Set()),
          },
          now,
        ),
    ],
  ];
  const rows = plans.map(([name, plan]): Row => {
    const start = performance.now();
    const { decisions } = plan();
    return { what: name, value: performance.now() - start, unit: 'ms', note: `${decisions.length} decisions` };
  });
  return [
    ...rows,
    {
      what: 'all three',
      value: rows.reduce((sum, { value }) => sum + value, 0),
      unit: 'ms',
      target: { atMost: 1000 },
      note: `${instances} instances, ${nights} images of each, and ${COPIED_NIGHTS} copies`,
    },
    {
      what: 'peak of memory of the process',
      value: process.resourceUsage().maxRSS / MIB,
      unit: 'MiB',
      target: { atMost: 512 },
    },
  ];
}
