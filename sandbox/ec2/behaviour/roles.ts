/** Who may act in other accounts, and what callers may do: there is no IAM here. */
export interface RoleBehaviour {
  /**
   * The roles that can be assumed, by their ARNs: `trusts` has the accounts that may assume one, `externalId` what they
   * have to say if anything. `any`: every role is there, and whoever asks for it may assume it.
   */
  readonly roles:
    | 'any'
    | Readonly<Record<string, { readonly trusts: readonly string[]; readonly externalId?: string | undefined }>>;
  /**
   * The actions that a caller may call, by access key or, for its sessions, by a role's ARN, as policies write them:
   * `ec2:CreateTags`, `ec2:Describe*`. Who is not named here may do everything.
   */
  readonly allowedActions: Readonly<Record<string, readonly string[]>>;
  /**
   * What a caller may name in a launch, or have made by it, by the same keys, as `type/id`: `subnet/subnet-0a1b2c3d`, `image/*`.
   * Who is not named here may launch with everything.
   */
  readonly launchableResources: Readonly<Record<string, readonly string[]>>;
}

export const defaultRoleBehaviour: RoleBehaviour = { roles: 'any', allowedActions: {}, launchableResources: {} };
