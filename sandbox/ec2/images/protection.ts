import type {
  DisableImageDeregistrationProtectionCommandInput,
  DisableImageDeregistrationProtectionCommandOutput,
  EnableImageDeregistrationProtectionCommandInput,
  EnableImageDeregistrationProtectionCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { imageProtected } from '../errors.ts';
import type { AccountRegion, ImageEntry, Plane } from '../plane/state.ts';
import { secondsText } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeImage } from './lifecycle.ts';
import { ownImage } from './lookup.ts';

/** How long protection outlasts its disabling (EC2 User Guide, Protect an AMI from deregistration). */
const cooldownMs = 86_400_000;

/** What the protection of an image that cools down is called, before the time. */
const cooling = 'disabled after ';

export function imageProtectionOperations(plane: Plane) {
  return {
    EnableImageDeregistrationProtection: operation<
      EnableImageDeregistrationProtectionCommandInput,
      Answer<EnableImageDeregistrationProtectionCommandOutput>
    >(['ImageId', 'WithCooldown'], (input, context) => {
      const protection = input.WithCooldown ? 'enabled-with-cooldown' : 'enabled-without-cooldown';
      setProtection(
        plane,
        plane.in(context.account, context.region),
        ownImage(plane, context, input.ImageId),
        protection,
      );
      return { Return: protection };
    }),
    DisableImageDeregistrationProtection: operation<
      DisableImageDeregistrationProtectionCommandInput,
      Answer<DisableImageDeregistrationProtectionCommandOutput>
    >(['ImageId'], (input, context) => ({ Return: disable(plane, input, context) })),
  };
}

/** @throws what the behaviour says for an image that is protected or cools down, whoever asks. */
export function refuseIfProtected(plane: Plane, place: AccountRegion, { id, current }: ImageEntry): void {
  const { DeregistrationProtection: protection = 'disabled' } = current;
  if (protection !== 'disabled') throw imageProtected(plane.behaviour(place.region).protectedImageCode, id, protection);
}

/** @returns the protection as it is then: disabled, or disabled after a time. */
function disable(plane: Plane, input: DisableImageDeregistrationProtectionCommandInput, context: CallContext): string {
  const place = plane.in(context.account, context.region);
  const entry = ownImage(plane, context, input.ImageId);
  const { DeregistrationProtection: before = 'disabled' } = entry.current;
  if (before.startsWith(cooling)) return before;
  if (before !== 'enabled-with-cooldown') {
    setProtection(plane, place, entry, 'disabled');
    return 'disabled';
  }
  const endsAt = plane.clock.now() + cooldownMs;
  const { cooldownEndPrecision } = plane.behaviour(context.region);
  const time = secondsText(endsAt);
  const protection = `${cooling}${cooldownEndPrecision === 'seconds' ? time.replace('.000Z', 'Z') : time}`;
  setProtection(plane, place, entry, protection);
  entry.cooldownEndsAt = endsAt;
  plane.later('image-cooldown-ended', place, entry.id, endsAt);
  return protection;
}

function setProtection(plane: Plane, place: AccountRegion, entry: ImageEntry, protection: string): void {
  changeImage(plane, place, entry, { DeregistrationProtection: protection });
}

export function handleProtectionTransitions(plane: Plane): void {
  plane.timeline.handle('image-cooldown-ended', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.images.get(id);
    if (!entry?.current.DeregistrationProtection?.startsWith(cooling)) return;
    // A cooldown that was cut off by enabling protection anew may have been followed by another one.
    if (plane.clock.now() >= (entry.cooldownEndsAt ?? 0)) setProtection(plane, place, entry, 'disabled');
  });
}
