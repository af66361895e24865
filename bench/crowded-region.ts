import { instanceId } from '../lib/model/ids.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../lib/model/time.ts';
import { stampedRetire } from '../lib/planning/stamped-rules.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { imageName } from '../lib/tagging/name.ts';
import { encodeStamp } from '../lib/tagging/stamp.ts';
import { VirtualClock } from '../sandbox/clock.ts';
import { publicImageId } from '../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { HOME, NEWEST } from './inventory.ts';

export interface CrowdedRegion {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
}

/**
 * A sandbox with so many instances in the home region, at most a thousand, and an image of each for every one of so
 * many nights, the last at {@link NEWEST}, as the first policy of the file has them made.
 */
export async function crowdedRegion(file: PolicyFile, instances: number, nights: number): Promise<CrowdedRegion> {
  const clock = new VirtualClock(NEWEST - nights * DAY);
  const sandbox = createSandbox({ clock, seed: 1, throttling: false });
  const call = (operation: string, input: object) => sandbox.call({ service: 'ec2', operation, ...HOME, input });
  await call('RunInstances', {
    ImageId: publicImageId(HOME.region, 'al2023'),
    MinCount: instances,
    MaxCount: instances,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
  });
  await clock.advance(10 * MINUTE);
  const ids = sandbox.ec2.inspect.instances(HOME).flatMap(({ instance }) => instance.InstanceId ?? []);
  for (let night = nights - 1; night >= 0; night--) {
    const slot = NEWEST - night * DAY;
    await clock.advanceTo(slot);
    for (const id of ids) await call('CreateImage', creationOf(file, id, slot));
  }
  await clock.advance(HOUR);
  return { sandbox, clock };
}

function creationOf({ deployment, policies: [policy] }: PolicyFile, id: string, slot: Instant): object {
  if (!policy) throw new TypeError('the file has no policy');
  const instance = instanceId(id);
  const stamp = {
    deployment,
    policy: policy.name,
    lineage: instance,
    slot,
    attempt: 1,
    home: HOME,
    source: { ...HOME, instance },
    keep: { rules: policy.retention, timeZone: policy.schedule.timeZone },
    retire: stampedRetire(policy.retire),
  } as const;
  const Tags = Object.entries({ ...policy.image.tags, ...encodeStamp(stamp) }).map(([Key, Value]) => ({ Key, Value }));
  return {
    InstanceId: id,
    Name: imageName(stamp),
    NoReboot: true,
    TagSpecifications: ['image', 'snapshot'].map((ResourceType) => ({ ResourceType, Tags })),
  };
}
