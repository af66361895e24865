import { filledIn, type Longest } from './filled-in.ts';
import { MOST_INLINE, MOST_MANAGED, policySize } from './role.ts';
import type { Resource, Resources } from './template.ts';

/** As much of a template as is measured. */
export interface Measured {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** How much there is of something that AWS takes only so much of. */
interface Amount {
  /** `role CopyRole`, as a person finds it in the template. */
  readonly of: string;
  readonly amount: number;
}

interface Limit {
  readonly what: string;
  readonly most: number;
  /** Where AWS says so. */
  readonly source: string;
  /** What to do but to write less into the file. */
  readonly remedy?: string;
  readonly found: (template: Measured, longest: Longest) => readonly Amount[];
}

export interface Excess extends Amount {
  readonly limit: Omit<Limit, 'found'>;
}

/**
 * What AWS takes of the stack, as far as a policy file can make it too much. Only AWS itself would tell otherwise, in
 * the middle of a deployment. What stays the same whatever the file says is not in the table.
 */
const LIMITS: readonly Limit[] = [
  {
    what: 'resources in a stack',
    most: 500,
    source: 'CloudFormation User Guide, Understand CloudFormation quotas',
    found: ({ Resources }) => [{ of: 'the stack', amount: Object.keys(Resources).length }],
  },
  {
    what: 'bytes of a template',
    most: 1_000_000,
    source: 'CloudFormation User Guide, Understand CloudFormation quotas',
    found: (template) => [{ of: 'the stack', amount: Buffer.byteLength(JSON.stringify(template)) }],
  },
  {
    what: 'outputs',
    most: 200,
    source: 'CloudFormation User Guide, Understand CloudFormation quotas',
    found: ({ Outputs = {} }) => [{ of: 'the stack', amount: Object.keys(Outputs).length }],
  },
  {
    what: 'characters of a name',
    most: 64,
    source: 'IAM User Guide, IAM and AWS STS quotas',
    remedy: 'write a shorter one, or another region first',
    found: each('AWS::IAM::Role', ({ RoleName }) => lengthOf(RoleName)),
  },
  {
    what: 'characters of the policies within it',
    most: MOST_INLINE,
    source: 'IAM User Guide, IAM and AWS STS quotas',
    found: each('AWS::IAM::Role', ({ Policies }, longest) =>
      listIn(Policies).reduce<number>((sum, policy) => sum + policySize(documentIn(policy), longest), 0),
    ),
  },
  {
    what: 'characters of its trust policy',
    most: 2_048,
    source: 'IAM User Guide, IAM and AWS STS quotas',
    found: each('AWS::IAM::Role', ({ AssumeRolePolicyDocument }, longest) =>
      policySize(AssumeRolePolicyDocument, longest),
    ),
  },
  {
    what: 'managed policies',
    most: 10,
    source: 'IAM User Guide, IAM and AWS STS quotas',
    found: each('AWS::IAM::Role', ({ ManagedPolicyArns }) => listIn(ManagedPolicyArns).length),
  },
  {
    what: 'characters',
    most: MOST_MANAGED,
    source: 'IAM User Guide, IAM and AWS STS quotas',
    found: each('AWS::IAM::ManagedPolicy', ({ PolicyDocument }, longest) => policySize(PolicyDocument, longest)),
  },
  {
    what: 'characters of a name',
    most: 64,
    source: 'Lambda API Reference, CreateFunction, FunctionName',
    found: each('AWS::Lambda::Function', ({ FunctionName }) => lengthOf(FunctionName)),
  },
  {
    what: 'bytes of its environment',
    most: 4_096,
    source: 'Lambda Developer Guide, Lambda quotas',
    found: each('AWS::Lambda::Function', ({ Environment }) => lengthOf(JSON.stringify(Environment ?? {}))),
  },
  {
    what: 'characters of a name',
    most: 64,
    source: 'EventBridge API Reference, PutRule, Name',
    found: each('AWS::Events::Rule', ({ Name }) => lengthOf(Name)),
  },
  {
    what: 'targets',
    most: 5,
    source: 'EventBridge User Guide, Amazon EventBridge quotas',
    found: each('AWS::Events::Rule', ({ Targets }) => listIn(Targets).length),
  },
  {
    what: 'characters of its statement',
    most: 10_240,
    source: 'EventBridge User Guide, Amazon EventBridge quotas',
    found: each('AWS::Events::EventBusPolicy', ({ Statement }, longest) => policySize(Statement, longest)),
  },
  {
    what: 'characters of a name',
    most: 64,
    source: 'EventBridge Scheduler API Reference, CreateScheduleGroup, Name',
    found: each('AWS::Scheduler::ScheduleGroup', ({ Name }) => lengthOf(Name)),
  },
  {
    what: 'characters of its expression',
    most: 256,
    source: 'EventBridge Scheduler API Reference, CreateSchedule, ScheduleExpression',
    remedy: 'write ranges and steps such as 0-28 or 0/5 instead of lists',
    found: each('AWS::Scheduler::Schedule', ({ ScheduleExpression }) => lengthOf(ScheduleExpression)),
  },
  {
    what: 'characters of its description',
    most: 512,
    source: 'EventBridge Scheduler API Reference, CreateSchedule, Description',
    found: each('AWS::Scheduler::Schedule', ({ Description }) => lengthOf(Description)),
  },
  {
    what: 'characters of a name',
    most: 255,
    source: 'CloudWatch API Reference, PutMetricAlarm, AlarmName',
    found: each('AWS::CloudWatch::Alarm', ({ AlarmName }) => lengthOf(AlarmName)),
  },
  {
    what: 'characters of its description',
    most: 1_024,
    source: 'CloudWatch API Reference, PutMetricAlarm, AlarmDescription',
    found: each('AWS::CloudWatch::Alarm', ({ AlarmDescription }) => lengthOf(AlarmDescription)),
  },
  {
    what: 'metrics',
    most: 10,
    source: 'CloudWatch User Guide, CloudWatch service quotas',
    found: each('AWS::CloudWatch::Alarm', ({ Metrics }) => listIn(Metrics).filter((one) => 'MetricStat' in one).length),
  },
  {
    what: 'widgets',
    most: 500,
    source: 'CloudWatch User Guide, CloudWatch service quotas',
    found: each('AWS::CloudWatch::Dashboard', (dashboard) => metricsIn(dashboard).length),
  },
  {
    what: 'metrics of a widget',
    most: 500,
    source: 'CloudWatch User Guide, CloudWatch service quotas',
    found: each('AWS::CloudWatch::Dashboard', (dashboard) => Math.max(0, ...metricsIn(dashboard))),
  },
  {
    what: 'metrics',
    most: 2_500,
    source: 'CloudWatch User Guide, CloudWatch service quotas',
    found: each('AWS::CloudWatch::Dashboard', (dashboard) => metricsIn(dashboard).reduce((sum, one) => sum + one, 0)),
  },
];

/** Where there is more than AWS takes. @param longest what CloudFormation fills in, as long as it gets */
export function excessesIn(template: Measured, longest: Longest): Excess[] {
  return LIMITS.flatMap(({ found, ...limit }) =>
    found(template, longest)
      .filter(({ amount }) => amount > limit.most)
      .map((amount) => ({ ...amount, limit })),
  );
}

/** `the stack has 515 resources in a stack, of which AWS takes 500 (...)` */
export function describeExcess({ of, amount, limit: { what, most, source } }: Excess): string {
  return `${of} would have ${amount} ${what}, and AWS takes ${most} (${source})`;
}

/** Of each resource of a type, with what CloudFormation fills in filled in. */
function each(type: string, amountOf: (properties: Resource['Properties'], longest: Longest) => number) {
  return ({ Resources }: Measured, longest: Longest): Amount[] =>
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
      if (Type !== type) return [];
      const properties = Object.fromEntries(
        Object.entries(Properties).map(([name, value]) => [name, filledIn(value, longest)]),
      );
      return [{ of: `${type.split('::').at(-1)} ${id}`, amount: amountOf(properties, longest) }];
    });
}

function lengthOf(text: unknown): number {
  return text === undefined ? 0 : String(text).length;
}

function listIn(value: unknown): readonly object[] {
  return Array.isArray(value) ? value : [];
}

function documentIn(policy: object): unknown {
  return 'PolicyDocument' in policy ? policy.PolicyDocument : undefined;
}

/** How many metrics each widget of a dashboard has. */
function metricsIn({ DashboardBody }: Resource['Properties']): number[] {
  const { widgets }: { widgets: { properties: { metrics?: unknown[] } }[] } = JSON.parse(String(DashboardBody));
  return widgets.map(({ properties }) => properties.metrics?.length ?? 0);
}
