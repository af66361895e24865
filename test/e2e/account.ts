import { CloudFormationClient, paginateListStacks, StackStatus } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  GetDashboardCommand,
  paginateDescribeAlarms,
  ResourceNotFound,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListScheduleGroups, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import type { Credentials } from './ministack.ts';
import { PATIENCE_MS } from './until.ts';

/** Clients of an account in ministack, in one region and with somebody's credentials. */
export type Account = ReturnType<typeof accountAt>;

export function accountAt(url: string, region: string, credentials: Credentials) {
  const requestHandler = { requestTimeout: PATIENCE_MS };
  const config = { endpoint: url, region, credentials, maxAttempts: 1, requestHandler };
  return {
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    events: new EventBridgeClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    scheduler: new SchedulerClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
  };
}

/** Everything of the kinds that a stack has, each as `kind name`, in the order of these texts. */
export async function inventory(account: Account): Promise<string[]> {
  const { events, cloudWatch } = account;
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
  const rules = await Promise.all(
    EventBuses.map(async ({ Name }) => {
      const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: Name }));
      return Rules.map((rule) => `${Name}/${rule.Name}`);
    }),
  );
  const found = {
    alarm: await all(paginateDescribeAlarms({ client: cloudWatch }, {}), (page) =>
      page.MetricAlarms?.map(({ AlarmName }) => AlarmName),
    ),
    bus: EventBuses.map(({ Name }) => Name),
    dashboard: await dashboards(account),
    function: await all(paginateListFunctions({ client: account.lambda }, {}), (page) =>
      page.Functions?.map(({ FunctionName }) => FunctionName),
    ),
    'log group': await all(paginateDescribeLogGroups({ client: account.logs }, {}), (page) =>
      page.logGroups?.map(({ logGroupName }) => logGroupName),
    ),
    queue: await all(paginateListQueues({ client: account.sqs }, {}), (page) => page.QueueUrls),
    role: await all(paginateListRoles({ client: account.iam }, {}), (page) =>
      page.Roles?.map(({ RoleName }) => RoleName),
    ),
    rule: rules.flat(),
    schedule: await all(paginateListSchedules({ client: account.scheduler }, {}), (page) =>
      page.Schedules?.map(({ GroupName, Name }) => `${GroupName}/${Name}`),
    ),
    'schedule group': await all(paginateListScheduleGroups({ client: account.scheduler }, {}), (page) =>
      page.ScheduleGroups?.map(({ Name }) => Name),
    ),
    stack: await all(paginateListStacks({ client: account.cloudFormation }, { StackStatusFilter: STANDING }), (page) =>
      page.StackSummaries?.map(({ StackName }) => StackName),
    ),
    topic: await all(paginateListTopics({ client: account.sns }, {}), (page) =>
      page.Topics?.map(({ TopicArn }) => TopicArn),
    ),
  };
  return Object.entries(found)
    .flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`))
    .sort();
}

/** One by one, since the SDK can't read the list that ministack gives. */
async function dashboards({ cloudWatch }: Account): Promise<string[]> {
  const found = ['amikeep-office-eu-central-1', 'amikeep-shop-eu-central-1'].map(async (DashboardName) => {
    try {
      await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
      return [DashboardName];
    } catch (error) {
      if (error instanceof ResourceNotFound) return [];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}

/** CloudFormation goes on listing a stack that was deleted. */
const STANDING = Object.values(StackStatus).filter((status) => status !== StackStatus.DELETE_COMPLETE);

async function all<Page>(
  pages: AsyncIterable<Page>,
  names: (page: Page) => readonly (string | undefined)[] | undefined,
): Promise<readonly (string | undefined)[]> {
  const found = [];
  for await (const page of pages) found.push(...(names(page) ?? []));
  return found;
}
