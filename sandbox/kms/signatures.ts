import type {
  GetPublicKeyCommandInput,
  GetPublicKeyCommandOutput,
  SignCommandInput,
  SignCommandOutput,
} from '@aws-sdk/client-kms';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import { noPublicKey, notModelled, unfitting, wrongAlgorithm, wrongMessageType, wrongUsage } from './errors.ts';
import type { KeyLookup } from './lookup.ts';
import { TRAITS } from './shown.ts';
import { Signers } from './signers.ts';

/** Bytes of a message (API reference, Sign, Message). */
const longestMessage = 4_096;

/** Signatures, and the public keys that they are verified by. */
export function signatureOperations(lookup: KeyLookup) {
  const signers = new Signers();
  return {
    Sign: operation<SignCommandInput, Answer<SignCommandOutput>>(
      ['KeyId', 'Message', 'MessageType', 'SigningAlgorithm'],
      ({ KeyId: named = '', Message: message, MessageType: type = 'RAW', SigningAlgorithm: algorithm }, context) => {
        if (message === undefined || message.length === 0) throw notOfLength('greater than or equal to 1');
        if (message.length > longestMessage) throw notOfLength(`less than or equal to ${longestMessage}`);
        const { arn, spec } = lookup.findUsable(context, 'Sign', named);
        if (spec !== 'ECC_NIST_EDWARDS25519') throw wrongUsage(arn, TRAITS[spec].KeyUsage, 'Sign');
        if (algorithm === 'ED25519_PH_SHA_512') throw notModelled(`the signing algorithm ${algorithm}`);
        if (algorithm !== 'ED25519_SHA_512') throw wrongAlgorithm(algorithm ?? '', spec);
        if (type !== 'RAW') throw wrongMessageType(type, algorithm);
        return { KeyId: arn, Signature: signers.sign(arn, message), SigningAlgorithm: algorithm };
      },
    ),
    GetPublicKey: operation<GetPublicKeyCommandInput, Answer<GetPublicKeyCommandOutput>>(
      ['KeyId'],
      ({ KeyId: named = '' }, context) => {
        const { arn, spec } = lookup.findUsable(context, 'GetPublicKey', named);
        if (spec !== 'ECC_NIST_EDWARDS25519') throw noPublicKey(arn);
        const { KeyUsage, SigningAlgorithms } = TRAITS[spec];
        return {
          KeyId: arn,
          PublicKey: signers.publicKey(arn),
          KeySpec: spec,
          KeyUsage,
          ...(SigningAlgorithms && { SigningAlgorithms: [...SigningAlgorithms] }),
        };
      },
    ),
  };
}

function notOfLength(bound: string) {
  return unfitting('message', undefined, `have length ${bound}`);
}
