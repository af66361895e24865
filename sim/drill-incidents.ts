import { DAY, HOUR, type Instant } from '../lib/model/time.ts';
import { matchesPattern } from '../lib/policy/pattern.ts';
import type { Policy } from '../lib/policy/policy.ts';
import { INSTANCE_STATE_CHANGE, type SandboxEvent } from '../sandbox/contract.ts';
import type { StatusCheckRule } from '../sandbox/ec2/behaviour/checks.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Occurrence } from './driver.ts';
import type { VolumeSpec } from './fleet.ts';
import type { IncidentOptions } from './incidents.ts';
import { isMeant, momentIn } from './life.ts';

/** What was done to images that are started to see whether they come up. */
export type DrillIncident =
  | {
      /** A system that does not come up without a volume that its images leave out. */
      readonly kind: 'needs-volume';
      readonly at: Instant;
      readonly region: string;
      readonly instanceId: string;
      readonly name: string;
      readonly device: string;
    }
  | {
      /** A drill that came to nothing by chance. */
      readonly kind: 'unlucky-drill';
      readonly at: Instant;
      readonly region: string;
      readonly imageId: string;
      readonly instanceId: string;
    }
  | { readonly kind: 'no-room'; readonly at: Instant; readonly until: Instant; readonly region: string };

/** What keeps images from coming up, as far as the policies have drills. */
export function drillIncidents(options: IncidentOptions): Occurrence[] {
  const drilling = options.file.policies.filter(({ enabled, drill }) => enabled && drill);
  const last = drilling.find(({ drill }) => (drill?.regions.length ?? 0) > 1) ?? drilling.at(-1);
  return [
    ...drilling.flatMap((policy) => needsVolume(policy, options)).slice(0, 1),
    ...unluckyDrill(last?.drill?.regions.at(0), options),
    ...noRoom(last?.drill?.regions.at(-1), options),
  ];
}

/** One server mounts by its fstab what its policy leaves out of images: none of them ever comes up. */
function needsVolume(policy: Policy, { world, sandbox, from, tell }: IncidentOptions): Occurrence[] {
  const candidates = world.live.flatMap((member) => {
    const volume = isMeant(policy, member.tags) ? member.spec.volumes.find((one) => isLeftOut(policy, one)) : undefined;
    return volume ? [{ member, device: volume.device }] : [];
  });
  const found = candidates.at(Math.floor(candidates.length / 2));
  if (!found) return [];
  const { member, device } = found;
  const { id: instanceId, spec } = member;
  return [
    {
      at: from,
      happen: async () => {
        addCheckRule(sandbox, { originInstanceId: instanceId, withoutDevice: device, outcome: 'impaired' });
        tell({ kind: 'needs-volume', at: from, region: spec.region, instanceId, name: spec.name, device });
      },
    },
  ];
}

function isLeftOut({ image }: Policy, { device, tags }: VolumeSpec): boolean {
  return (
    image.excludeDevices.includes(device) ||
    Object.entries(image.excludeVolumes).some(([key, patterns]) =>
      patterns.some((pattern) => Object.hasOwn(tags, key) && matchesPattern(pattern, tags[key] ?? '')),
    )
  );
}

/** The next drill that is launched does not come up, and the same image does the next time. */
function unluckyDrill(region: string | undefined, options: IncidentOptions): Occurrence[] {
  const { sandbox, tell } = options;
  if (region === undefined) return [];
  const at = momentIn([0, 0.02], options);
  return [
    {
      at,
      happen: async () => {
        const unsubscribe = sandbox.onEvent((event) => {
          const drill = event.region === region ? launchedDrill(event, sandbox) : undefined;
          if (!drill) return;
          unsubscribe();
          addCheckRule(sandbox, { instanceId: drill.instanceId, outcome: 'impaired' });
          tell({ kind: 'unlucky-drill', at: sandbox.clock.now(), region, ...drill });
        });
      },
    },
  ];
}

/**
 * Nothing can be launched in a region from one working day to the next, so that it is drills that meet it and not people: early on,
 * when there are images that were never started.
 */
function noRoom(region: string | undefined, { sandbox, from, tell }: IncidentOptions): Occurrence[] {
  if (region === undefined) return [];
  const at = from + 16 * HOUR;
  const until = from + DAY + 9 * HOUR;
  return [
    {
      at,
      happen: async () => {
        sandbox.ec2.setBehaviour({ capacityShortages: [{}] }, region);
        tell({ kind: 'no-room', at, until, region });
      },
    },
    {
      at: until,
      happen: async () => {
        sandbox.ec2.setBehaviour({ capacityShortages: [] }, region);
      },
    },
  ];
}

function addCheckRule({ ec2 }: Sandbox, rule: StatusCheckRule): void {
  ec2.setBehaviour({ statusCheckRules: [...ec2.behaviour().settings.statusCheckRules, rule] });
}

/** A drill that was launched at this very moment. */
function launchedDrill(event: SandboxEvent, { ec2 }: Sandbox): { instanceId: string; imageId: string } | undefined {
  if (event['detail-type'] !== INSTANCE_STATE_CHANGE) return undefined;
  const instanceId = event.resources[0]?.split('/').at(-1) ?? '';
  const instance = ec2.inspect.instance(event.account, event.region, instanceId);
  const isDrill = instance?.State?.Name === 'pending' && instance.ClientToken?.startsWith('amikeep-drill-') === true;
  return isDrill ? { instanceId, imageId: instance.ImageId ?? '' } : undefined;
}
