/** Networks, as far as launches see them. */
export interface NetworkBehaviour {
  /** The code for a private address that is taken. */
  readonly addressInUseCode: string;
  /** Whom the public address of an instance belongs to, by the association that shows it. */
  readonly publicAddressOwner: string;
  /** Whether a terminated instance still tells its subnet, its VPC, its groups and its private address. */
  readonly terminatedInstanceNetwork: 'emptied' | 'kept';
}

export const defaultNetworkBehaviour: NetworkBehaviour = {
  addressInUseCode: 'InvalidIPAddress.InUse',
  publicAddressOwner: 'amazon',
  terminatedInstanceNetwork: 'emptied',
};
