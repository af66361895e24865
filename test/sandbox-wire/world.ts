import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { OperationDefinition, ServiceOperations } from '../../sandbox/contract.ts';
import { type SandboxServer, serve } from '../../sandbox/http.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';

export const ACCOUNT = '222233334444';
export const REGION = 'eu-central-1';
export const START = Date.parse('2026-11-23T02:00:00Z');

/** A sandbox on a virtual clock. */
export function aSandbox(options: Partial<SandboxOptions> = {}): Sandbox & { clock: VirtualClock } {
  const clock = new VirtualClock(START);
  return { ...createSandbox({ clock, seed: 7, ...options }), clock };
}

/** A sandbox whose EC2 has these operations, in the place of its own or beside them. */
export function aSandboxWith(ec2: ServiceOperations, options: Partial<SandboxOptions> = {}) {
  return aSandbox({ ...options, operations: { ec2 } });
}

/** An operation for a test of what lies around operations. */
export function anOperation<Input, Output extends object>(
  run: (input: Input) => Output,
  heeds: readonly string[] = [],
): OperationDefinition<Input, Output> {
  return { heeds, run };
}

/** Serves the sandbox until the test is over. */
export async function served(sandbox: Sandbox): Promise<SandboxServer> {
  const server = await serve(sandbox);
  onTestFinished(() => server.close());
  return server;
}

/** What a client of the SDK needs to know; retries are off, so that a call is a call. */
export function clientConfig(account: string = ACCOUNT, region: string = REGION) {
  return { region, maxAttempts: 1, credentials: { accessKeyId: account, secretAccessKey: 'any' } };
}

export interface Clients {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly events: EventBridgeClient;
}

/** Real SDK clients that are answered without HTTP. */
export function inProcess(sandbox: Sandbox, replayEvery = 0): Clients {
  const clients = {
    ec2: new EC2Client(clientConfig()),
    autoScaling: new AutoScalingClient(clientConfig()),
    ssm: new SSMClient(clientConfig()),
    sts: new STSClient(clientConfig()),
    events: new EventBridgeClient(clientConfig()),
  };
  for (const client of Object.values(clients)) connectInProcess(sandbox, client, { account: ACCOUNT, replayEvery });
  return clients;
}

/** Real SDK clients that call over HTTP. */
export async function overHttp(sandbox: Sandbox): Promise<Clients> {
  const { url: endpoint } = await served(sandbox);
  const clients = {
    ec2: new EC2Client({ ...clientConfig(), endpoint }),
    autoScaling: new AutoScalingClient({ ...clientConfig(), endpoint }),
    ssm: new SSMClient({ ...clientConfig(), endpoint }),
    sts: new STSClient({ ...clientConfig(), endpoint }),
    events: new EventBridgeClient({ ...clientConfig(), endpoint }),
  };
  onTestFinished(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return clients;
}

/** IAM, each of whose calls is taken over the wire as well. */
export function anIamClient(sandbox: Sandbox): IAMClient {
  const iam = new IAMClient(clientConfig(ACCOUNT, 'us-east-1'));
  connectInProcess(sandbox, iam, { account: ACCOUNT, replayEvery: 1 });
  return iam;
}

/** Makes an instance profile with a role in it, and gives back its name. */
export async function aProfile(sandbox: Sandbox, InstanceProfileName: string, Path = '/'): Promise<string> {
  const iam = anIamClient(sandbox);
  const RoleName = `${InstanceProfileName}-role`;
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path }));
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{}' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  return InstanceProfileName;
}

export interface RawCall {
  readonly parameters: Readonly<Record<string, string>> | string;
  readonly method?: 'GET' | 'POST';
  readonly accessKeyId?: string;
  readonly region?: string;
  readonly service?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request that is put together by hand, signed in form only. */
export async function sendRaw({ url }: SandboxServer, call: RawCall): Promise<Response> {
  const { accessKeyId = ACCOUNT, region = REGION, service = 'ec2', method = 'POST' } = call;
  const scope = `${accessKeyId}/20261123/${region}/${service}/aws4_request`;
  const form = typeof call.parameters === 'string' ? call.parameters : new URLSearchParams(call.parameters).toString();
  return await fetch(method === 'GET' ? `${url}/?${form}` : url, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...call.headers,
    },
    ...(method === 'POST' ? { body: form } : {}),
  });
}

/** The parameters that every EC2 call starts with. */
export function action(name: string): Record<string, string> {
  return { Action: name, Version: '2016-11-15' };
}
