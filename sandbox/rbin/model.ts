/** The Recycle Bin's own types, of its API of 2021-06-15, as far as the sandbox has them. */

export interface RetentionPeriod {
  readonly RetentionPeriodValue: number;
  readonly RetentionPeriodUnit: string;
}

export interface ResourceTag {
  readonly ResourceTagKey: string;
  readonly ResourceTagValue?: string;
}

export interface RuleTag {
  readonly Key: string;
  readonly Value: string;
}

export interface CreateRuleRequest {
  readonly RetentionPeriod: RetentionPeriod;
  readonly ResourceType: string;
  readonly Description?: string;
  readonly Tags?: readonly RuleTag[];
  readonly ResourceTags?: readonly ResourceTag[];
  readonly ExcludeResourceTags?: readonly ResourceTag[];
}

export interface UpdateRuleRequest {
  readonly Identifier: string;
  readonly RetentionPeriod?: RetentionPeriod;
  readonly Description?: string;
  readonly ResourceTags?: readonly ResourceTag[];
  readonly ExcludeResourceTags?: readonly ResourceTag[];
}

export interface RuleRequest {
  readonly Identifier: string;
}

export interface ListRulesRequest {
  readonly ResourceType: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface RuleSummary {
  readonly Identifier: string;
  readonly Description?: string;
  readonly RetentionPeriod: RetentionPeriod;
  readonly RuleArn: string;
}

export interface RuleResponse extends RuleSummary {
  readonly ResourceType: string;
  readonly ResourceTags?: readonly ResourceTag[];
  readonly ExcludeResourceTags?: readonly ResourceTag[];
  readonly Status: 'available' | 'pending';
}

export interface CreateRuleResponse extends RuleResponse {
  readonly Tags?: readonly RuleTag[];
}

export interface ListRulesResponse {
  readonly Rules: readonly RuleSummary[];
  readonly NextToken?: string;
}
