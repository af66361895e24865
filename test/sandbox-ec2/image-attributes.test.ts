import { describe, expect, it } from 'vitest';
import { anImage, anInstance, aPlane, consumer, hours, idOf, imageOf, minutes, refusal } from './plane.ts';
import { listed, permissionsOf, share, third } from './sharing.ts';

const organization = 'arn:aws:organizations::111122223333:organization/o-abcdefghij';
const unit = 'arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-abcd-12345678';

describe('launch permissions', () => {
  it('are given and taken one by one, in either form', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const [a, b] = [consumer.account, third.account];
    share(plane, ImageId, a, b, a);
    expect(permissionsOf(plane, ImageId)).toEqual([{ UserId: a }, { UserId: b }]);
    const LaunchPermission = { Add: [{ OrganizationArn: organization }, { UserId: b }], Remove: [{ UserId: a }] };
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission });
    expect(permissionsOf(plane, ImageId)).toEqual([{ UserId: b }, { OrganizationArn: organization }]);
    plane.call('ModifyImageAttribute', {
      ImageId,
      Attribute: 'launchPermission',
      OperationType: 'remove',
      UserIds: [a, b],
      OrganizationArns: [organization],
    });
    expect(permissionsOf(plane, ImageId)).toEqual([]);
  });

  it.each([
    ['an organization', { OrganizationArn: organization }, organization],
    ['an organizational unit', { OrganizationalUnitArn: unit }, unit],
  ])('of %s are those of its accounts', async (_, permission, arn) => {
    const plane = aPlane({ organizations: { [arn]: [consumer.account] } });
    const ImageId = await anImage(plane);
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [permission] } });
    expect(listed(plane, { ExecutableUsers: ['self'] })).toEqual([ImageId]);
    expect(listed(plane, { ExecutableUsers: ['self'] }, third)).toEqual([]);
    expect(listed(plane, { ExecutableUsers: [consumer.account] }, { account: '111122223333' })).toEqual([]);
  });

  it('of the group all make an image public, and deprecated two years after its creation', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } });
    expect(imageOf(plane, ImageId)).toMatchObject({ Public: true, DeprecationTime: '2028-01-02T03:04:00.000Z' });
    expect(listed(plane, {}, third)).toContain(ImageId);
    expect(listed(plane, { ExecutableUsers: ['all'], Owners: ['111122223333'] }, third)).toEqual([ImageId]);
    expect(listed(plane, { ExecutableUsers: ['self'] }, third)).toEqual([]);
    const deprecate = (date: string) => plane.call('EnableImageDeprecation', { ImageId, DeprecateAt: new Date(date) });
    expect(refusal(() => deprecate('2028-02-01T00:00:00Z')).code).toBe('InvalidParameterValue');
    expect(refusal(() => plane.call('DisableImageDeprecation', { ImageId })).code).toBe('InvalidParameterValue');
    deprecate('2027-01-01T00:00:00Z');
    plane.call('ResetImageAttribute', { ImageId, Attribute: 'launchPermission' });
    expect(imageOf(plane, ImageId)).toMatchObject({ Public: false, DeprecationTime: '2027-01-01T00:00:00.000Z' });
  });

  it('have limits: so many entities an image, so many public images an account', async () => {
    const plane = aPlane({ publicImageQuota: 1, publicImageQuotaCode: 'PublicLimit', sharingLimitCode: 'ShareLimit' });
    const [one, other] = [await anImage(plane, 'one'), await anImage(plane, 'other')];
    const accounts = Array.from({ length: 1_000 }, (_, index) => String(200_000_000_000 + index));
    share(plane, one, ...accounts);
    share(plane, one, ...accounts.slice(0, 5));
    expect(refusal(() => share(plane, one, consumer.account)).code).toBe('ShareLimit');
    const publish = (ImageId: string) =>
      plane.call('ModifyImageAttribute', {
        ImageId,
        Attribute: 'launchPermission',
        OperationType: 'add',
        UserGroups: ['all'],
      });
    plane.call('ResetImageAttribute', { ImageId: one, Attribute: 'launchPermission' });
    publish(one);
    publish(one);
    expect(refusal(() => publish(other)).code).toBe('PublicLimit');
    plane.call('DeregisterImage', { ImageId: one });
    publish(other);
  });

  it.each([
    [{ UserIds: ['1'] }, 'InvalidAMIAttributeItemValue', 'Invalid attribute item value "1" for userId item type.'],
    [
      { UserGroups: ['some'] },
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "some" for UserGroup item type.',
    ],
    [
      { OrganizationArns: [unit] },
      'InvalidAMIAttributeItemValue',
      `Invalid attribute item value "${unit}" for organizationArn item type.`,
    ],
    [
      { OrganizationalUnitArns: ['x'] },
      'InvalidAMIAttributeItemValue',
      'Invalid attribute item value "x" for organizationalUnitArn item type.',
    ],
    [
      { UserIds: ['444455556666'], OperationType: undefined },
      'MissingParameter',
      'The request must contain the parameter OperationType',
    ],
    [{ Description: { Value: 'x' } }, 'InvalidParameterCombination', 'Fields for multiple attribute types specified.'],
    [{ Attribute: undefined, OperationType: undefined }, 'InvalidParameterCombination', 'No attributes specified.'],
    [
      { Attribute: 'description', Value: 'x' },
      'InvalidParameterCombination',
      'OperationType and its lists can be used only when Attribute is launchPermission.',
    ],
    [
      { Value: 'x' },
      'InvalidParameterCombination',
      'Value can be used only when Attribute is description or imdsSupport.',
    ],
    [{ Attribute: 'name' }, 'InvalidParameterValue', 'Value (name) for parameter attribute is invalid.'],
    [
      { Attribute: 'imdsSupport' },
      'UnsupportedOperation',
      "sandbox does not model the attribute 'imdsSupport': leave it out, or add it to the operation's attributes",
    ],
  ])('are not changed by %o: %s', async (input, code, message) => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const change = { ImageId, Attribute: 'launchPermission', OperationType: 'add' as const, ...input };
    expect(refusal(() => plane.call('ModifyImageAttribute', change))).toEqual({ code, message });
    expect(permissionsOf(plane, ImageId)).toEqual([]);
  });

  it('are given only for what is available', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    expect(refusal(() => share(plane, ImageId, consumer.account)).code).toBe('InvalidAMIID.Unavailable');
  });
});

describe('other attributes of an image', () => {
  it('are its description, which can be changed', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const read = () => plane.call('DescribeImageAttribute', { ImageId, Attribute: 'description' });
    expect(read()).toEqual({ ImageId });
    plane.call('ModifyImageAttribute', { ImageId, Description: { Value: 'one' } });
    expect(read()).toEqual({ ImageId, Description: { Value: 'one' } });
    plane.call('ModifyImageAttribute', { ImageId, Attribute: 'description', Value: 'two' });
    expect(imageOf(plane, ImageId).Description).toBe('two');
    const long = { ImageId, Description: { Value: 'x'.repeat(256) } };
    expect(refusal(() => plane.call('ModifyImageAttribute', long)).code).toBe('InvalidParameterValue');
  });

  it('are its protection, and what EC2 does not tell or the sandbox does not know', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const read = (Attribute: 'deregistrationProtection' | 'blockDeviceMapping' | 'bootMode') =>
      plane.call('DescribeImageAttribute', { ImageId, Attribute });
    expect(read('deregistrationProtection')).toEqual({ ImageId, DeregistrationProtection: { Value: 'disabled' } });
    expect(refusal(() => read('blockDeviceMapping')).code).toBe('AuthFailure');
    expect(refusal(() => read('bootMode')).code).toBe('UnsupportedOperation');
  });
});

describe('the time of the last launch', () => {
  it('is shown to the owner alone, a day after a launch by any account', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    const run = (context = {}) => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, context);
    run();
    await plane.clock.advance(hours);
    const last = new Date(plane.clock.now()).toISOString().replace('.000Z', 'Z');
    run(consumer);
    await plane.clock.advance(23 * hours - 1);
    expect(imageOf(plane, ImageId)).not.toHaveProperty('LastLaunchedTime');
    expect(plane.call('DescribeImageAttribute', { ImageId, Attribute: 'lastLaunchedTime' })).toEqual({ ImageId });
    await plane.clock.advance(1);
    expect(imageOf(plane, ImageId).LastLaunchedTime).toMatch(/Z$/);
    const text = JSON.stringify(plane.service.dump());
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(text));
    await other.clock.advance(hours);
    expect(imageOf(other, ImageId).LastLaunchedTime).toBe(last);
    expect(other.call('DescribeImageAttribute', { ImageId, Attribute: 'lastLaunchedTime' })).toEqual({
      ImageId,
      LastLaunchedTime: { Value: last },
    });
    expect(imageOf(other, ImageId, consumer)).not.toHaveProperty('LastLaunchedTime');
  });

  it('is shown as late as the behaviour says, and never goes back', async () => {
    const plane = aPlane({ lastLaunchedLagMs: hours });
    const ImageId = await anImage(plane);
    const run = () => plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 });
    run();
    plane.service.setBehaviour({ lastLaunchedLagMs: 0 });
    await plane.clock.advance(minutes);
    run();
    const last = imageOf(plane, ImageId).LastLaunchedTime;
    expect(last).toBe(new Date(plane.clock.now()).toISOString().replace('.000Z', 'Z'));
    await plane.clock.advance(hours);
    expect(imageOf(plane, ImageId).LastLaunchedTime).toBe(last);
  });
});
