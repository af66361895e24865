import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { digest } from './digest.ts';

/** A key that something under way needs. */
export interface KeyUse {
  readonly region: string;
  readonly arn: string;
  /** As the call named it; absent for a key that a snapshot carries, which therefore exists. */
  readonly named?: string;
}

/** KMS, as far as EC2 asks it for keys that calls have made or changed. */
export interface KnownKeys {
  /** The ARN of the key that an alias of a call stands for; nothing for any other name. */
  target(account: string, region: string, named: string): string | undefined;
  /** Whether a volume can be under the key; nothing for a key that no call has made or changed. */
  isUsable(arn: string): boolean | undefined;
}

/** A KMS that nobody has called. */
export const noKnownKeys: KnownKeys = { target: () => undefined, isUsable: () => undefined };

/** The key that EBS takes where no other is named. */
export const defaultKey = 'alias/aws/ebs';

/**
 * The ARN of a key that was named by id, alias or ARN. An alias gets a key of its own: nothing here
 * says which one it stands for.
 */
export function keyArn(account: string, region: string, key: string): string {
  if (key.startsWith('arn:')) return key;
  const id = key.startsWith('alias/') ? keyIdOfAlias(account, region, key) : key;
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

/**
 * Whether an account can use a key: it is there, and another account's lets it.
 *
 * @param behaviour that of the region in which the key is used.
 */
export function isUsable(
  { kmsKeys, kmsKeyUsers, unusableKmsKeys }: Ec2Behaviour,
  account: string,
  { region, arn, named }: KeyUse,
): boolean {
  if (unusableKmsKeys.includes(arn) || (named !== undefined && unusableKmsKeys.includes(named))) return false;
  const [, , , home = '', owner = ''] = arn.split(':');
  if (owner !== account && !(kmsKeyUsers[arn] ?? []).includes(account)) return false;
  if (named === undefined || named === defaultKey) return true;
  if (kmsKeys === 'all') return home === region;
  const known = kmsKeys[`${owner}/${region}`] ?? kmsKeys[region] ?? [];
  return known.includes(named) || known.includes(arn);
}

/** Whether a key is the one that AWS keeps for EBS in an account, whose use nobody can share. */
export function isDefaultKey(arn: string): boolean {
  const [, , , region = '', account = ''] = arn.split(':');
  return arn === keyArn(account, region, defaultKey);
}

function keyIdOfAlias(account: string, region: string, alias: string): string {
  const hex = digest(`${account}/${region}/${alias}`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
