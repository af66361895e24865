import type { DeleteVolumeCommandInput, DeleteVolumeCommandOutput } from '@aws-sdk/client-ec2';
import { volumeInWrongState, volumeTaken } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeVolume, moveVolume } from './lifecycle.ts';
import { ownVolume } from './lookup.ts';

export function deleteVolumeOperations(plane: Plane) {
  return {
    /** @throws VolumeInUse, IncorrectState for one that is not there yet, or no longer. */
    DeleteVolume: operation<DeleteVolumeCommandInput, Answer<DeleteVolumeCommandOutput>>(
      ['VolumeId'],
      ({ VolumeId: id = '' }, { account, region }) => {
        const place = plane.in(account, region);
        const entry = ownVolume(place, id);
        const { State: state = '', Attachments: [attachment] = [] } = entry.current;
        if (attachment) throw volumeTaken(id, attachment.InstanceId ?? '');
        if (state !== 'available' && state !== 'error') throw volumeInWrongState(id, state, 'available');
        changeVolume(place, entry, { State: 'deleting' });
        moveVolume(plane, place, entry, plane.behaviour(region).volumeDeleteMs);
        return {};
      },
    ),
  };
}
