import type { SandboxClock, ServiceOperations } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import type { KnownKeys } from '../ec2/plane/keys.ts';
import { keyOperations } from './keys.ts';
import { aliasArn, KeyLookup } from './lookup.ts';
import { signatureOperations } from './signatures.ts';
import { KeyState } from './state.ts';

export interface KmsParts {
  readonly clock: SandboxClock;
  readonly seed: number;
  /** The settings of EC2 in a region, some of which say what keys there are. */
  readonly behaviour: (region: string) => Ec2Behaviour;
}

export interface KmsService {
  readonly operations: ServiceOperations;
  /** What calls have made of keys, for services that use them. */
  readonly known: KnownKeys;
  /** The whole state as plain JSON. */
  dump(): unknown;
  /** Takes the state that `dump` gave in the place of its own. @throws TypeError for anything else */
  load(state: unknown): void;
  /** Back to the start: no keys but those of the settings. */
  reset(): void;
}

/**
 * As much of the Key Management Service as tells whether a key is there and can be used, and signs. Keys are those that
 * calls make, and those of the settings `signingKeys`, `kmsKeys` and `unusableKmsKeys`.
 */
export function createKmsService({ clock, seed, behaviour }: KmsParts): KmsService {
  const state = new KeyState(clock, seed);
  const lookup = new KeyLookup(state, behaviour);
  return {
    operations: { ...keyOperations(state, lookup), ...signatureOperations(lookup) },
    known: {
      target: (account, region, named) =>
        named.includes('alias/') ? state.target(aliasArn(account, region, named)) : undefined,
      isUsable: (arn) => {
        const entry = state.key(arn);
        return entry && entry.spec === 'SYMMETRIC_DEFAULT' && entry.enabled && entry.deletedAt === undefined;
      },
    },
    dump: () => state.dump(),
    load: (dump) => state.load(dump),
    reset: () => state.clear(),
  };
}
