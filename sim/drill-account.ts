import type { DrillIncident } from './drill-incidents.ts';
import type { DrillNews } from './journal.ts';
import type { Simulation } from './simulate.ts';
import { counted, moment } from './tables.ts';

/** How the deployment fared with what kept images from coming up. */
export function tellDrillIncident(incident: DrillIncident, { journal: { drilled } }: Simulation): string {
  switch (incident.kind) {
    case 'needs-volume': {
      const { instanceId, name, device } = incident;
      const own = drilled.filter(({ lineage }) => lineage === instanceId);
      const failed = own.filter(({ verdict }) => verdict === 'failed');
      const told =
        failed.length > 0
          ? `${failed.length} of ${counted(own.length, 'drill')} failed, ${last(failed)}`
          : 'none was started';
      return `${name} does not start without ${device}, which its policy leaves out of images: of its images ${told}`;
    }
    case 'unlucky-drill': {
      const { instanceId, imageId, region } = incident;
      const failed = drilled.find((one) => one.instanceId === instanceId);
      const next = failed && drilled.find((one) => isSameLineage(one, failed) && one.at > failed.at);
      const told = failed
        ? `${failed.lineage} ${failed.version} ${failed.verdict} at ${moment(failed.at)}`
        : 'no verdict yet';
      const again = next
        ? `; ${next.imageId === imageId ? 'the same image' : next.version} ${next.verdict} at ${moment(next.at)}`
        : '';
      return `the drill ${instanceId} of ${imageId} in ${region} was made not to come up: ${told}${again}`;
    }
    case 'no-room': {
      const { at, until, region } = incident;
      const during = drilled.filter((one) => one.region === region && isWithin(one, at, until));
      const unknown = during.filter(({ verdict }) => verdict === 'inconclusive');
      const later = unknown.flatMap(
        (one) => drilled.find((next) => isSameLineage(next, one) && next.at > one.at) ?? [],
      );
      const told =
        unknown.length > 0 ? `${counted(unknown.length, 'drill')} told nothing of an image` : 'no drill was due';
      const after = later
        .map(({ lineage, verdict, at: when }) => `; ${lineage} ${verdict} at ${moment(when)}`)
        .join('');
      return `${region} had no room for instances until ${moment(until)}: ${told}${after}`;
    }
  }
}

function last(failed: readonly DrillNews[]): string {
  const newest = failed.at(-1);
  return newest ? `the last at ${moment(newest.at)}: ${newest.reason}` : '';
}

function isSameLineage(one: DrillNews, other: DrillNews): boolean {
  return one.lineage === other.lineage && one.policy === other.policy && one.region === other.region;
}

function isWithin({ at }: DrillNews, from: number, until: number): boolean {
  return Date.parse(at) >= from && Date.parse(at) < until;
}
