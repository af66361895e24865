import {
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Account } from './account.ts';
import type { Credentials } from './ministack.ts';
import { PATIENCE_MS } from './until.ts';

const STACK = 'probes';

/** Says with whose credentials it runs. */
const CODE = `exports.handler = async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  sessionToken: process.env.AWS_SESSION_TOKEN,
});`;

const credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() });

const WAIT = { minDelay: 1, maxDelay: 1, maxWaitTime: PATIENCE_MS / 1000 };

/**
 * The credentials that Lambda gives to functions: those of a function of our own under the role of each.
 *
 * @param use what is done with them, in the order of the names; then the functions go
 */
export async function withCredentialsOf<T>(
  { cloudFormation, lambda, logs }: Account,
  functions: readonly string[],
  use: (credentials: readonly Credentials[]) => Promise<T>,
): Promise<T> {
  const roles = await Promise.all(
    functions.map(async (FunctionName) => {
      const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return Role;
    }),
  );
  const probe = (name: string) => `probe-${name}`;
  const Resources = Object.fromEntries(
    functions.map((name, index) => [
      `Probe${index}`,
      {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: probe(name),
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: roles[index],
          Code: { ZipFile: CODE },
        },
      },
    ]),
  );
  await cloudFormation.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify({ Resources }) }));
  await waitUntilStackCreateComplete({ client: cloudFormation, ...WAIT }, { StackName: STACK });
  const found = await Promise.all(
    functions.map(async (name) => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: probe(name) }));
      return credentials.parse(JSON.parse(new TextDecoder().decode(Payload)));
    }),
  );
  const result = await use(found);
  await cloudFormation.send(new DeleteStackCommand({ StackName: STACK }));
  await waitUntilStackDeleteComplete({ client: cloudFormation, ...WAIT }, { StackName: STACK });
  // Lambda made them, and leaves them.
  for (const name of functions) {
    await logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${probe(name)}` }));
  }
  return result;
}
