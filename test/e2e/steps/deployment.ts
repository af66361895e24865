import assert from 'node:assert/strict';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Checks } from '../../checks.ts';
import { type Account, inventory } from '../account.ts';
import { assertDone } from '../stack.ts';
import type { World } from '../world.ts';

/** Both deployments of the account, and what deploying again does. */
export async function checkDeployment(checks: Checks, { account, stacks }: World): Promise<void> {
  // All the rest is about what is deployed here, and would make no sense without.
  assertDone(await stacks.shop.deploy());
  assertDone(await stacks.office.deploy());
  checks.report('two policy files are deployed into one account', undefined);

  await checks.check('what is deployed already changes nothing when it is deployed again', async () => {
    const before = await versionsOf(account);
    const { stderr } = assertDone(await stacks.shop.deploy());
    assert.match(stderr, /No changes to deploy/);
    assert.deepEqual(await versionsOf(account), before);
  });
  await checks.check('a policy file with a mistake is refused with its line, and nothing is changed', async () => {
    const before = [await versionsOf(account), await inventory(account)];
    const { code, stdout } = await stacks.shopInvalid.deploy();
    assert.notEqual(code, 0);
    assert.match(stdout, /test\/e2e\/policies\/shop-invalid\.yml:20:28: .*retention\.keepLast is 'two'/);
    assert.deepEqual([await versionsOf(account), await inventory(account)], before);
  });
  await checks.check('a key that is not there is refused by its name, and nothing is changed', async () => {
    const before = [await versionsOf(account), await inventory(account)];
    const { code, stdout } = await stacks.shopWithoutKey.deploy();
    assert.notEqual(code, 0);
    assert.match(stdout, /kmsKey alias\/dr in eu-west-1: there is no such key; make it in eu-west-1/);
    assert.deepEqual([await versionsOf(account), await inventory(account)], before);
  });
}

/** What changes with every update of a stack or of a function. */
async function versionsOf({ cloudFormation, lambda }: Account) {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  return [
    ...Stacks.map(({ StackName, LastUpdatedTime, ChangeSetId }) => ({ StackName, LastUpdatedTime, ChangeSetId })),
    ...Functions.map(({ FunctionName, RevisionId, CodeSha256 }) => ({ FunctionName, RevisionId, CodeSha256 })),
  ];
}
