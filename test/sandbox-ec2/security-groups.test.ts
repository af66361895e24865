import { describe, expect, it } from 'vitest';
import { aNetwork, aPlane, idOf, launched, refusal } from './plane.ts';

const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

/** A plane with a network and a way to read its group. */
function aGroup() {
  const plane = aPlane();
  const network = aNetwork(plane);
  const read = () => plane.call('DescribeSecurityGroups', { GroupIds: [network.GroupId] }).SecurityGroups?.[0];
  return { ...plane, plane, ...network, read };
}

describe('a security group', () => {
  it('lets in nothing and out everything, until that is revoked', () => {
    const { call, GroupId, read } = aGroup();
    expect(read()).toMatchObject({ GroupName: 'web', IpPermissions: [], IpPermissionsEgress: [all] });
    call('RevokeSecurityGroupEgress', { GroupId, IpPermissions: [all] });
    expect(read()?.IpPermissionsEgress).toEqual([]);
    expect(refusal(() => call('RevokeSecurityGroupEgress', { GroupId, IpPermissions: [all] })).code).toBe(
      'InvalidPermission.NotFound',
    );
  });

  it('has the rules that it is given, those of the same ports together', () => {
    const { call, GroupId, read } = aGroup();
    const one = { ...https, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }] };
    const other = { IpProtocol: '6', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId }] };
    call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [one] });
    call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [other] });
    expect(read()?.IpPermissions).toMatchObject([{ ...one, UserIdGroupPairs: [{ GroupId, UserId: '111122223333' }] }]);
    expect(refusal(() => call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [one] })).code).toBe(
      'InvalidPermission.Duplicate',
    );
    call('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [one] });
    expect(read()?.IpPermissions).toMatchObject([{ ...https, UserIdGroupPairs: [{ GroupId }] }]);
    const Filters = [{ Name: 'ip-permission.group-id', Values: [GroupId] }];
    expect(call('DescribeSecurityGroups', { GroupIds: [GroupId], Filters }).SecurityGroups).toHaveLength(1);
  });

  it.each([
    ['without a peer', [{ ...https }], 'MissingParameter'],
    ['without ports', [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }], 'MissingParameter'],
    ['of no protocol', [{ IpProtocol: 'smtp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }], 'InvalidParameterValue'],
    ['of a range without a block', [{ ...https, IpRanges: [{}] }], 'InvalidPermission.Malformed'],
    [
      'of a group that is not there',
      [{ ...https, UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] }],
      'InvalidGroup.NotFound',
    ],
    ['of nothing', [], 'MissingParameter'],
  ])('has no rule %s', (_, IpPermissions, code) => {
    const { call, GroupId } = aGroup();
    expect(refusal(() => call('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions })).code).toBe(code);
  });

  it('has a name of its own in its VPC', () => {
    const { call, VpcId } = aGroup();
    const create = (GroupName: string, vpc?: string) =>
      call('CreateSecurityGroup', { GroupName, Description: 'one', ...(vpc && { VpcId: vpc }) });
    expect(refusal(() => create('web', VpcId)).code).toBe('InvalidGroup.Duplicate');
    expect(refusal(() => create('default', VpcId)).code).toBe('InvalidParameterValue');
    const { GroupId } = create('web');
    expect(call('DescribeSecurityGroups', { GroupNames: ['web'] }).SecurityGroups).toMatchObject([{ GroupId }]);
    expect(refusal(() => call('DescribeSecurityGroups', { GroupNames: ['db'] })).code).toBe('InvalidGroup.NotFound');
  });

  it('goes unless it is used or a VPC’s own', () => {
    const { plane, call, VpcId, SubnetId, GroupId } = aGroup();
    const gone = (id: string) => refusal(() => call('DeleteSecurityGroup', { GroupId: id })).code;
    const [own] =
      call('DescribeSecurityGroups', { Filters: [{ Name: 'group-name', Values: ['default'] }] }).SecurityGroups ?? [];
    expect(gone(idOf(own?.GroupId))).toBe('CannotDelete');
    const { GroupId: other } = call('CreateSecurityGroup', { GroupName: 'db', Description: 'db', VpcId });
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
    call('AuthorizeSecurityGroupIngress', { GroupId: other, IpPermissions });
    expect(gone(GroupId)).toBe('DependencyViolation');
    call('RevokeSecurityGroupIngress', { GroupId: other, IpPermissions });
    launched(plane, { SubnetId, SecurityGroupIds: [idOf(other)] });
    expect(gone(idOf(other))).toBe('DependencyViolation');
    call('DeleteSecurityGroup', { GroupId });
    expect(gone(GroupId)).toBe('InvalidGroup.NotFound');
    expect(gone('sg-x')).toBe('InvalidGroupId.Malformed');
  });
});
