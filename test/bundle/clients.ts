import type { ServiceName } from '../../sandbox/contract.ts';

export interface BundledClient {
  /** As tests import it. */
  readonly module: string;
  readonly client: string;
  /** What the sandbox, which reads the untouched schemas, calls its service. */
  readonly service: ServiceName;
  /** What the service is called in names of environment variables. */
  readonly variable: string;
}

/** Our own client, the only one that is not of the SDK. */
export const RECYCLE_BIN = '../../lib/aws/calls/recycle-bin-client.ts';

/** The clients that are bundled. */
export const CLIENTS: readonly BundledClient[] = [
  {
    module: '@aws-sdk/client-auto-scaling',
    client: 'AutoScalingClient',
    service: 'autoscaling',
    variable: 'AUTO_SCALING',
  },
  { module: '@aws-sdk/client-ec2', client: 'EC2Client', service: 'ec2', variable: 'EC2' },
  { module: '@aws-sdk/client-eventbridge', client: 'EventBridgeClient', service: 'events', variable: 'EVENTBRIDGE' },
  { module: '@aws-sdk/client-kms', client: 'KMSClient', service: 'kms', variable: 'KMS' },
  { module: '@aws-sdk/client-ssm', client: 'SSMClient', service: 'ssm', variable: 'SSM' },
  { module: '@aws-sdk/client-sts', client: 'STSClient', service: 'sts', variable: 'STS' },
  { module: RECYCLE_BIN, client: 'RecycleBinClient', service: 'rbin', variable: 'RBIN' },
];

/** The classes of a client and its commands, by name. */
export type Classes = Readonly<Record<string, new (input: object) => { send(command: object): Promise<object> }>>;

/** The text of a module at the root of the project that has all clients, and more of each. */
export function clientsFrom(more: (client: BundledClient) => readonly string[]): string {
  return CLIENTS.map((bundled) => {
    const names = [bundled.client, ...more(bundled)];
    return `export { ${names.join(', ')} } from '${bundled.module.replace('../../', './')}';`;
  }).join('\n');
}
