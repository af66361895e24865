/** Who may act in other accounts: there is no IAM here. */
export interface RoleBehaviour {
  /**
   * The roles that can be assumed, by their ARNs: `trusts` has the accounts that may assume one, `externalId` what they
   * have to say if anything. `any`: every role is there, and whoever asks for it may assume it.
   */
  readonly roles:
    | 'any'
    | Readonly<Record<string, { readonly trusts: readonly string[]; readonly externalId?: string | undefined }>>;
}

export const defaultRoleBehaviour: RoleBehaviour = { roles: 'any' };
