/**
 * What each error of AWS means for us, in one place. The codes are those of the EC2 Developer Guide's "Error codes for
 * the Amazon EC2 API", as they are on the wire, without `Client.` or `Server.`, and of the "Common errors" of the others.
 */
export type ErrorMeaning =
  /** Too many calls: the same call later. */
  | 'throttled'
  /** A volume takes no snapshots in such quick succession: the same call in half a minute. */
  | 'too-soon'
  /** AWS is unwell: the same call later. It may have had its effect. */
  | 'transient'
  /** No answer came. It may have had its effect. */
  | 'no-answer'
  /** Not allowed, or not in this region: the same call fails for ever until somebody changes something. */
  | 'denied'
  /** What the call is about is not there, or not there any more, or not yet. */
  | 'absent'
  /** An image of that name exists. */
  | 'name-taken'
  /** A quota or a limit that time lifts: not now, but in a later run. */
  | 'limit'
  /** A snapshot that an image still uses. */
  | 'in-use'
  /** The call is wrong, or the resource is in a state that forbids it. */
  | 'refused';

const MEANINGS: Readonly<Record<string, ErrorMeaning>> = {
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  InternalError: 'transient',
  InternalFailure: 'transient',
  ServerInternal: 'transient',
  Unavailable: 'transient',
  ServiceUnavailable: 'transient',
  ResourceContentionFault: 'transient',
  InternalServerError: 'transient',
  ConcurrentTagAccess: 'transient',
  AuthFailure: 'denied',
  UnauthorizedOperation: 'denied',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  OptInRequired: 'denied',
  CredentialsProviderError: 'denied',
  InvalidClientTokenId: 'denied',
  UnrecognizedClientException: 'denied',
  ExpiredToken: 'denied',
  ExpiredTokenException: 'denied',
  RequestExpired: 'denied',
  UnsendableRequest: 'refused',
  'InvalidAMIID.NotFound': 'absent',
  'InvalidAMIID.Unavailable': 'absent',
  'InvalidSnapshot.NotFound': 'absent',
  'InvalidInstanceID.NotFound': 'absent',
  KMSInternalException: 'transient',
  DependencyTimeoutException: 'transient',
  ResourceNotFoundException: 'absent',
  NotFoundException: 'absent',
  NoSuchEntityException: 'absent',
  NoSuchEntity: 'absent',
  'InvalidAMIName.Duplicate': 'name-taken',
  'InvalidSnapshot.InUse': 'in-use',
  ResourceLimitExceeded: 'limit',
  ConcurrentSnapshotLimitExceeded: 'limit',
  PendingSnapshotLimitExceeded: 'limit',
  SnapshotLimitExceeded: 'limit',
  SnapshotCreationPerVolumeRateExceeded: 'too-soon',
  ConcurrentCreateImageNoRebootLimitExceeded: 'limit',
  // A launch finds no room: asked again at once it finds none either, and another type or zone may have some.
  InsufficientInstanceCapacity: 'limit',
  InsufficientHostCapacity: 'limit',
  InstanceLimitExceeded: 'limit',
  VcpuLimitExceeded: 'limit',
  InsufficientFreeAddressesInSubnet: 'limit',
  VolumeLimitExceeded: 'limit',
  MaxIOPSLimitExceeded: 'limit',
};

/** What the SDK throws, as far as it tells anything. */
export interface AwsError {
  readonly meaning: ErrorMeaning;
  /** EC2's code, or the name of the error of the machine's network. */
  readonly code: string;
  readonly message: string;
}

/** Reads whatever a call threw. */
export function readError(error: unknown): AwsError {
  if (!(error instanceof Error)) return { meaning: 'no-answer', code: 'Unknown', message: String(error) };
  const status = httpStatusOf(error);
  const code = error.name;
  const known = MEANINGS[code];
  if (known) return { meaning: known, code, message: error.message };
  // Of a call that succeeded there is no error but that its answer broke off.
  if (status === undefined || status < 400) return { meaning: 'no-answer', code, message: error.message };
  return { meaning: status >= 500 ? 'transient' : 'refused', code, message: error.message };
}

function httpStatusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const metadata = error.$metadata;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}

const HOLDER = /\bami-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g;

/** The image that EC2 names as the holder of a name: `AMI name x is already in use by AMI ami-...`; the last one, as the name may hold another. */
export function holderIn(message: string): string | undefined {
  return message.match(HOLDER)?.at(-1);
}
