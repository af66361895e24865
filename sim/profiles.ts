import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { connectInProcess } from '../sandbox/in-process.ts';
import type { Answering } from '../sandbox/pipeline.ts';

/** Makes an instance profile of a name with a role of the same name in it. IAM is everywhere at once. */
export async function furnishProfile(sandbox: Answering, account: string, name: string): Promise<void> {
  const credentials = { accessKeyId: account, secretAccessKey: 'sandbox' };
  const iam = new IAMClient({ region: 'us-east-1', credentials, maxAttempts: 1 });
  connectInProcess(sandbox, iam, { account });
  const named = { InstanceProfileName: name, RoleName: name };
  await iam.send(new CreateInstanceProfileCommand(named));
  await iam.send(new CreateRoleCommand({ ...named, AssumeRolePolicyDocument: '{}' }));
  await iam.send(new AddRoleToInstanceProfileCommand(named));
  iam.destroy();
}
