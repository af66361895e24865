/** A token bucket as AWS documents it: `burst` calls at once, then `perSecond`. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const READ: Rate = { burst: 100, perSecond: 20 };
const CHANGE: Rate = { burst: 50, perSecond: 5 };

/**
 * Buckets for each account, region and action, whose names no two services share. EC2's are those of the EC2 Developer
 * Guide, "Request throttling for the Amazon EC2 API"; what is not listed there is a read or a change of the common kind.
 */
const RATES: Readonly<Record<string, Rate>> = {
  CopyImage: { burst: 100, perSecond: 1 },
  DeregisterImage: { burst: 100, perSecond: 5 },
  DeleteSnapshot: { burst: 100, perSecond: 5 },
  CreateTags: { burst: 100, perSecond: 10 },
  DeleteTags: { burst: 100, perSecond: 10 },
  RunInstances: { burst: 5, perSecond: 2 },
  TerminateInstances: { burst: 100, perSecond: 5 },
  // Parameter Store's throughput of default, "Systems Manager endpoints and quotas".
  GetParameters: { burst: 40, perSecond: 40 },
  // Not documented: as slow as Parameter Store's slowest call.
  DescribeParameters: { burst: 3, perSecond: 3 },
  // Not documented either; a read is a few pages.
  DescribeAutoScalingGroups: { burst: 20, perSecond: 5 },
  DescribeLaunchConfigurations: { burst: 20, perSecond: 5 },
  // What KMS takes of signatures by keys of elliptic curves, and of other reads, "Request quotas"; a half is for others.
  Sign: { burst: 500, perSecond: 500 },
  GetPublicKey: { burst: 100, perSecond: 100 },
  ListImagesInRecycleBin: READ,
  ListSnapshotsInRecycleBin: READ,
};

export function rateOf(action: string): Rate {
  return RATES[action] ?? (action.startsWith('Describe') ? READ : CHANGE);
}
