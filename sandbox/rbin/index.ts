import type { CallContext, OperationDefinition, SandboxClock, ServiceOperations } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import type { BinRules } from '../ec2/index.ts';
import { digest } from '../ec2/plane/digest.ts';
import { view } from '../ec2/plane/views.ts';
import { fillPage, type PageRule, readCursor } from '../ec2/requests/paging.ts';
import { notModelled, quotaReached, ruleNotFound, validation } from './errors.ts';
import type {
  CreateRuleRequest,
  CreateRuleResponse,
  ListRulesRequest,
  ListRulesResponse,
  ResourceTag,
  RetentionPeriod,
  RuleRequest,
  RuleResponse,
  RuleSummary,
  UpdateRuleRequest,
} from './model.ts';
import { daysKept, RESOURCE_TYPES, type ResourceType, type Rule } from './rules.ts';

/** EBS User Guide, Quotas for Recycle Bin; API reference, CreateRule. */
const mostRules = 250;
const mostDays = 365;
const mostResourceTags = 50;
const mostExclusionTags = 5;

const pageRule: PageRule = {
  operation: 'ListRules',
  least: 1,
  most: 1_000,
  beyond: 'refused',
  idList: '',
  outOfRange: () => validation('MaxResults must be 1 to 1000.'),
};

export interface RbinServiceOptions {
  readonly clock: SandboxClock;
  readonly seed: number;
  /** The settings of a region, which are EC2's: some of them are about the bin. */
  readonly behaviour: (region: string) => Ec2Behaviour;
}

export interface RbinService {
  readonly operations: ServiceOperations;
  readonly binRules: BinRules;
  /** Plain JSON. */
  dump(): RbinState;
  /** @throws TypeError for anything that `dump` did not give */
  load(state: unknown): void;
  reset(): void;
}

const FORMAT = 'rbin/1';

export interface RbinState {
  readonly format: typeof FORMAT;
  readonly issued: number;
  readonly rules: readonly Rule[];
}

/** The Recycle Bin's retention rules, for any number of accounts and regions; what is in the bin is EC2's. */
export function createRbinService({ clock, seed, behaviour }: RbinServiceOptions): RbinService {
  const rules = new Map<string, Rule>();
  let issued = 0;
  const inPlace = ({ account, region }: CallContext): Rule[] =>
    [...rules.values()].filter((rule) => rule.account === account && rule.region === region);

  /** @throws ServiceError ResourceNotFoundException also for the rule of another account or region */
  const ruleOf = (context: CallContext, id: string): Rule => {
    const rule = rules.get(id);
    if (rule?.account !== context.account || rule.region !== context.region) throw ruleNotFound(id);
    return rule;
  };
  const availableAt = ({ region }: CallContext) => clock.now() + behaviour(region).binRulePendingMs;

  const createRule: OperationDefinition<CreateRuleRequest, CreateRuleResponse> = {
    heeds: ['RetentionPeriod', 'ResourceType', 'Description', 'Tags', 'ResourceTags', 'ExcludeResourceTags'],
    run: (input, context) => {
      const { Description: description, Tags: tags } = input;
      const resourceType = readResourceType(input.ResourceType);
      const settings = {
        days: readDays(input.RetentionPeriod),
        ...readTags(input.ResourceTags ?? [], input.ExcludeResourceTags ?? []),
      };
      if (inPlace(context).length >= mostRules) throw quotaReached(mostRules);
      issued += 1;
      const rule: Rule = {
        // A rule's identifier has eleven letters and digits.
        id: digest(`${seed}/rule/${issued}`).slice(0, 11),
        seq: issued,
        account: context.account,
        region: context.region,
        resourceType,
        ...settings,
        ...(description !== undefined && { description }),
        ...(tags !== undefined && { tags }),
        availableAt: availableAt(context),
      };
      rules.set(rule.id, rule);
      return view({ ...described(rule, clock.now()), ...(tags !== undefined && { Tags: tags }) });
    },
  };

  const getRule: OperationDefinition<RuleRequest, RuleResponse> = {
    heeds: ['Identifier'],
    run: ({ Identifier }, context) => described(ruleOf(context, Identifier), clock.now()),
  };

  const listRules: OperationDefinition<ListRulesRequest, ListRulesResponse> = {
    heeds: ['ResourceType', 'MaxResults', 'NextToken'],
    run: (input, context) => {
      const resourceType = readResourceType(input.ResourceType);
      const settings = { ...behaviour(context.region), badTokenCode: 'ValidationException' };
      const cursor = readCursor(input, pageRule, undefined, settings);
      const { items, nextToken } = fillPage([inPlace(context)], cursor, (rule) =>
        rule.resourceType === resourceType ? summary(rule) : undefined,
      );
      return { Rules: items, ...(nextToken && { NextToken: nextToken }) };
    },
  };

  const updateRule: OperationDefinition<UpdateRuleRequest, RuleResponse> = {
    heeds: ['Identifier', 'RetentionPeriod', 'Description', 'ResourceTags', 'ExcludeResourceTags'],
    run: (input, context) => {
      const before = ruleOf(context, input.Identifier);
      const rule: Rule = {
        ...before,
        days: input.RetentionPeriod ? readDays(input.RetentionPeriod) : before.days,
        ...(input.Description !== undefined && { description: input.Description }),
        ...readTags(input.ResourceTags ?? before.resourceTags, input.ExcludeResourceTags ?? before.excludeResourceTags),
        availableAt: availableAt(context),
      };
      rules.set(rule.id, rule);
      return described(rule, clock.now());
    },
  };

  const deleteRule: OperationDefinition<RuleRequest, object> = {
    heeds: ['Identifier'],
    run: ({ Identifier }, context) => {
      rules.delete(ruleOf(context, Identifier).id);
      return {};
    },
  };

  return {
    operations: {
      CreateRule: createRule,
      GetRule: getRule,
      ListRules: listRules,
      UpdateRule: updateRule,
      DeleteRule: deleteRule,
    },
    binRules: (discarded) => daysKept(rules.values(), discarded, clock.now(), behaviour(discarded.region)),
    dump: () => ({ format: FORMAT, issued, rules: [...rules.values()] }),
    load: (state) => {
      if (!isState(state))
        throw new TypeError(`the state of the Recycle Bin's rules must be of the format '${FORMAT}'`);
      issued = state.issued;
      rules.clear();
      for (const rule of state.rules) rules.set(rule.id, rule);
    },
    reset: () => {
      issued = 0;
      rules.clear();
    },
  };
}

function isState(state: unknown): state is RbinState {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === FORMAT;
}

function readResourceType(text: string): ResourceType {
  const known = Object.values(RESOURCE_TYPES).find((type) => type === text);
  if (known !== undefined) return known;
  if (text === 'EBS_VOLUME') throw notModelled('rules of EBS_VOLUME');
  throw validation(`The resource type '${text}' is none of EBS_SNAPSHOT, EC2_IMAGE and EBS_VOLUME.`);
}

function readDays({ RetentionPeriodValue: days, RetentionPeriodUnit: unit }: RetentionPeriod): number {
  if (unit !== 'DAYS') throw validation(`The unit of a retention period is DAYS, not '${unit}'.`);
  if (Number.isInteger(days) && days >= 1 && days <= mostDays) return days;
  throw validation(`A retention period has 1 to ${mostDays} days, not ${days}.`);
}

function readTags(resourceTags: readonly ResourceTag[], excludeResourceTags: readonly ResourceTag[]) {
  if (resourceTags.length > mostResourceTags) throw validation(`A rule has at most ${mostResourceTags} resource tags.`);
  if (excludeResourceTags.length > mostExclusionTags) {
    throw validation(`A rule has at most ${mostExclusionTags} exclusion tags.`);
  }
  if (resourceTags.length > 0 && excludeResourceTags.length > 0) {
    throw validation('A rule with resource tags can have no exclusion tags.');
  }
  for (const { ResourceTagKey: key, ResourceTagValue: value = '' } of [...resourceTags, ...excludeResourceTags]) {
    if (key.length < 1 || key.length > 128) throw validation('The key of a resource tag has 1 to 128 characters.');
    if (value.length > 256) throw validation('The value of a resource tag has at most 256 characters.');
  }
  return { resourceTags, excludeResourceTags };
}

function summary({ id, description, days, account, region }: Rule): RuleSummary {
  return view({
    Identifier: id,
    ...(description !== undefined && { Description: description }),
    RetentionPeriod: { RetentionPeriodValue: days, RetentionPeriodUnit: 'DAYS' },
    RuleArn: `arn:aws:rbin:${region}:${account}:rule/${id}`,
  });
}

function described(rule: Rule, now: number): RuleResponse {
  const { resourceType, resourceTags, excludeResourceTags, availableAt } = rule;
  return view({
    ...summary(rule),
    ResourceType: resourceType,
    ...(resourceTags.length > 0 && { ResourceTags: [...resourceTags] }),
    ...(excludeResourceTags.length > 0 && { ExcludeResourceTags: [...excludeResourceTags] }),
    Status: now < availableAt ? 'pending' : 'available',
  });
}
