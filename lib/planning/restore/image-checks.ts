import type { Target } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import { formatInstant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { REVOKED } from '../../tagging/tag-keys.ts';
import { crowdedAmong, lackOfRoom } from '../room-for-tags.ts';
import { snapshotsOf } from '../snapshots.ts';
import { doubtOf } from '../verified.ts';
import { blocked, degraded, note, ok, unknown } from './findings.ts';
import type { ImageDetails, Key, RestoreInventory } from './inventory.ts';
import type { Finding } from './plan.ts';

/** Whether the image can be launched at all, and what to do where it can't. */
export function imageFindings({
  target,
  image: owned,
  details,
  keys,
  snapshots,
}: Pick<RestoreInventory, 'target' | 'image' | 'details' | 'keys' | 'snapshots'>): Finding[] {
  const { image } = owned;
  const revoked = image.tags[REVOKED];
  return [
    stateFinding(owned),
    ...drillFindings(owned),
    ...(revoked === undefined ? [] : [blocked('image', revokedText(image, revoked))]),
    ...(details.value ? productFindings(details.value) : []),
    ...(details.complete ? [] : [unknown('image', `its architecture could not be read (${details.problem})`)]),
    ...keyFindings(keys, target),
    ...holdFindings(owned, snapshots),
  ];
}

function stateFinding({ image, mark }: OwnedImage): Finding {
  const { id, region, state, stateReason } = image;
  switch (state) {
    case 'available':
      return mark
        ? note('image', `it is marked to be retired (${mark.reason}): the restore holds it first`)
        : ok('image', `${id} is available`);
    case 'pending':
      return blocked(
        'image',
        `it is still being made: wait until it is available, or take an older version (--version)`,
      );
    case 'disabled':
      return blocked('image', `it is disabled: amikeep undo ${id} --region ${region} brings it back`);
    case 'failed':
      return blocked(
        'image',
        `it has failed (${stateReason ?? 'EC2 does not say why'}): take another version (--version)`,
      );
    case 'other':
      return blocked(
        'image',
        `EC2 has it in a state in which nothing can be launched; if it is in the Recycle Bin, amikeep undo ${id} --region ${region} brings it back`,
      );
  }
}

/** An image that did not come up when it was last started may not come up now. */
function drillFindings(owned: OwnedImage): Finding[] {
  const doubt = doubtOf(owned);
  if (doubt?.verdict === 'failed') {
    const text = `it did not come up when it was last started (${formatInstant(doubt.at)}: ${doubt.reason}): see whether another --version is verified`;
    return [degraded('drill', text)];
  }
  if (!owned.passed) return [note('drill', 'no drill has seen it come up')];
  const { at, rung, seconds, type } = owned.passed;
  return [ok('drill', `it came up ${formatInstant(at)}, in ${seconds} s on ${type}, as far as ${rung}`)];
}

function revokedText({ id, region }: Image, reason: string): string {
  const said = reason === '' ? 'no reason given' : reason;
  return `it was revoked (${said}): take another version (--version), or take the tag ${REVOKED} off: aws ec2 delete-tags --region ${region} --resources ${id} --tags Key=${REVOKED}`;
}

/** EC2 refuses the launch where the account has not subscribed (API reference, RunInstances), and tells nobody before. */
function productFindings({ productCodes }: ImageDetails): Finding[] {
  if (productCodes.length === 0) return [];
  const codes = productCodes.join(', ');
  const text = `whether the account has subscribed to ${codes}, without which EC2 refuses the launch, is not known: see its subscriptions in AWS Marketplace`;
  return [unknown('product codes', text)];
}

function keyFindings(keys: RestoreInventory['keys'], target: Target): Finding[] {
  const unread = keys.complete
    ? []
    : [
        unknown(
          'encryption',
          `its keys could not all be looked at (${keys.problem}): a machine whose key cannot be used ends a minute after its start`,
        ),
      ];
  return [...unread, ...[...keys.value].map(([name, key]) => keyFinding(name, key, target))];
}

function keyFinding(name: string, { state, arn = name }: Key, { account, region }: Target): Finding {
  if (state === 'Enabled') return ok('encryption', `the key ${name} is enabled`);
  const what = state === 'missing' ? 'is not there' : `is ${state}`;
  // KMS takes either call from the key's own account alone.
  const owner = arn.startsWith('arn:') ? arn.split(':')[4] : account;
  const by = owner === account ? '' : ` (with credentials of its account ${owner})`;
  const command = (verb: string) => `aws kms ${verb} --region ${region} --key-id ${arn}`;
  const remedy =
    state === 'Disabled'
      ? `enable it first${by}: ${command('enable-key')}`
      : state === 'PendingDeletion'
        ? `cancel that first, which leaves it disabled, and enable it${by}: ${command('cancel-key-deletion')} && ${command('enable-key')}`
        : 'name another one under restore.<region>.kmsKey in the policy file, or copy the image under a key that can be used';
  return blocked('encryption', `the key ${name} ${what}, and without it no volume can be made: ${remedy}`);
}

/** Before anything is made the image is held, and its snapshots: EC2 refuses that where people have filled them with tags. */
function holdFindings(owned: OwnedImage, snapshots: RestoreInventory['snapshots']): Finding[] {
  if (owned.hold !== undefined) return [];
  const { image } = owned;
  const hold = {
    kind: 'hold',
    region: image.region,
    image: image.id,
    snapshots: snapshotsOf(owned),
    text: '',
  } as const;
  const lack = lackOfRoom(hold, crowdedAmong([image], snapshots.value));
  return lack ? [blocked('hold', lack.text)] : [];
}
