import { blocked, ok, unknown } from './findings.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Finding } from './plan.ts';
import type { Wishes } from './wishes.ts';

/** Without its rights a machine is another one, so a profile that is gone, or has lost its role, blocks: only a person says that it goes without. */
export function profileFindings({ profile: wish }: Wishes, { profile }: Pick<RestoreInventory, 'profile'>): Finding[] {
  if (!wish) return [];
  const { value: name } = wish;
  if (!profile.complete) {
    const text = `whether ${name} is there could not be read (${profile.problem}): that takes iam:GetInstanceProfile`;
    return [unknown('instance profile', text)];
  }
  if (!profile.value) {
    const text = `there is no ${name} in the account: name another one with --profile, or none`;
    return [blocked('instance profile', text)];
  }
  const { role } = profile.value;
  return role === undefined
    ? [
        blocked(
          'instance profile',
          `${name} has no role, and EC2 launches nothing with such a one: give it its role, name another one with --profile, or none`,
        ),
      ]
    : [ok('instance profile', `${name} is there, with the role ${role}`)];
}
