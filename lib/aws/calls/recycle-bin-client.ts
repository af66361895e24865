import { EC2Client, type EC2ClientConfig, type EC2ClientResolvedConfig } from '@aws-sdk/client-ec2';
import { getHostHeaderPlugin, getUserAgentPlugin } from '@aws-sdk/core/client';
import {
  DefaultIdentityProviderConfig,
  getHttpAuthSchemeEndpointRuleSetPlugin,
  getHttpSigningPlugin,
  getSmithyContext,
} from '@smithy/core';
import { Client, makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { getContentLengthPlugin } from '@smithy/core/protocols';
import { getRetryPlugin } from '@smithy/core/retry';
import { getSchemaSerdePlugin } from '@smithy/core/schema';
import { RecycleBinProtocol } from './recycle-bin-protocol.ts';

const NAMESPACE = 'com.amazonaws.rbin';

/** What the two operations that we call take and give, of the API of 2021-06-15, as far as we look at it. */
export interface ListRulesInput {
  ResourceType: 'EBS_SNAPSHOT' | 'EC2_IMAGE';
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}
export interface ListRulesOutput {
  $metadata: object;
  Rules?: { Identifier?: string }[];
  NextToken?: string;
}
export interface GetRuleInput {
  Identifier: string;
}
export interface GetRuleOutput {
  $metadata: object;
  Identifier?: string;
  RetentionPeriod?: { RetentionPeriodValue?: number };
  ResourceTags?: ResourceTag[];
  ExcludeResourceTags?: ResourceTag[];
  Status?: string;
}
export interface ResourceTag {
  ResourceTagKey?: string;
  ResourceTagValue?: string;
}

type Inputs = ListRulesInput | GetRuleInput;
type Outputs = ListRulesOutput | GetRuleOutput;
type Handler = EC2ClientResolvedConfig['requestHandler'];
type HandlerOptions = NonNullable<Parameters<Handler['handle']>[1]>;

/**
 * A client of the Recycle Bin's rules (rbin). The SDK's own one comes without schemas in the versions that can be had,
 * and with a second copy of what all clients share, so this one is made of the parts of those that we have: region,
 * credentials, connections and partitions are found out as the EC2 client does it.
 */
export class RecycleBinClient extends Client<HandlerOptions, Inputs, Outputs, EC2ClientResolvedConfig> {
  constructor(settings: EC2ClientConfig) {
    const { config } = new EC2Client({
      protocol: RecycleBinProtocol,
      ...settings,
      apiVersion: '2021-06-15',
      serviceId: 'rbin',
      protocolSettings: { defaultNamespace: NAMESPACE },
    });
    const endpointOfEc2 = config.endpointProvider;
    config.endpointProvider = (parameters, context) => {
      // A URL of our own: EC2's is remembered, and shared by its clients.
      const url = new URL(endpointOfEc2(parameters, context).url);
      if (parameters.Endpoint === undefined) url.hostname = url.hostname.replace(/^ec2\b/, 'rbin');
      const signing = { name: 'sigv4', signingName: 'rbin', signingRegion: parameters.Region ?? '', properties: {} };
      return { url, properties: { authSchemes: [signing] } };
    };
    super(config);
    this.middlewareStack.use(getSchemaSerdePlugin(config));
    this.middlewareStack.use(getUserAgentPlugin(config));
    this.middlewareStack.use(getRetryPlugin(config));
    this.middlewareStack.use(getContentLengthPlugin(config));
    this.middlewareStack.use(getHostHeaderPlugin(config));
    this.middlewareStack.use(
      getHttpAuthSchemeEndpointRuleSetPlugin(config, {
        httpAuthSchemeParametersProvider: async ({ region }, context) => ({
          operation: String(getSmithyContext(context).operation),
          region: await region(),
        }),
        identityProviderConfigProvider: async ({ credentials }) =>
          new DefaultIdentityProviderConfig({ 'aws.auth#sigv4': credentials }),
      }),
    );
    this.middlewareStack.use(getHttpSigningPlugin(config));
  }
}

/** The parameters of EC2's endpoints, which are those of the Recycle Bin's too. */
const command = makeBuilder<EC2ClientResolvedConfig, Inputs, Outputs>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
    UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
  },
  'AmazonRecycleBin',
  'RecycleBinClient',
  getEndpointPlugin,
);

type OperationSchema = Parameters<typeof command>[3];
type SchemaRef = OperationSchema[4];
type Members = Readonly<Record<string, SchemaRef>>;

/** In the notation of the SDK's schemas. */
const TEXT = 0;
const NUMBER = 1;
/** Of a text that stands in the path. */
const LABEL: SchemaRef = [TEXT, { httpLabel: 1 }];

function struct(name: string, members: Members): SchemaRef {
  return [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members)];
}

function list(name: string, item: SchemaRef): SchemaRef {
  return [1, NAMESPACE, name, 0, item];
}

const TAGS = list('ResourceTags', struct('ResourceTag', { ResourceTagKey: TEXT, ResourceTagValue: TEXT }));

export class ListRulesCommand extends command<ListRulesInput, ListRulesOutput>({}, () => [], 'ListRules', [
  9,
  NAMESPACE,
  'ListRules',
  { http: ['POST', '/list-rules', 200] },
  struct('ListRulesRequest', { ResourceType: TEXT, MaxResults: NUMBER, NextToken: TEXT }),
  struct('ListRulesResponse', {
    Rules: list('RuleSummaryList', struct('RuleSummary', { Identifier: TEXT })),
    NextToken: TEXT,
  }),
]) {}

export class GetRuleCommand extends command<GetRuleInput, GetRuleOutput>({}, () => [], 'GetRule', [
  9,
  NAMESPACE,
  'GetRule',
  { http: ['GET', '/rules/{Identifier}', 200] },
  struct('GetRuleRequest', { Identifier: LABEL }),
  struct('GetRuleResponse', {
    Identifier: TEXT,
    RetentionPeriod: struct('RetentionPeriod', { RetentionPeriodValue: NUMBER }),
    ResourceTags: TAGS,
    ExcludeResourceTags: TAGS,
    Status: TEXT,
  }),
]) {}
