import type { CallSubject } from './calls.ts';

/** A token bucket: how many calls it takes at once, and how many a second come back. */
interface Rate {
  readonly burst: number;
  readonly refill: number;
}

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

interface Bucket {
  readonly rate: Rate;
  tokens: number;
  /** When `tokens` was right: milliseconds since the epoch. */
  at: number;
}

/** EC2's request throttling. STS and EventBridge have limits far above what one sandbox is asked for: none here. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();

  /**
   * Takes what the call costs out of its buckets, or, where one of them has too little, nothing.
   *
   * @param now milliseconds since the epoch, for the continuous refill
   * @returns whether the call may pass
   */
  admits(call: CallSubject, input: Readonly<Record<string, unknown>>, now: number): boolean {
    if (call.service !== 'ec2') return true;
    const narrowed = !COSTLY_UNLESS_NARROWED.has(call.operation) || isNarrowed(input);
    const requests = this.#bucket(
      call,
      narrowed ? 'requests' : 'unnarrowed',
      requestRate(call.operation, narrowed),
      now,
    );
    const instanceRate = INSTANCE_RATES[call.operation];
    if (instanceRate === undefined) return take(requests, 1);
    const instances = this.#bucket(call, 'instances', instanceRate, now);
    const wanted = instanceCount(input);
    return instances.tokens >= wanted && take(requests, 1) && take(instances, wanted);
  }

  reset(): void {
    this.#buckets.clear();
  }

  #bucket({ account, region, operation }: CallSubject, kind: string, rate: Rate, now: number): Bucket {
    const key = `${account} ${region} ${operation} ${kind}`;
    const known = this.#buckets.get(key);
    if (known === undefined) {
      const bucket = { rate, tokens: rate.burst, at: now };
      this.#buckets.set(key, bucket);
      return bucket;
    }
    const refilled = (Math.max(0, now - known.at) / 1000) * rate.refill;
    known.tokens = Math.min(rate.burst, known.tokens + refilled);
    known.at = now;
    return known;
  }
}

function take(bucket: Bucket, tokens: number): boolean {
  if (bucket.tokens < tokens) return false;
  bucket.tokens -= tokens;
  return true;
}

function requestRate(operation: string, narrowed: boolean): Rate {
  const own = OWN_RATES[operation];
  if (own !== undefined) return own;
  if (IS_CONSOLE.test(operation)) return CONSOLE;
  if (!IS_NON_MUTATING.test(operation)) return MUTATING;
  return narrowed ? NON_MUTATING : UNFILTERED_AND_UNPAGINATED;
}

/** "Specifying either pagination or a filter": a list of ids is neither. */
function isNarrowed({ Filters, MaxResults, NextToken }: Readonly<Record<string, unknown>>): boolean {
  return Filters !== undefined || MaxResults !== undefined || NextToken !== undefined;
}

function instanceCount({ InstanceIds, MaxCount }: Readonly<Record<string, unknown>>): number {
  if (Array.isArray(InstanceIds)) return InstanceIds.length;
  return typeof MaxCount === 'number' ? MaxCount : 1;
}
