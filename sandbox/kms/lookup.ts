import type { CallContext } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { isDefaultKey, isUsable, keyArn } from '../ec2/plane/keys.ts';
import { aliasUnknown, disabled, keyUnknown, notAKeyId, notLetIn, pendingDeletion, wrongRegion } from './errors.ts';
import type { KeyEntry, KeyState } from './state.ts';

export type KeyStatus = 'Enabled' | 'Disabled' | 'PendingDeletion';

/** A key as calls find it. */
export interface FoundKey {
  readonly entry: KeyEntry;
  readonly status: KeyStatus;
}

/** The account that a key belongs to, from its ARN. */
export function ownerOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/**
 * Finds keys by id, alias and ARN. What calls have made goes first, then what the setting `signingKeys` has, then what
 * `kmsKeys` has.
 */
export class KeyLookup {
  readonly #state: KeyState;
  readonly #behaviour: (region: string) => Ec2Behaviour;

  constructor(state: KeyState, behaviour: (region: string) => Ec2Behaviour) {
    this.#state = state;
    this.#behaviour = behaviour;
  }

  /**
   * A key that whoever calls may use, in whatever state it is.
   *
   * @throws ServiceError NotFoundException, or AccessDeniedException for a key of another account that lets nobody in
   */
  find(context: CallContext, operation: string, named: string): FoundKey {
    const { account, region } = context;
    const arn = this.arnOf(account, region, named);
    const home = arn.split(':')[3] ?? '';
    if (home !== region) throw wrongRegion(home);
    if (ownerOf(arn) !== account && !this.#behaviour(region).kmsKeyUsers[arn]?.includes(account)) {
      throw notLetIn(context, operation, arn);
    }
    const entry = this.#state.key(arn) ?? this.#ofSettings(context, named, arn);
    if (entry !== undefined && !this.#state.isGone(entry)) return { entry, status: this.#statusOf(entry, region) };
    throw named.includes('alias/') ? aliasUnknown(aliasArn(account, region, named)) : keyUnknown(arn);
  }

  /** @throws ServiceError as `find` does, DisabledException or KMSInvalidStateException for a key that can't be used now */
  findUsable(context: CallContext, operation: string, named: string): KeyEntry {
    const { entry, status } = this.find(context, operation, named);
    if (status === 'Disabled') throw disabled(entry.arn);
    if (status === 'PendingDeletion') throw pendingDeletion(entry.arn);
    return entry;
  }

  /**
   * A key that its own account is about to change, which takes an id or ARN.
   *
   * @throws ServiceError as `find` does, and KMSInvalidStateException for a key that is pending deletion
   */
  findOwn(context: CallContext, operation: string, named: string): KeyEntry {
    if (named.includes('alias/')) throw notAKeyId(named);
    const { entry, status } = this.find(context, operation, named);
    if (ownerOf(entry.arn) !== context.account || isDefaultKey(entry.arn))
      throw notLetIn(context, operation, entry.arn);
    if (status === 'PendingDeletion') throw pendingDeletion(entry.arn);
    return entry;
  }

  /** The ARN of the key that is meant, whether there is one or not. */
  arnOf(account: string, region: string, named: string): string {
    const alias = named.includes('alias/') ? aliasArn(account, region, named) : undefined;
    if (alias === undefined) return keyArn(account, region, named);
    const [, , , home = '', owner = ''] = alias.split(':');
    return this.#state.target(alias) ?? keyArn(owner, home, alias.slice(alias.indexOf('alias/')));
  }

  /** Whether a call or the setting `signingKeys` has given an account this alias; `kmsKeys` takes any. */
  isTaken(alias: string): boolean {
    const [, , , region = '', owner = ''] = alias.split(':');
    return (
      this.#state.target(alias) !== undefined ||
      this.#signingKeys(owner, region).some((named) => aliasArn(owner, region, named) === alias)
    );
  }

  #ofSettings({ account, region }: CallContext, named: string, arn: string): KeyEntry | undefined {
    const owner = ownerOf(arn);
    const entry = { arn, description: '', enabled: true };
    if (this.#signingKeys(owner, region).some((known) => this.arnOf(owner, region, known) === arn)) {
      return { ...entry, spec: 'ECC_NIST_EDWARDS25519' };
    }
    // The key that AWS keeps for EBS is there by whatever name.
    const use = { region, arn, ...(!isDefaultKey(arn) && { named }) };
    const isThere = isUsable({ ...this.#behaviour(region), unusableKmsKeys: [] }, account, use);
    return isThere ? { ...entry, spec: 'SYMMETRIC_DEFAULT' } : undefined;
  }

  #signingKeys(account: string, region: string): readonly string[] {
    const { signingKeys } = this.#behaviour(region);
    return signingKeys[`${account}/${region}`] ?? signingKeys[region] ?? [];
  }

  /** What `unusableKmsKeys` names is disabled, whoever made it. */
  #statusOf({ arn, enabled, deletedAt }: KeyEntry, region: string): KeyStatus {
    if (deletedAt !== undefined) return 'PendingDeletion';
    const owner = ownerOf(arn);
    const isUnusable = this.#behaviour(region).unusableKmsKeys.some(
      (named) => this.arnOf(owner, region, named) === arn,
    );
    return enabled && !isUnusable ? 'Enabled' : 'Disabled';
  }
}

/** @param named an alias, as its name or as its ARN */
export function aliasArn(account: string, region: string, named: string): string {
  return named.startsWith('arn:') ? named : `arn:aws:kms:${region}:${account}:${named}`;
}
