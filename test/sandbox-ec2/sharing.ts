import { consumer, type PlaneUnderTest } from './plane.ts';

/** An account that nothing is shared with. */
export const third = { account: '777788889999' };

export function share(plane: PlaneUnderTest, ImageId: string, ...UserIds: string[]): void {
  plane.call('ModifyImageAttribute', { ImageId, Attribute: 'launchPermission', OperationType: 'add', UserIds });
}

export function permissionsOf(plane: PlaneUnderTest, ImageId: string) {
  return plane.call('DescribeImageAttribute', { ImageId, Attribute: 'launchPermission' }).LaunchPermissions;
}

/** The ids of the images that an account lists. */
export function listed(plane: PlaneUnderTest, input: object, context = consumer): (string | undefined)[] {
  return (plane.call('DescribeImages', input, context).Images ?? []).map(({ ImageId }) => ImageId);
}
