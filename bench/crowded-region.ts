import { sealKeyAlias } from '../lib/aws/calls/seal-key.ts';
import { instanceId } from '../lib/model/ids.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../lib/model/time.ts';
import { stampedRetire } from '../lib/planning/stamped-rules.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { imageName } from '../lib/tagging/name.ts';
import { sealTag, stampText } from '../lib/tagging/seal.ts';
import { encodeStamp } from '../lib/tagging/stamp.ts';
import { VirtualClock } from '../sandbox/clock.ts';
import { publicImageId } from '../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { stackKeys } from '../sim/deployment.ts';
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
  const sandbox = createSandbox({ clock, seed: 1, throttling: false, ec2: stackKeys(file) });
  const sign = async (text: string) => {
    const input = {
      KeyId: sealKeyAlias(file.deployment),
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ED25519_SHA_512',
    };
    const answer = await sandbox.call({ service: 'kms', operation: 'Sign', ...HOME, input });
    if (!('Signature' in answer) || !(answer.Signature instanceof Uint8Array)) throw new TypeError('KMS did not sign');
    return Buffer.from(answer.Signature).toString('base64url');
  };
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
    for (const id of ids) await call('CreateImage', await creationOf(file, id, slot, sign));
  }
  await clock.advance(HOUR);
  return { sandbox, clock };
}

async function creationOf(
  { deployment, policies: [policy] }: PolicyFile,
  id: string,
  slot: Instant,
  sign: (text: string) => Promise<string>,
): Promise<object> {
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
  const stamped = encodeStamp(stamp);
  const seal = sealTag(await sign(stampText(stamped)));
  const Tags = Object.entries({ ...policy.image.tags, ...stamped, ...seal }).map(([Key, Value]) => ({ Key, Value }));
  return {
    InstanceId: id,
    Name: imageName(stamp),
    NoReboot: true,
    TagSpecifications: ['image', 'snapshot'].map((ResourceType) => ({ ResourceType, Tags })),
  };
}
