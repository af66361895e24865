// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { sealKeyAlias } from '../lib/aws/calls/seal-key.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Statement } from './policy-document.ts';
import { attributeOf, type Resources } from './template.ts';

const KEY = 'SealKey';

/**
 * The key by whose signatures the deployment knows its own images. It outlives the stack, since without it nothing that it
 * has sealed is ever retired again. Who may use it besides the functions, IAM says.
 */
export function sealKeyResources({ deployment }: PolicyFile): Resources {
  return {
    [KEY]: {
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Description: `Seals the images of amikeep ${deployment}`,
        KeySpec: 'ECC_NIST_EDWARDS25519',
        KeyUsage: 'SIGN_VERIFY',
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'LeaveItToIam',
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      },
    },
    SealKeyAlias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: sealKeyAlias(deployment), TargetKeyId: { Ref: KEY } },
    },
  };
}

/** Seals what is made and said, and reads the public half by which seals are checked. */
export function sealStatement(): Statement {
  return {
    Sid: 'Seal',
    Effect: 'Allow',
    Action: ['kms:GetPublicKey', 'kms:Sign'],
    Resource: attributeOf(KEY, 'Arn'),
  };
}
