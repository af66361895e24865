import {
  accountId,
  type ImageId,
  type InstanceId,
  imageId,
  instanceId,
  region,
  snapshotId,
  type Target,
  volumeId,
} from '../lib/model/ids.ts';
import type { Image, Instance } from '../lib/model/resources.ts';
import { DAY, type Instant } from '../lib/model/time.ts';
import { stampedRetire } from '../lib/planning/stamped-rules.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import { imageName } from '../lib/tagging/name.ts';
import { encodeStamp } from '../lib/tagging/stamp.ts';

const account = accountId('111122223333');
export const HOME: Target = { account, region: region('eu-central-1') };
export const DR: Target = { account, region: region('eu-west-1') };

/** The slot of a fleet's newest images: 04:00 in Berlin. */
export const NEWEST: Instant = Date.UTC(2026, 10, 23, 3);

const hex = (number: number) => number.toString(16).padStart(17, '0');
const instanceAt = (index: number): InstanceId => instanceId(`i-${hex(index)}`);
const imageAt = (index: number): ImageId => imageId(`ami-${hex(index)}`);

/** So many running instances of the policy `nightly`. */
export function instancesOf(count: number): Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    id: instanceAt(index),
    ...HOME,
    state: 'running',
    imageId: imageAt(0),
    rootDevice: 'ebs',
    rootDeviceName: '/dev/xvda',
    volumes: [{ id: volumeId(`vol-${hex(index)}`), device: '/dev/xvda' }],
    tags: { Name: `web-${index}`, Backup: 'nightly' },
  }));
}

/** An image a night of so many instances, the last of them at {@link NEWEST}; or the copies of these nights' images. */
export function imagesOf(file: PolicyFile, instances: number, nights: number, home: Target = HOME): Image[] {
  return file.policies.flatMap((policy) =>
    Array.from({ length: instances * nights }, (_, index) => {
      const slot = NEWEST - Math.floor(index / instances) * DAY;
      return anImage(file.deployment, policy, home, index % instances, index, slot);
    }),
  );
}

function anImage(
  deployment: string,
  policy: Policy,
  home: Target,
  instance: number,
  index: number,
  slot: Instant,
): Image {
  const id = instanceAt(instance);
  const stamp = {
    deployment,
    policy: policy.name,
    lineage: id,
    slot,
    attempt: 1,
    home,
    source: { ...HOME, instance: id },
    keep: { rules: policy.retention, timeZone: policy.schedule.timeZone },
    retire: stampedRetire(policy.retire),
  } as const;
  return {
    id: imageAt(index),
    ...home,
    name: imageName(stamp),
    state: 'available',
    public: false,
    createdAt: slot,
    ...(home === HOME && { sourceInstance: id }),
    devices: [{ device: '/dev/xvda', snapshot: snapshotId(`snap-${hex(index)}`), size: 8, encrypted: true }],
    tags: asRead({ ...policy.image.tags, ...encodeStamp(stamp) }),
    seal: 'valid',
  };
}

/** As texts of their own: what comes off the wire shares nothing with what was written, nor with other images. */
function asRead(tags: Image['tags']): Image['tags'] {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('utf8')]),
  );
}
