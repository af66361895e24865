/** Who calls whom, from the credential scope of an AWS signature (Signature Version 4). Signatures are not verified. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** As signed: `ec2`, `ssm`. */
  readonly service: string;
}

/** The account of every access key that names none. */
export const DEFAULT_ACCOUNT = '111122223333';

/** `AKIA.../20260102/eu-central-1/ec2/aws4_request` */
const SCOPE = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

/**
 * Reads the scope from the Authorization header or, for a presigned request, from the query string.
 *
 * @returns nothing where the request is not signed
 */
export function readCredentialScope(
  authorization: string | undefined,
  query: URLSearchParams,
): CredentialScope | undefined {
  const credential = authorization?.match(/Credential=([^,\s]+)/)?.[1] ?? query.get('X-Amz-Credential');
  const [, accessKeyId, region, service] = credential?.match(SCOPE) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}

/**
 * The account that an access key stands for: a key of twelve digits is the account itself, `AKIA` or `ASIA` and twelve
 * digits, whatever follows, is the account of these digits, and any other key belongs to `DEFAULT_ACCOUNT`.
 */
export function accountOfAccessKey(accessKeyId: string): string {
  return accessKeyId.match(/^(?:AKIA|ASIA)?(\d{12})/)?.[1] ?? DEFAULT_ACCOUNT;
}
