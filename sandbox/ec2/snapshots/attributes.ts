import type {
  DescribeSnapshotAttributeCommandInput,
  DescribeSnapshotAttributeCommandOutput,
  ModifySnapshotAttributeCommandInput,
  ModifySnapshotAttributeCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  attributeNotModelled,
  attributeUnknown,
  invalidValue,
  missingParameter,
  snapshotUnderDefaultKey,
} from '../errors.ts';
import { isDefaultKey } from '../plane/keys.ts';
import { changedPermissions, type Permission, readPermissionChange } from '../plane/permissions.ts';
import type { Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeSnapshot } from './lifecycle.ts';
import { ownSnapshot } from './lookup.ts';

export function snapshotAttributeOperations(plane: Plane) {
  return {
    ModifySnapshotAttribute: operation<
      ModifySnapshotAttributeCommandInput,
      Answer<ModifySnapshotAttributeCommandOutput>
    >(
      ['SnapshotId', 'Attribute', 'OperationType', 'UserIds', 'GroupNames', 'CreateVolumePermission'],
      (input, context) => modify(plane, input, context),
    ),
    DescribeSnapshotAttribute: operation<
      DescribeSnapshotAttributeCommandInput,
      Answer<DescribeSnapshotAttributeCommandOutput>
    >(['SnapshotId', 'Attribute'], (input, { account, region }) => {
      const { id, sharing } = ownSnapshot(plane.in(account, region), input.SnapshotId);
      checkAttribute(input.Attribute);
      return { SnapshotId: id, CreateVolumePermissions: (sharing?.shown ?? []).map(ofVolume) };
    }),
  };
}

/** Permissions to make volumes are all that can be changed (API reference, ModifySnapshotAttribute). */
function modify(plane: Plane, input: ModifySnapshotAttributeCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const entry = ownSnapshot(place, input.SnapshotId);
  if (input.Attribute !== undefined || !input.CreateVolumePermission) checkAttribute(input.Attribute);
  const change = readPermissionChange(
    {
      structured: input.CreateVolumePermission ?? {},
      operation: input.OperationType,
      users: input.UserIds,
      groups: input.GroupNames,
    },
    (value, type) => invalidValue(`Value (${value}) for parameter ${type} is invalid.`),
    () => missingParameter('OperationType'),
  );
  if (change.add.length > 0 && isDefaultKey(entry.current.KmsKeyId ?? '')) throw snapshotUnderDefaultKey();
  plane.sharedSnapshots.set(region, entry, changedPermissions(entry.sharing?.current ?? [], change));
  changeSnapshot(plane, place, entry, {});
  return {};
}

function checkAttribute(attribute: string | undefined): void {
  if (attribute === undefined) throw missingParameter('Attribute');
  if (attribute === 'productCodes') throw attributeNotModelled(attribute);
  if (attribute !== 'createVolumePermission') throw attributeUnknown(attribute);
}

function ofVolume({ UserId, Group }: Permission) {
  return { ...(UserId !== undefined && { UserId }), ...(Group !== undefined && { Group }) };
}
