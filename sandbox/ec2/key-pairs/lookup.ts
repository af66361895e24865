import type { KeyPairInfo } from '@aws-sdk/client-ec2';
import { keyPairNotFound } from '../errors.ts';
import { type Entry, term } from '../plane/records.ts';
import type { AccountRegion } from '../plane/state.ts';

export function keyPairNamed(place: AccountRegion, name: string): Entry<KeyPairInfo> | undefined {
  const [entry] = place.keyPairs.withTerms([term('key-name', name)]);
  return entry;
}

/** @throws InvalidKeyPair.NotFound. */
export function ownKeyPair(place: AccountRegion, name: string): Entry<KeyPairInfo> {
  const entry = keyPairNamed(place, name);
  if (!entry) throw keyPairNotFound(name);
  return entry;
}

/** @throws InvalidKeyPair.NotFound. */
export function ownKeyPairById(place: AccountRegion, id: string): Entry<KeyPairInfo> {
  const entry = place.keyPairs.get(id);
  if (!entry) throw keyPairNotFound(id);
  return entry;
}
