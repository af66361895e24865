/**
 * What an instance is, as far as a launch needs it. Members that a launch can do without are absent where EC2 does not tell
 * them, or where they are what EC2 takes of itself.
 */
export interface LaunchSettings {
  /** Absent where a text of it was cut. */
  readonly type?: string;
  /** The zone's id, which is the same for all accounts, as its name is not: `euc1-az2`. */
  readonly zoneId?: string;
  readonly subnet?: string;
  readonly vpc?: string;
  /** Security groups, of its first interface. */
  readonly groups?: readonly string[];
  /** The name of its instance profile. */
  readonly profile?: string;
  /** The name of its key pair. */
  readonly key?: string;
  /** Whether its metadata ask for a token, or are switched off. */
  readonly imds?: 'required' | 'optional' | 'off';
  /** How many hops an answer of the metadata may take. */
  readonly hops?: number;
  /** Whether its metadata tell its tags. */
  readonly metadataTags?: true;
  /** Where it shares no hardware by default. */
  readonly tenancy?: 'dedicated' | 'host';
  /** The dedicated host that it is on. */
  readonly host?: string;
  /** The placement group that it is in. */
  readonly placementGroup?: string;
  readonly ebsOptimized?: true;
  /** Detailed monitoring. */
  readonly monitoring?: true;
  readonly hibernation?: true;
  readonly enclave?: true;
  readonly lifecycle?: 'spot' | 'scheduled' | 'capacity-block';
  readonly privateAddress?: string;
  /** The public address that goes with the instance. */
  readonly publicAddress?: string;
  /** The Elastic IP address, which its owner can move. */
  readonly elasticAddress?: string;
  readonly ipv6Addresses?: readonly string[];
  /** How many network interfaces it has, where that is more than one. */
  readonly interfaces?: number;
  /** Whether it forwards what is not addressed to it, as NAT instances and routers do. */
  readonly forwards?: true;
}
