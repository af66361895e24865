import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { RecycleBinClient } from './recycle-bin-client.ts';

/** Any of the clients by which AWS is called. */
export type AwsClient =
  | AutoScalingClient
  | EC2Client
  | EventBridgeClient
  | KMSClient
  | RecycleBinClient
  | SSMClient
  | STSClient;
