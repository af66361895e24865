import type { EncryptionAlgorithmSpec, KeyMetadata, KeyUsageType, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { isDefaultKey } from '../ec2/plane/keys.ts';
import { view } from '../ec2/plane/views.ts';
import { type FoundKey, ownerOf } from './lookup.ts';
import type { KeySpec } from './state.ts';

interface KeyTraits {
  readonly KeyUsage: KeyUsageType;
  readonly EncryptionAlgorithms?: readonly EncryptionAlgorithmSpec[];
  readonly SigningAlgorithms?: readonly SigningAlgorithmSpec[];
}

/** What KMS tells of each kind of key (KMS Developer Guide, Key spec reference). */
export const TRAITS: Readonly<Record<KeySpec, KeyTraits>> = {
  SYMMETRIC_DEFAULT: { KeyUsage: 'ENCRYPT_DECRYPT', EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] },
  ECC_NIST_EDWARDS25519: {
    KeyUsage: 'SIGN_VERIFY',
    SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
  },
};

export function keyMetadata({ entry, status }: FoundKey): KeyMetadata {
  const { arn, spec, description, createdAt, deletedAt } = entry;
  const { KeyUsage, EncryptionAlgorithms, SigningAlgorithms } = TRAITS[spec];
  return view<KeyMetadata>({
    AWSAccountId: ownerOf(arn),
    KeyId: arn.slice(arn.lastIndexOf('/') + 1),
    Arn: arn,
    ...(createdAt !== undefined && { CreationDate: new Date(createdAt) }),
    Enabled: status === 'Enabled',
    Description: description,
    KeyUsage,
    KeyState: status,
    ...(deletedAt !== undefined && { DeletionDate: new Date(deletedAt) }),
    Origin: 'AWS_KMS',
    KeyManager: isDefaultKey(arn) ? 'AWS' : 'CUSTOMER',
    KeySpec: spec,
    ...(EncryptionAlgorithms && { EncryptionAlgorithms: [...EncryptionAlgorithms] }),
    ...(SigningAlgorithms && { SigningAlgorithms: [...SigningAlgorithms] }),
    MultiRegion: false,
  });
}
