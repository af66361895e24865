import { sealKeyAlias } from '../../lib/aws/calls/seal-key.ts';
import { toLaunchSettings } from '../../lib/aws/launch-settings.ts';
import { descriptionOf } from '../../lib/aws/writes/description.ts';
import { type InstanceId, instanceId } from '../../lib/model/ids.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../lib/model/time.ts';
import { stampedRetire } from '../../lib/planning/stamped-rules.ts';
import type { Policy, PolicyFile } from '../../lib/policy/policy.ts';
import { imageName } from '../../lib/tagging/name.ts';
import { writeRecipe } from '../../lib/tagging/recipe.ts';
import { recipeHash, recipeTags } from '../../lib/tagging/recipe-tags.ts';
import { sealTag, stampText } from '../../lib/tagging/seal.ts';
import { encodeStamp } from '../../lib/tagging/stamp.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { SeededRandom } from '../../sandbox/seeded.ts';
import { deploy, stackKeys } from '../../sim/deployment.ts';
import { DR, HOME } from '../inventory.ts';

/** What RunInstances takes in one call under its bucket for instances. */
const MOST_AT_ONCE = 1000;

/** An account of this size has had them raised: fifty thousand images have more snapshots than an account may have at first. */
const QUOTAS = { imageQuota: 200_000, snapshotQuota: 500_000 };

/** Milliseconds: what EC2 takes of CreateImage is five a second. */
const CREATION_PACE = SECOND / 5;

/** Before the first images: to launch ten thousand takes ninety minutes of EC2's rates. */
export const LAUNCHING = 3 * HOUR;

/** The data volumes of every second instance, and of the others: with the root, two or three volumes each. */
const DATA_VOLUMES = [['/dev/sdf'], ['/dev/sdf', '/dev/sdg']];

/** More than there are, so that {@link copyAll} copies a night's images in one go. */
const COPIES_IN_FLIGHT = 100_000;

/** The region that amikeep is deployed in, in a sandbox whose clock moves only when it is told to. */
export interface LargeRegion {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** Has an image of every instance made for a slot, as the file's first policy has them made, and no faster than EC2 lets. */
  readonly makeImages: (slot: Instant) => Promise<void>;
}

export interface RegionSettings {
  /** Of the sandbox's clock, in milliseconds since the epoch. */
  readonly startsAt: Instant;
  /** Off unless given, since a clock that stands still while functions work fills no buckets. */
  readonly throttling?: boolean;
  /** So many that a night's images are copied in one go, unless given. */
  readonly concurrentCopies?: number;
  /** How long an image takes at least to become available, in milliseconds; as the sandbox has it unless given. */
  readonly imagesTake?: number;
  /** Whether all volumes are under the account's default key; under none unless given. */
  readonly encrypted?: boolean;
  /** How many calls are remembered; none unless given. */
  readonly log?: number;
}

/** So many running instances of two or three volumes, and no image yet. */
export async function largeRegion(file: PolicyFile, count: number, settings: RegionSettings): Promise<LargeRegion> {
  const { startsAt, throttling = false, concurrentCopies = COPIES_IN_FLIGHT, imagesTake, log = 0 } = settings;
  const { encrypted = false } = settings;
  const [policy] = file.policies;
  if (!policy) throw new TypeError('the file has no policy');
  const clock = new VirtualClock(startsAt);
  const sandbox = createSandbox({
    ...{ clock, seed: 1, throttling, calls: { log } },
    ec2: {
      ...stackKeys(file),
      ...QUOTAS,
      concurrentCopies,
      ...(imagesTake !== undefined && { snapshotBaseMs: imagesTake }),
    },
  });
  for (let begun = 0; begun < count; begun += MOST_AT_ONCE) {
    const batch = Math.min(count - begun, MOST_AT_ONCE);
    // RunInstances has a bucket for instances, which the batch before has emptied.
    if (throttling && begun > 0) await clock.advance(10 * MINUTE);
    for (const [index, devices] of DATA_VOLUMES.entries()) {
      const share = Math.ceil((batch - index) / DATA_VOLUMES.length);
      if (share > 0) await launch(sandbox, share, devices, encrypted);
    }
  }
  await clock.advance(10 * MINUTE);
  const instances = sandbox.ec2.inspect
    .instances(HOME)
    .flatMap(({ instance }) => (instance.InstanceId === undefined ? [] : [instanceId(instance.InstanceId)]));
  const makeImages = async (slot: Instant) => {
    for (const instance of instances) {
      await makeImage(sandbox, { file, policy, instance, slot });
      if (throttling) await clock.advance(CREATION_PACE);
    }
  };
  return { sandbox, clock, makeImages };
}

/** The same with an image of every instance for each of so many nights, the newest an hour old. */
export async function regionWithNights(
  file: PolicyFile,
  { instances, nights, newest }: { readonly instances: number; readonly nights: number; readonly newest: Instant },
): Promise<LargeRegion> {
  const region = await largeRegion(file, instances, { startsAt: newest - nights * DAY });
  for (let night = nights - 1; night >= 0; night--) {
    const slot = newest - night * DAY;
    await region.clock.advanceTo(slot);
    await region.makeImages(slot);
  }
  await region.clock.advance(HOUR);
  return region;
}

/** Has all copies made that the policies want of what is there, and lets them complete. */
export async function copyAll(file: PolicyFile, { sandbox, clock }: LargeRegion): Promise<void> {
  const random = new SeededRandom(1);
  const functions = deploy({
    ...{ sandbox, file, account: HOME.account },
    random: () => random.next(),
    maxCopiesInFlight: COPIES_IN_FLIGHT,
  });
  try {
    // What one run has no time for the next one does.
    for (let copied = -1; copied < copiesIn(sandbox); ) {
      copied = copiesIn(sandbox);
      await clock.run(() => functions.invoke('copy', { action: 'copy', target: HOME }));
      await clock.advance(HOUR);
    }
  } finally {
    functions.close();
  }
}

function copiesIn(sandbox: Sandbox): number {
  return sandbox.ec2.inspect.images(DR).length;
}

async function launch(sandbox: Sandbox, count: number, devices: readonly string[], encrypted: boolean): Promise<void> {
  const root = { DeviceName: '/dev/xvda', Ebs: { Encrypted: true } };
  const input = {
    ImageId: publicImageId(HOME.region, 'al2023'),
    MinCount: count,
    MaxCount: count,
    BlockDeviceMappings: [
      ...(encrypted ? [root] : []),
      ...devices.map((DeviceName) => ({ DeviceName, Ebs: { VolumeSize: 50, ...(encrypted && { Encrypted: true }) } })),
    ],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
  };
  await sandbox.call({ service: 'ec2', operation: 'RunInstances', ...HOME, input });
}

interface Making {
  readonly file: PolicyFile;
  readonly policy: Policy;
  readonly instance: InstanceId;
  readonly slot: Instant;
}

async function makeImage(sandbox: Sandbox, { file: { deployment }, policy, instance, slot }: Making): Promise<void> {
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
  const stamped = encodeStamp(stamp);
  const server = sandbox.ec2.inspect.instance(HOME.account, HOME.region, instance);
  const recipe = server ? writeRecipe(toLaunchSettings(server)) : {};
  const hash = recipeHash(recipe);
  const seal = sealTag(await signed(sandbox, deployment, stampText(stamped, hash)), hash);
  const tags = { ...policy.image.tags, ...stamped, ...seal };
  const tagged = (ResourceType: string, all: Readonly<Record<string, string>>) => {
    return { ResourceType, Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) };
  };
  const input = {
    InstanceId: instance,
    Name: imageName(stamp),
    Description: descriptionOf(stamp),
    NoReboot: true,
    TagSpecifications: [tagged('image', { ...tags, ...recipeTags(recipe) }), tagged('snapshot', tags)],
  };
  await sandbox.call({ service: 'ec2', operation: 'CreateImage', ...HOME, input });
}

async function signed(sandbox: Sandbox, deployment: string, text: string): Promise<string> {
  const input = {
    KeyId: sealKeyAlias(deployment),
    Message: Buffer.from(text),
    MessageType: 'RAW',
    SigningAlgorithm: 'ED25519_SHA_512',
  };
  const answer = await sandbox.call({ service: 'kms', operation: 'Sign', ...HOME, input });
  if (!('Signature' in answer) || !(answer.Signature instanceof Uint8Array)) throw new TypeError('KMS did not sign');
  return Buffer.from(answer.Signature).toString('base64url');
}
