import type { Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { RecycleBinRule, RuleTag } from '../../model/recycle-bin.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import { GetRuleCommand, type GetRuleOutput, ListRulesCommand, type ResourceTag } from '../calls/recycle-bin-client.ts';

const PAGE = 1000;
const SOURCE = 'Recycle Bin rules';

const TYPES = { image: 'EC2_IMAGE', snapshot: 'EBS_SNAPSHOT' } as const;

/**
 * The rules of a region's Recycle Bin that catch anything now. One that is still pending does not yet, and one that
 * is deleted while we look does not any more.
 */
export async function readRecycleBinRules(caller: Caller, target: Target): Promise<Reading<readonly RecycleBinRule[]>> {
  const at = caller.now();
  const resources = ['image', 'snapshot'] as const;
  const readings = resources.map((resource) => readRules(caller.to('recycleBin'), target, resource));
  return joinReadings(SOURCE, at, await Promise.all(readings));
}

async function readRules(
  caller: Caller<'recycleBin'>,
  target: Target,
  resource: RecycleBinRule['resource'],
): Promise<Reading<readonly RecycleBinRule[]>> {
  const ids = await readPages(caller, target, SOURCE, 'ListRules', async (client, NextToken) => {
    const input = { ResourceType: TYPES[resource], MaxResults: PAGE, NextToken };
    const { Rules = [], NextToken: next } = await client.send(new ListRulesCommand(input));
    return { items: Rules.flatMap(({ Identifier }) => Identifier ?? []), next };
  });
  const rules = await Promise.all(ids.value.map((id) => readRule(caller, target, resource, id)));
  const found = joinReadings(SOURCE, ids.at, rules);
  return ids.complete ? found : partialReading(SOURCE, ids.at, found.value, ids.problem);
}

/** A list says of a rule how long it keeps, but not what. */
async function readRule(
  caller: Caller<'recycleBin'>,
  target: Target,
  resource: RecycleBinRule['resource'],
  id: string,
): Promise<Reading<readonly RecycleBinRule[]>> {
  const at = caller.now();
  const answer = await caller.call(target, 'GetRule', (client) => client.send(new GetRuleCommand({ Identifier: id })));
  if (answer.ok) return completeReading(SOURCE, at, toRules(answer.value, resource, id));
  if (answer.failure.meaning === 'absent') return completeReading(SOURCE, at, []);
  return partialReading(SOURCE, at, [], `rule ${id}: ${describeFailure(answer.failure)}`);
}

function toRules(rule: GetRuleOutput, resource: RecycleBinRule['resource'], id: string): readonly RecycleBinRule[] {
  if (rule.Status !== 'available') return [];
  const { RetentionPeriod, ResourceTags = [], ExcludeResourceTags = [] } = rule;
  return [
    {
      id,
      resource,
      retentionDays: RetentionPeriod?.RetentionPeriodValue ?? 0,
      tags: ResourceTags.map(toTag),
      excludeTags: ExcludeResourceTags.map(toTag),
    },
  ];
}

function toTag({ ResourceTagKey: key = '', ResourceTagValue: value }: ResourceTag): RuleTag {
  return { key, ...(value !== undefined && { value }) };
}
