import type { InstanceProfile, Role } from '@aws-sdk/client-iam';
import { secondsDate, view } from '../ec2/plane/views.ts';
import type { IamAccount, ProfileEntry, RoleEntry } from './state.ts';

export function shownRole({ account }: IamAccount, { id, name, path, createdAt, trust }: RoleEntry): Role {
  return view<Role>({
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: `arn:aws:iam::${account}:role${path}${name}`,
    CreateDate: secondsDate(createdAt),
    // IAM gives policies back as they stand in a URL.
    AssumeRolePolicyDocument: encodeURIComponent(trust),
  });
}

export function profileArn({ account }: IamAccount, { path, name }: ProfileEntry): string {
  return `arn:aws:iam::${account}:instance-profile${path}${name}`;
}

export function shownProfile(own: IamAccount, entry: ProfileEntry): InstanceProfile {
  const { id, name, path, createdAt, roles } = entry;
  return view<InstanceProfile>({
    Path: path,
    InstanceProfileName: name,
    InstanceProfileId: id,
    Arn: profileArn(own, entry),
    CreateDate: secondsDate(createdAt),
    Roles: roles.flatMap((role) => {
      const entry = own.roles.get(role);
      return entry ? [shownRole(own, entry)] : [];
    }),
  });
}
