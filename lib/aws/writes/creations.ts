import { createHash } from 'node:crypto';
import {
  CopyImageCommand,
  type CopyImageCommandInput,
  CreateImageCommand,
  CreateTagsCommand,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { imageId, type Target } from '../../model/ids.ts';
import type { Recipe, Tags } from '../../model/resources.ts';
import { DAY, type Instant } from '../../model/time.ts';
import type { CopyImage } from '../../planning/copy/changes.ts';
import type { CreateImage } from '../../planning/create/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { copyAttemptTag } from '../../tagging/copy-attempts.ts';
import { recipeHash, recipeTags } from '../../tagging/recipe-tags.ts';
import { sealTag, stampText } from '../../tagging/seal.ts';
import { type Caller, type CallFailure, describeFailure } from '../calls/caller.ts';
import { holderIn } from '../calls/errors.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { fromTags } from '../convert.ts';
import { failed } from './applied.ts';
import { descriptionOf } from './description.ts';

/** Of a call that makes an image: the name may be taken, by a lost answer of our own too. */
function made(
  result: { ok: true; value: { ImageId?: string | undefined } } | { ok: false; failure: CallFailure },
): Applied {
  if (result.ok) return { kind: 'done', ...(result.value.ImageId && { image: imageId(result.value.ImageId) }) };
  if (result.failure.meaning !== 'name-taken') return failed(result.failure);
  const holder = holderIn(result.failure.message);
  return { kind: 'lost-name', ...(holder && { holder: imageId(holder) }) };
}

function tagSpecifications(tags: Tags, recipe: Recipe = {}): TagSpecification[] {
  return [
    { ResourceType: 'image', Tags: fromTags({ ...tags, ...recipeTags(recipe) }) },
    { ResourceType: 'snapshot', Tags: fromTags(tags) },
  ];
}

/**
 * Creates an image. An image without a seal is better than none: where the key can't be used it is made all the same, and
 * that is told as a failure, since nobody retires it until a person has it sealed.
 */
export async function create(caller: Caller, sealKey: SealKey, target: Target, change: CreateImage): Promise<Applied> {
  const hash = change.recipe && recipeHash(change.recipe);
  const signed = await sealKey.sign(caller, stampText(change.tags, hash));
  if (!signed.ok && signed.failure.meaning === 'not-started') return { kind: 'not-started' };
  const tags = signed.ok ? { ...change.tags, ...sealTag(signed.value, hash) } : change.tags;
  const command = () =>
    new CreateImageCommand({
      InstanceId: change.instance,
      Name: change.name,
      Description: descriptionOf(change.stamp),
      // Always sent: EC2 reboots the instance where it is left out.
      NoReboot: !change.reboot,
      BlockDeviceMappings: change.excludeDevices.map((device) => ({ DeviceName: device, NoDevice: '' })),
      TagSpecifications: tagSpecifications(tags, change.recipe),
    });
  const applied = made(await caller.call(target, 'CreateImage', (client) => client.send(command())));
  if (signed.ok || applied.kind !== 'done') return applied;
  return { ...applied, flaw: `it has no seal, since the key could not be used (${describeFailure(signed.failure)})` };
}

export async function copy(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  source: Target,
  change: CopyImage,
): Promise<Applied> {
  const hash = change.recipe && recipeHash(change.recipe);
  const signed = await sealKey.sign(caller, stampText(change.tags, hash));
  // A copy can wait until it can be sealed.
  if (!signed.ok) return failed(signed.failure);
  const { lastFailure } = change;
  if (lastFailure !== undefined) {
    const tags = fromTags(copyAttemptTag(change, change.stamp.attempt, lastFailure));
    const written = await caller.call(source, 'CreateTags', (client) =>
      client.send(new CreateTagsCommand({ Resources: [change.source.image], Tags: tags })),
    );
    if (!written.ok) return failed(written.failure);
  }
  const parameters: CopyImageCommandInput = {
    Name: change.name,
    SourceImageId: change.source.image,
    SourceRegion: change.source.region,
    Description: descriptionOf(change.stamp),
    ...((change.encrypt || change.kmsKey !== undefined) && { Encrypted: true }),
    ...(change.kmsKey !== undefined && { KmsKeyId: change.kmsKey }),
    TagSpecifications: tagSpecifications({ ...change.tags, ...sealTag(signed.value, hash) }, change.recipe),
  };
  const input = { ...parameters, ClientToken: clientToken(parameters, caller.now()) };
  return made(await caller.call(target, 'CopyImage', (client) => client.send(new CopyImageCommand(input))));
}

/**
 * The same for the same copy asked for twice in a day, another for anything else: the name, which holds the attempt, is
 * one of the parameters, so that a new attempt does not get the dead image of the one before. A later day has another
 * token, since EC2 goes on answering with the image of the first call when that is long deregistered, and a copy that is
 * wanted again would never be made; that it is not made twice is the name's doing. EC2 takes 64 characters.
 */
function clientToken(parameters: CopyImageCommandInput, now: Instant): string {
  const day = Math.floor(now / DAY);
  return createHash('sha256')
    .update(JSON.stringify([day, parameters]))
    .digest('hex');
}
