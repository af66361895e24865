import type {
  DescribeImageAttributeCommandInput,
  DescribeImageAttributeCommandOutput,
  ImageAttribute,
  ModifyImageAttributeCommandInput,
  ModifyImageAttributeCommandOutput,
  ResetImageAttributeCommandInput,
  ResetImageAttributeCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  attributeNotModelled,
  attributeRestricted,
  attributeUnknown,
  imageInWrongState,
  imageUnderDefaultKey,
  invalidAttributeItem,
  invalidCombination,
  missingParameter,
  tooManyPermissions,
} from '../errors.ts';
import { isDefaultKey } from '../plane/keys.ts';
import { changedPermissions, type PermissionChange, readPermissionChange } from '../plane/permissions.ts';
import type { AccountRegion, ImageEntry, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeImage, checkDescription, snapshotIds } from './lifecycle.ts';
import { ownImage } from './lookup.ts';
import { setLaunchPermissions } from './permissions.ts';

/** Attributes that EC2 has and the sandbox does not. */
const notModelled: ReadonlySet<string> = new Set([
  'bootMode',
  'imdsSupport',
  'kernel',
  'productCodes',
  'ramdisk',
  'sriovNetSupport',
  'tpmSupport',
  'uefiData',
]);

export function imageAttributeOperations(plane: Plane) {
  return {
    ModifyImageAttribute: operation<ModifyImageAttributeCommandInput, Answer<ModifyImageAttributeCommandOutput>>(
      [
        'ImageId',
        'Attribute',
        'OperationType',
        'UserIds',
        'UserGroups',
        'OrganizationArns',
        'OrganizationalUnitArns',
        'Value',
        'LaunchPermission',
        'Description',
      ],
      (input, context) => modify(plane, input, context),
    ),
    DescribeImageAttribute: operation<DescribeImageAttributeCommandInput, Answer<DescribeImageAttributeCommandOutput>>(
      ['ImageId', 'Attribute'],
      (input, context) => ({
        ImageId: input.ImageId,
        ...attributeOf(ownImage(plane, context, input.ImageId), input.Attribute),
      }),
    ),
    ResetImageAttribute: operation<ResetImageAttributeCommandInput, Answer<ResetImageAttributeCommandOutput>>(
      ['ImageId', 'Attribute'],
      (input, context) => {
        const entry = ownImage(plane, context, input.ImageId);
        if (input.Attribute !== 'launchPermission') throw attributeUnknown(String(input.Attribute));
        setLaunchPermissions(plane, plane.in(context.account, context.region), entry, []);
        return {};
      },
    ),
  };
}

/** One attribute a call (API reference, ModifyImageAttribute). */
function modify(plane: Plane, input: ModifyImageAttributeCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  const entry = ownImage(plane, context, input.ImageId);
  const attribute = attributeOfRequest(input);
  if (attribute === 'launchPermission') share(plane, place, entry, permissionChange(input));
  else describe(plane, place, entry, input.Description?.Value ?? input.Value);
  return {};
}

function attributeOfRequest(input: ModifyImageAttributeCommandInput): 'description' | 'launchPermission' {
  const named = new Set([
    ...(input.Attribute === undefined ? [] : [input.Attribute]),
    ...(input.LaunchPermission ? ['launchPermission'] : []),
    ...(input.Description ? ['description'] : []),
  ]);
  if (named.size > 1) throw invalidCombination('Fields for multiple attribute types specified.');
  const [attribute] = named;
  if (attribute === undefined) throw invalidCombination('No attributes specified.');
  if (notModelled.has(attribute)) throw attributeNotModelled(attribute);
  if (attribute !== 'description' && attribute !== 'launchPermission') throw attributeUnknown(attribute);
  const { OperationType, UserIds, UserGroups, OrganizationArns, OrganizationalUnitArns, Value } = input;
  const flat = OperationType ?? UserIds ?? UserGroups ?? OrganizationArns ?? OrganizationalUnitArns;
  if (flat !== undefined && input.Attribute !== 'launchPermission') {
    throw invalidCombination('OperationType and its lists can be used only when Attribute is launchPermission.');
  }
  if (Value !== undefined && attribute !== 'description') {
    throw invalidCombination('Value can be used only when Attribute is description or imdsSupport.');
  }
  return attribute;
}

function permissionChange(input: ModifyImageAttributeCommandInput): PermissionChange {
  return readPermissionChange(
    {
      structured: input.LaunchPermission ?? {},
      operation: input.OperationType,
      users: input.UserIds,
      groups: input.UserGroups,
      organizations: input.OrganizationArns,
      organizationalUnits: input.OrganizationalUnitArns,
    },
    invalidAttributeItem,
    () => missingParameter('OperationType'),
  );
}

/** Only what is available can be shared (EC2 User Guide, Disable an AMI; error codes, InvalidAMIID.Unavailable). */
function share(plane: Plane, place: AccountRegion, entry: ImageEntry, change: PermissionChange): void {
  const { imageStateCode, sharingLimit, sharingLimitCode } = plane.behaviour(place.region);
  const state = entry.current.State ?? 'invalid';
  if (state !== 'available') throw imageInWrongState(imageStateCode, entry.id, state);
  const permissions = changedPermissions(entry.sharing?.current ?? [], change);
  if (change.add.length > 0 && permissions.length > sharingLimit) {
    throw tooManyPermissions(sharingLimitCode, sharingLimit);
  }
  const isUnderDefaultKey = (id: string) => isDefaultKey(place.snapshots.get(id)?.current.KmsKeyId ?? '');
  if (change.add.length > 0 && snapshotIds(entry).some(isUnderDefaultKey)) throw imageUnderDefaultKey();
  setLaunchPermissions(plane, place, entry, permissions);
}

function describe(plane: Plane, place: AccountRegion, entry: ImageEntry, text: string | undefined): void {
  if (text === undefined) throw missingParameter('Value');
  checkDescription(text);
  changeImage(plane, place, entry, { Description: text });
}

/** What reads show of one attribute; an attribute without a value is left out. */
function attributeOf({ shown = {}, sharing }: ImageEntry, attribute: string | undefined): ImageAttribute {
  switch (attribute) {
    case undefined:
      throw missingParameter('Attribute');
    case 'description':
      return shown.Description === undefined ? {} : { Description: { Value: shown.Description } };
    case 'launchPermission':
      return { LaunchPermissions: view([...(sharing?.shown ?? [])]) };
    case 'deregistrationProtection':
      return { DeregistrationProtection: { Value: shown.DeregistrationProtection } };
    case 'lastLaunchedTime':
      return shown.LastLaunchedTime === undefined ? {} : { LastLaunchedTime: { Value: shown.LastLaunchedTime } };
    case 'blockDeviceMapping':
      throw attributeRestricted();
    default:
      throw notModelled.has(attribute) ? attributeNotModelled(attribute) : attributeUnknown(attribute);
  }
}
