/**
 * The operations of the Recycle Bin (rbin, 2021-06-15) in the notation in which the SDK's clients export their schemas,
 * from AWS's model of the service. The members of rules' locks are there so that a call that has them is refused by name.
 */
import type { OperationSchema, SchemaRef } from '../wire/shapes.ts';

const NAMESPACE = 'com.amazonaws.rbin';

type Members = Readonly<Record<string, SchemaRef>>;

const TEXT = 0;
const NUMBER = 1;
const TIMESTAMP = 4;
/** Of a text that stands in the path. */
const LABEL: SchemaRef = [TEXT, { httpLabel: 1 }];

function struct(name: string, required: Members, optional: Members = {}): SchemaRef {
  const members = { ...required, ...optional };
  return [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), Object.keys(required).length];
}

function list(name: string, item: SchemaRef): SchemaRef {
  return [1, NAMESPACE, name, 0, item];
}

/** @param path labels in it are the names of members */
function operation(
  name: string,
  [method, path, status]: readonly [string, string, number],
  input: SchemaRef,
  output: SchemaRef,
): OperationSchema {
  return [9, NAMESPACE, name, { http: [method, path, status] }, input, output];
}

const RETENTION_PERIOD = struct('RetentionPeriod', { RetentionPeriodValue: NUMBER, RetentionPeriodUnit: TEXT });
const RESOURCE_TAG = struct('ResourceTag', { ResourceTagKey: TEXT }, { ResourceTagValue: TEXT });
const RESOURCE_TAGS = list('ResourceTags', RESOURCE_TAG);
const EXCLUDE_RESOURCE_TAGS = list('ExcludeResourceTags', RESOURCE_TAG);
const TAGS = list('TagList', struct('Tag', { Key: TEXT, Value: TEXT }));
const UNLOCK_DELAY = struct('UnlockDelay', { UnlockDelayValue: NUMBER, UnlockDelayUnit: TEXT });
const LOCK_CONFIGURATION = struct('LockConfiguration', { UnlockDelay: UNLOCK_DELAY });

const SUMMARY: Members = {
  Identifier: TEXT,
  Description: TEXT,
  RetentionPeriod: RETENTION_PERIOD,
  LockState: TEXT,
  RuleArn: TEXT,
};

const RULE: Members = {
  ...SUMMARY,
  ResourceType: TEXT,
  ResourceTags: RESOURCE_TAGS,
  ExcludeResourceTags: EXCLUDE_RESOURCE_TAGS,
  Status: TEXT,
};

const CreateRule$ = operation(
  'CreateRule',
  ['POST', '/rules', 201],
  struct(
    'CreateRuleRequest',
    { RetentionPeriod: RETENTION_PERIOD, ResourceType: TEXT },
    {
      Description: TEXT,
      Tags: TAGS,
      ResourceTags: RESOURCE_TAGS,
      LockConfiguration: LOCK_CONFIGURATION,
      ExcludeResourceTags: EXCLUDE_RESOURCE_TAGS,
    },
  ),
  struct('CreateRuleResponse', {}, { ...RULE, Tags: TAGS, LockConfiguration: LOCK_CONFIGURATION }),
);

const GetRule$ = operation(
  'GetRule',
  ['GET', '/rules/{Identifier}', 200],
  struct('GetRuleRequest', { Identifier: LABEL }),
  struct('GetRuleResponse', {}, { ...RULE, LockConfiguration: LOCK_CONFIGURATION, LockEndTime: TIMESTAMP }),
);

const ListRules$ = operation(
  'ListRules',
  ['POST', '/list-rules', 200],
  struct(
    'ListRulesRequest',
    { ResourceType: TEXT },
    {
      MaxResults: NUMBER,
      NextToken: TEXT,
      ResourceTags: RESOURCE_TAGS,
      LockState: TEXT,
      ExcludeResourceTags: EXCLUDE_RESOURCE_TAGS,
    },
  ),
  struct(
    'ListRulesResponse',
    {},
    { Rules: list('RuleSummaryList', struct('RuleSummary', {}, SUMMARY)), NextToken: TEXT },
  ),
);

const UpdateRule$ = operation(
  'UpdateRule',
  ['PATCH', '/rules/{Identifier}', 200],
  struct(
    'UpdateRuleRequest',
    { Identifier: LABEL },
    {
      RetentionPeriod: RETENTION_PERIOD,
      Description: TEXT,
      ResourceType: TEXT,
      ResourceTags: RESOURCE_TAGS,
      ExcludeResourceTags: EXCLUDE_RESOURCE_TAGS,
    },
  ),
  struct('UpdateRuleResponse', {}, { ...RULE, LockEndTime: TIMESTAMP }),
);

const DeleteRule$ = operation(
  'DeleteRule',
  ['DELETE', '/rules/{Identifier}', 204],
  struct('DeleteRuleRequest', { Identifier: LABEL }),
  struct('DeleteRuleResponse', {}),
);

/** As a client exports them: the schema of the operation `GetRule` is `GetRule$`. */
export const RBIN_SCHEMAS: Readonly<Record<string, OperationSchema>> = {
  CreateRule$,
  GetRule$,
  ListRules$,
  UpdateRule$,
  DeleteRule$,
};
