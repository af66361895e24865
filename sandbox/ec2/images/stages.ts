import type {
  DisableImageCommandInput,
  DisableImageCommandOutput,
  DisableImageDeprecationCommandInput,
  DisableImageDeprecationCommandOutput,
  EnableImageCommandInput,
  EnableImageCommandOutput,
  EnableImageDeprecationCommandInput,
  EnableImageDeprecationCommandOutput,
  ImageState,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { deprecationDateRefused, imageInWrongState, missingParameter } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeImage, tellState } from './lifecycle.ts';
import { ownImage } from './lookup.ts';
import { latestDeprecation, setLaunchPermissions } from './permissions.ts';
import { refuseIfProtected } from './protection.ts';

export function imageStageOperations(plane: Plane) {
  return {
    EnableImage: operation<EnableImageCommandInput, Answer<EnableImageCommandOutput>>(['ImageId'], (input, context) =>
      moveStage(plane, input.ImageId, context, 'disabled', 'available'),
    ),
    DisableImage: operation<DisableImageCommandInput, Answer<DisableImageCommandOutput>>(
      ['ImageId'],
      (input, context) => moveStage(plane, input.ImageId, context, 'available', 'disabled'),
    ),
    EnableImageDeprecation: operation<EnableImageDeprecationCommandInput, Answer<EnableImageDeprecationCommandOutput>>(
      ['ImageId', 'DeprecateAt'],
      (input, context) => deprecate(plane, input, context),
    ),
    DisableImageDeprecation: operation<
      DisableImageDeprecationCommandInput,
      Answer<DisableImageDeprecationCommandOutput>
    >(['ImageId'], (input, context) => {
      const entry = ownImage(plane, context, input.ImageId);
      if (entry.current.Public) {
        throw deprecationDateRefused(plane.behaviour(context.region).deprecationDateCode, publicRule);
      }
      const { DeprecationTime: _, ...rest } = entry.current;
      entry.current = view(rest);
      changeImage(plane, plane.in(context.account, context.region), entry, {});
      return { Return: true };
    }),
  };
}

/**
 * EC2 User Guide, Disable an AMI: both directions are told as events. An image that is disabled is shared with nobody,
 * and stays so when it is enabled.
 */
function moveStage(
  plane: Plane,
  imageId: string | undefined,
  context: CallContext,
  from: ImageState,
  to: 'available' | 'disabled',
) {
  const place = plane.in(context.account, context.region);
  const entry = ownImage(plane, context, imageId);
  const { repeatedStage, imageStateCode, protectionBlocksDisabling } = plane.behaviour(context.region);
  const state = entry.current.State ?? 'invalid';
  if (state === to && repeatedStage === 'success') return { Return: true };
  if (state !== from) throw imageInWrongState(imageStateCode, entry.id, state);
  if (to === 'disabled' && protectionBlocksDisabling) refuseIfProtected(plane, place, entry);
  if (to === 'disabled' && entry.sharing) setLaunchPermissions(plane, place, entry, []);
  changeImage(plane, place, entry, { State: to });
  tellState(plane, place, entry, to, '', context.requestId);
  return { Return: true };
}

const minute = 60_000;

const publicRule = 'The deprecation date of a public AMI must lie at most 2 years after its creation.';

/**
 * EC2 User Guide, Deprecate an AMI: to the nearest minute, not in the past, at most ten years ahead; of a public image
 * at most two years after its creation.
 */
function deprecate(plane: Plane, input: EnableImageDeprecationCommandInput, context: CallContext) {
  const entry = ownImage(plane, context, input.ImageId);
  if (!input.DeprecateAt) throw missingParameter('DeprecateAt');
  const { deprecationDateCode } = plane.behaviour(context.region);
  const now = plane.clock.now();
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + 10);
  const at = input.DeprecateAt.getTime();
  if (at < now || at > latest.getTime()) {
    throw deprecationDateRefused(
      deprecationDateCode,
      'The deprecation date must lie in the future, and at most 10 years ahead.',
    );
  }
  if (entry.current.Public && at > latestDeprecation(entry)) {
    throw deprecationDateRefused(deprecationDateCode, publicRule);
  }
  changeImage(plane, plane.in(context.account, context.region), entry, {
    DeprecationTime: new Date(Math.round(at / minute) * minute).toISOString(),
  });
  return { Return: true };
}
