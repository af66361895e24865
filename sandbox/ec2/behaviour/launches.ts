/** A shortage of room for instances: in a zone or in all of them, of a type or of all of them. */
interface CapacityShortage {
  /** The name of the zone. */
  readonly zone?: string | undefined;
  readonly type?: string | undefined;
  /** Whether the call is refused, which is what happens if nothing is said, or accepted and its instances end at once. */
  readonly strikes?: 'call' | 'pending' | undefined;
}

/** What a launch meets besides the networks that it goes into. */
export interface LaunchBehaviour {
  /** Milliseconds from `pending` to `terminated` for a launch that is accepted and comes to nothing. */
  readonly instanceFailMs: number;
  /** Where there is no room for instances: EC2 tells nobody before they ask. */
  readonly capacityShortages: readonly CapacityShortage[];
  /**
   * The vCPUs that instances which run or start may have in a region, by which Service Quotas tells its L-1216C47A. EC2
   * has a quota for each group of families; all that the sandbox knows are of the standard one.
   */
  readonly vcpuQuota: number | 'unlimited';
  /** The types that a zone does not offer, by its name. */
  readonly typesNotOffered: Readonly<Record<string, readonly string[]>>;
  /**
   * Whether nothing is launched that takes IMDSv1, for accounts that have not said so themselves by
   * ModifyInstanceMetadataDefaults.
   */
  readonly httpTokensEnforced: boolean;
}

export const defaultLaunchBehaviour: LaunchBehaviour = {
  instanceFailMs: 5_000,
  capacityShortages: [],
  vcpuQuota: 'unlimited',
  typesNotOffered: {},
  httpTokensEnforced: false,
};
