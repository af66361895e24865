import type { InstanceRule } from '../behaviour/instance-rule.ts';
import type { InstanceEntry } from '../plane/state.ts';

/** Whether a rule is for an instance. */
export function fits(
  rule: InstanceRule,
  region: string,
  { id, current, sourceImageId, originIds = [] }: InstanceEntry,
): boolean {
  const is = (wanted: string | undefined, value: string | undefined) => wanted === undefined || wanted === value;
  return (
    is(rule.region, region) &&
    is(rule.instanceId, id) &&
    is(rule.imageId, current.ImageId) &&
    is(rule.sourceImageId, sourceImageId) &&
    [undefined, id, ...originIds].includes(rule.originInstanceId) &&
    is(rule.instanceType, current.InstanceType)
  );
}
