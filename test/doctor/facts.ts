import type { Facts } from '../../lib/doctor/facts.ts';
import { completeReading } from '../../lib/model/reading.ts';
import { anInstance, aPolicyFile, HERE } from '../builders.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);

/** What is known of an account with one instance, where nothing is amiss. */
export function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    file: aPolicyFile(),
    capacity: { maxCopiesInFlight: 100, rateShare: 0.8 },
    at: NOW,
    regions: { known: true, value: new Map([[HERE.region, true]]) },
    keys: [],
    sealKey: { known: true, value: 'MCow' },
    permissions: [],
    entrances: [],
    membersInstances: [],
    volumes: [],
    quotas: [{ region: HERE.region, quota: 'images', value: { known: true, value: 50_000 } }],
    instances: new Map([[HERE.region, completeReading('instances', NOW, [anInstance()])]]),
    restores: [],
    drills: [],
    drillsThere: new Map(),
    images: new Map([[HERE.region, completeReading('images', NOW, [])]]),
    ...overrides,
  };
}
