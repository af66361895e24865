import { expect, test } from 'vitest';
import { checkKeys } from '../../deploy/key-check.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { ACCOUNT, aServedSandbox, POLICIES, WITH_MEMBER } from '../cli/world.ts';

function aFile(kmsKey: string, policies = POLICIES): PolicyFile {
  const parsed = parsePolicyFile(policies.replace('eu-west-1,', `eu-west-1, kmsKey: '${kmsKey}',`), 'policies.yml');
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.file;
}

const NO_KEYS = { kmsKeys: { 'eu-west-1': ['alias/other'] } };

function configFor(url: string) {
  return { endpoint: url, maxAttempts: 1, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' } };
}

test('keys that are there let a deployment go on', async () => {
  const { url } = await aServedSandbox();

  await expect(checkKeys(configFor(url), aFile('alias/dr'))).resolves.toBeUndefined();
});

test('a key that is not there stops it, by name and region', async () => {
  const { sandbox, url } = await aServedSandbox();
  sandbox.ec2.setBehaviour(NO_KEYS);

  await expect(checkKeys(configFor(url), aFile('alias/dr'))).rejects.toThrow(
    'kmsKey alias/dr in eu-west-1: there is no such key; make it in eu-west-1, or write another kmsKey',
  );
});

test('an alias stops nothing where other accounts have instances: it may be for those', async () => {
  const { sandbox, url } = await aServedSandbox();
  sandbox.ec2.setBehaviour(NO_KEYS);

  await expect(checkKeys(configFor(url), aFile('alias/dr', WITH_MEMBER))).resolves.toBeUndefined();
  const arn = `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/dr`;
  await expect(checkKeys(configFor(url), aFile(arn, WITH_MEMBER))).rejects.toThrow('there is no such key');
});

test('what KMS does not tell stops nothing', async () => {
  await expect(checkKeys(configFor('http://127.0.0.1:1'), aFile('alias/dr'))).resolves.toBeUndefined();
});
