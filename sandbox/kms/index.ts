import type { DescribeKeyCommandInput, DescribeKeyCommandOutput } from '@aws-sdk/client-kms';
import { ServiceError, type ServiceOperations } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { isDefaultKey, isUsable, keyArn } from '../ec2/plane/keys.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';

export interface KmsParts {
  /** The settings of EC2 in a region, which say what keys there are. */
  readonly behaviour: (region: string) => Ec2Behaviour;
}

/**
 * As much of the Key Management Service as tells whether a key is there and can be used. The keys are those of the
 * settings `kmsKeys` and `unusableKmsKeys`; what can't be used is shown as disabled.
 */
export function createKmsOperations({ behaviour }: KmsParts): ServiceOperations {
  return {
    DescribeKey: operation<DescribeKeyCommandInput, Answer<DescribeKeyCommandOutput>>(
      ['KeyId'],
      ({ KeyId: named = '' }, { account, region }) => {
        const arn = keyArn(account, region, aliasOf(named) ?? named);
        // The key that AWS keeps for EBS is there by whatever name.
        const use = { region, arn, ...(!isDefaultKey(arn) && { named }) };
        const settings = behaviour(region);
        if (!isUsable({ ...settings, unusableKmsKeys: [] }, account, use)) throw unknownKey(account, region, named);
        const Enabled = isUsable(settings, account, use);
        return {
          KeyMetadata: {
            AWSAccountId: arn.split(':')[4],
            KeyId: arn.slice(arn.lastIndexOf('/') + 1),
            Arn: arn,
            Enabled,
            Description: '',
            KeyUsage: 'ENCRYPT_DECRYPT',
            KeyState: Enabled ? 'Enabled' : 'Disabled',
            Origin: 'AWS_KMS',
            KeyManager: isDefaultKey(arn) ? 'AWS' : 'CUSTOMER',
            KeySpec: 'SYMMETRIC_DEFAULT',
            EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
            MultiRegion: false,
          },
        };
      },
    ),
  };
}

/** The alias that an ARN stands for: `arn:aws:kms:eu-west-1:111122223333:alias/dr`. */
function aliasOf(named: string): string | undefined {
  return /^arn:[^/]+:(alias\/.+)$/.exec(named)?.[1];
}

/** The texts are as recorded from AWS. */
function unknownKey(account: string, region: string, named: string): ServiceError {
  const arn = named.startsWith('arn:') ? named : `arn:aws:kms:${region}:${account}:${named}`;
  const message = named.includes('alias/')
    ? `Alias ${arn} is not found.`
    : `Key '${keyArn(account, region, named)}' does not exist`;
  return new ServiceError('NotFoundException', message);
}
