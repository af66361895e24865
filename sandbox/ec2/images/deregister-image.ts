import type {
  DeleteSnapshotReturnCode,
  DeregisterImageCommandInput,
  DeregisterImageCommandOutput,
  SnapshotReturnCodes,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { userOfSnapshot } from '../bin/binned.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { removeSnapshot } from '../snapshots/lifecycle.ts';
import { isLocked } from '../snapshots/locks.ts';
import { forgetImage, snapshotIds } from './lifecycle.ts';
import { ownImage } from './lookup.ts';
import { refuseIfProtected } from './protection.ts';

export function deregisterImageOperations(plane: Plane) {
  return {
    DeregisterImage: operation<DeregisterImageCommandInput, Answer<DeregisterImageCommandOutput>>(
      ['ImageId', 'DeleteAssociatedSnapshots'],
      (input, context) => deregisterImage(plane, input, context),
    ),
  };
}

/**
 * Deregisters an image in any state; on a pending one, that cancels its making. Its snapshots stay unless asked
 * for, and whatever becomes of them the call succeeds (EC2 User Guide, Deregister an AMI). An image and a snapshot that
 * a rule of the Recycle Bin catches go there.
 *
 * @throws AuthFailure for the image of another account, also for one that reads do not show; what the behaviour says
 *   for one that is protected from it.
 */
function deregisterImage(plane: Plane, input: DeregisterImageCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  const entry = ownImage(plane, context, input.ImageId, 'denied');
  refuseIfProtected(plane, place, entry);
  forgetImage(plane, place, entry, context.requestId);
  const ids = input.DeleteAssociatedSnapshots ? snapshotIds(entry) : [];
  return {
    Return: true,
    DeleteSnapshotResults: ids.map(
      (id): DeleteSnapshotReturnCode => ({ SnapshotId: id, ReturnCode: deleteWithImage(plane, place, id) }),
    ),
  };
}

/** `skipped` is a snapshot that another image is made of (API reference, DeleteSnapshotReturnCode). */
function deleteWithImage(plane: Plane, place: AccountRegion, id: string): SnapshotReturnCodes {
  if (userOfSnapshot(plane, place, id) !== undefined) return 'skipped';
  const failure = plane.snapshotDeletionFailures.get(id);
  if (failure) return failure;
  const snapshot = place.snapshots.get(id);
  if (!snapshot) return 'client-error';
  if (isLocked(snapshot, plane.clock.now())) return plane.behaviour(place.region).lockedSnapshotReturnCode;
  removeSnapshot(plane, place, snapshot);
  return 'success';
}
