import type { CallSubject } from './calls.ts';

/** A token bucket: how many calls it takes at once, and how many a second come back. */
export interface Rate {
  readonly burst: number;
  readonly refill: number;
}

/** What a call takes out of one bucket of its account and region. */
export interface Charge {
  readonly bucket: string;
  readonly rate: Rate;
  readonly tokens: number;
}

type Input = Readonly<Record<string, unknown>>;

/** Rates of "Request throttling for the Amazon EC2 API" (Amazon EC2 Developer Guide), per account, Region and action. */
const NON_MUTATING: Rate = { burst: 100, refill: 20 };
const UNFILTERED_AND_UNPAGINATED: Rate = { burst: 50, refill: 10 };
const MUTATING: Rate = { burst: 50, refill: 5 };
const CONSOLE: Rate = { burst: 100, refill: 10 };

const IS_NON_MUTATING = /^(Describe|List|Get|Search)/;
const IS_CONSOLE = /^GetConsole/;

const COSTLY_UNLESS_NARROWED = new Set([
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeSnapshots',
  'DescribeVolumes',
]);

const OWN_RATES: Readonly<Record<string, Rate>> = {
  CopyImage: { burst: 100, refill: 1 },
  CreateRestoreImageTask: { burst: 50, refill: 0.1 },
  CreateSnapshot: { burst: 100, refill: 5 },
  CreateSnapshots: { burst: 100, refill: 5 },
  CreateStoreImageTask: { burst: 50, refill: 0.1 },
  CreateTags: { burst: 100, refill: 10 },
  DeleteNetworkInterface: { burst: 100, refill: 5 },
  CreateVolume: { burst: 100, refill: 5 },
  DeleteSnapshot: { burst: 100, refill: 5 },
  DeleteTags: { burst: 100, refill: 10 },
  DeregisterImage: { burst: 100, refill: 5 },
  DescribeStoreImageTasks: { burst: 50, refill: 0.5 },
  ModifyImageAttribute: { burst: 100, refill: 5 },
  ModifySnapshotAttribute: { burst: 100, refill: 5 },
  RunInstances: { burst: 5, refill: 2 },
  StartInstances: { burst: 5, refill: 2 },
  TerminateInstances: { burst: 100, refill: 5 },
};

/** Buckets that a call drains by the number of instances it is about, on top of the one for requests. */
const INSTANCE_RATES: Readonly<Record<string, Rate>> = {
  RunInstances: { burst: 1000, refill: 2 },
  StartInstances: { burst: 1000, refill: 2 },
  StopInstances: { burst: 1000, refill: 20 },
  TerminateInstances: { burst: 1000, refill: 20 },
};

/**
 * Parameter Store's throughput of default, in calls a second of an account and Region ("Systems Manager endpoints and
 * quotas"). Reading values shares one bucket; what is not listed there is taken for a write.
 */
const PARAMETER_VALUES: Rate = { burst: 40, refill: 40 };
const PARAMETERS: Rate = { burst: 3, refill: 3 };
const READS_PARAMETER_VALUES = new Set(['GetParameter', 'GetParameters', 'GetParametersByPath']);
/** No page of Systems Manager gives a rate for these: EC2's common ones stand in. */
const IS_OF_COMMANDS = new Set([
  'DescribeInstanceInformation',
  'GetCommandInvocation',
  'ListCommandInvocations',
  'SendCommand',
]);

/**
 * Requests a second of an account and Region ("Request quotas", KMS Developer Guide), as far as the sandbox has the
 * calls. `Sign` has the bucket of elliptic curves.
 */
const KEY_RATES: Readonly<Record<string, Rate>> = {
  CreateAlias: { burst: 5, refill: 5 },
  CreateKey: { burst: 5, refill: 5 },
  DescribeKey: { burst: 2_000, refill: 2_000 },
  DisableKey: { burst: 5, refill: 5 },
  EnableKey: { burst: 5, refill: 5 },
  GetPublicKey: { burst: 2_000, refill: 2_000 },
  ScheduleKeyDeletion: { burst: 15, refill: 15 },
  Sign: { burst: 1_000, refill: 1_000 },
};

/**
 * What a call costs, one charge for each bucket that it drains. Auto Scaling throttles at rates that it does not
 * document: EC2's common ones stand in. STS and EventBridge have limits far above what one
 * sandbox is asked for, and IAM documents none.
 */
export function chargesOf({ service, operation }: CallSubject, input: Input): readonly Charge[] {
  switch (service) {
    case 'ec2':
      return ec2Charges(operation, input);
    case 'autoscaling':
      return [{ bucket: operation, rate: IS_NON_MUTATING.test(operation) ? NON_MUTATING : MUTATING, tokens: 1 }];
    case 'ssm':
      if (IS_OF_COMMANDS.has(operation)) {
        return [{ bucket: operation, rate: IS_NON_MUTATING.test(operation) ? NON_MUTATING : MUTATING, tokens: 1 }];
      }
      return READS_PARAMETER_VALUES.has(operation)
        ? [{ bucket: 'parameter values', rate: PARAMETER_VALUES, tokens: 1 }]
        : [{ bucket: operation, rate: PARAMETERS, tokens: 1 }];
    case 'kms': {
      const rate = KEY_RATES[operation];
      return rate === undefined ? [] : [{ bucket: operation, rate, tokens: 1 }];
    }
    default:
      return [];
  }
}

/** What every request costs, by operation; the second is of one that is not narrowed where that makes a difference. */
const requestCharges = new Map<string, readonly [narrowed: Charge, unnarrowed: Charge]>();

function requestChargesOf(operation: string): readonly [Charge, Charge] {
  const known = requestCharges.get(operation);
  if (known) return known;
  const charge = (narrowed: boolean): Charge => ({
    bucket: `${operation} ${narrowed ? 'requests' : 'unnarrowed'}`,
    rate: requestRate(operation, narrowed),
    tokens: 1,
  });
  const both = [charge(true), charge(!COSTLY_UNLESS_NARROWED.has(operation))] as const;
  requestCharges.set(operation, both);
  return both;
}

function ec2Charges(operation: string, input: Input): readonly Charge[] {
  const [narrowed, unnarrowed] = requestChargesOf(operation);
  const request = isNarrowed(input) ? narrowed : unnarrowed;
  const rate = INSTANCE_RATES[operation];
  if (rate === undefined) return [request];
  return [request, { bucket: `${operation} instances`, rate, tokens: instanceCount(input) }];
}

function requestRate(operation: string, narrowed: boolean): Rate {
  const own = OWN_RATES[operation];
  if (own !== undefined) return own;
  if (IS_CONSOLE.test(operation)) return CONSOLE;
  if (!IS_NON_MUTATING.test(operation)) return MUTATING;
  return narrowed ? NON_MUTATING : UNFILTERED_AND_UNPAGINATED;
}

/** "Specifying either pagination or a filter": a list of ids is neither. */
function isNarrowed({ Filters, MaxResults, NextToken }: Input): boolean {
  return Filters !== undefined || MaxResults !== undefined || NextToken !== undefined;
}

function instanceCount({ InstanceIds, MaxCount }: Input): number {
  if (Array.isArray(InstanceIds)) return InstanceIds.length;
  return typeof MaxCount === 'number' ? MaxCount : 1;
}
