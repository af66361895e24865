import { DescribeKeyCommand, KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { describeFailure } from '../lib/aws/calls/caller.ts';
import { readError } from '../lib/aws/calls/errors.ts';
import { handlerSettings } from '../lib/aws/calls/patience.ts';
import { keyDescriptionOf } from '../lib/aws/examiner.ts';
import { keyLine } from '../lib/doctor/account.ts';
import type { KeyFact } from '../lib/doctor/facts.ts';
import { keysOf } from '../lib/doctor/gather.ts';
import { policyFile } from '../lib/lambda/policy-file.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import { InputError } from '../lib/run/input-error.ts';

/**
 * Looks whether there are the keys that the policy file names, with the deployer's credentials and before anything is
 * changed: EC2 would take copies under a key that is not there, and they would fail later. What could not be found out
 * keeps nobody from deploying.
 *
 * @throws InputError with each key that can't be used, and what to do
 */
export async function checkKeys(config: KMSClientConfig, file: PolicyFile = policyFile()): Promise<void> {
  // Of several accounts with instances each has keys of its own by an alias or id, and this one may have no instances.
  const isOnlySource = file.accounts.every(({ vault }) => vault);
  const keys = keysOf(file, regionsWithImages(file)).filter(({ name }) => isOnlySource || name.startsWith('arn:'));
  const facts = await Promise.all(keys.map((key) => look(config, key)));
  const mistakes = facts
    .map(keyLine)
    .flatMap((line) => (line.verdict === 'problem' ? [`kmsKey ${line.subject}: ${line.text}; ${line.remedy}`] : []));
  if (mistakes.length > 0) throw new InputError(mistakes);
}

async function look(config: KMSClientConfig, { region, name }: Pick<KeyFact, 'region' | 'name'>): Promise<KeyFact> {
  const kms = new KMSClient({ ...config, region, requestHandler: handlerSettings() });
  try {
    const answer = await kms.send(new DescribeKeyCommand({ KeyId: name }));
    return { region, name, key: { known: true, value: keyDescriptionOf(answer) } };
  } catch (error) {
    const failure = readError(error);
    if (failure.meaning === 'absent') return { region, name, key: { known: true, value: undefined } };
    return { region, name, key: { known: false, denied: false, problem: describeFailure(failure) } };
  } finally {
    kms.destroy();
  }
}
