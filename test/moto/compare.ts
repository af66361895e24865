import type { Comparable } from './normalise.ts';
import type { Outcome } from './witness.ts';

/** A field in which two answers to the same step differ. */
export interface Difference {
  /**
   * `Images[].State`; `Images[]` for which items there are; `answer` for how the call ended, and `message` for the
   * text of an error that both end with.
   */
  readonly field: string;
  readonly sandbox: Comparable;
  readonly moto: Comparable;
}

/** The differences in what both say, each once, however many items of a list show it. */
export function differences(sandbox: Outcome, moto: Outcome): readonly Difference[] {
  const found =
    sandbox.kind === 'success' && moto.kind === 'success'
      ? compared('', sandbox.output, moto.output)
      : comparedEnds(sandbox, moto);
  const byText = new Map(found.map((difference) => [JSON.stringify(difference), difference]));
  return [...byText.values()];
}

function comparedEnds(sandbox: Outcome, moto: Outcome): readonly Difference[] {
  const ends = { sandbox: endOf(sandbox), moto: endOf(moto) };
  if (ends.sandbox !== ends.moto) return [{ field: 'answer', ...ends }];
  if (sandbox.kind !== 'error' || moto.kind !== 'error' || sandbox.message === moto.message) return [];
  return [{ field: 'message', sandbox: sandbox.message, moto: moto.message }];
}

function endOf(outcome: Outcome): string {
  return outcome.kind === 'error' ? outcome.code : 'success';
}

function compared(field: string, sandbox: Comparable, moto: Comparable): readonly Difference[] {
  if (isList(sandbox) && isList(moto)) return comparedLists(field, sandbox, moto);
  if (isObject(sandbox) && isObject(moto)) {
    return Object.entries(sandbox).flatMap(([key, value]) => {
      const other = moto[key];
      return other === undefined ? [] : compared(field === '' ? key : `${field}.${key}`, value, other);
    });
  }
  return JSON.stringify(sandbox) === JSON.stringify(moto) ? [] : [{ field, sandbox, moto }];
}

/** Plain values are compared in their order; items with members with those of the same name, since EC2 promises no order. */
function comparedLists(field: string, sandbox: readonly Comparable[], moto: readonly Comparable[]) {
  if (![...sandbox, ...moto].some(isObject)) {
    return JSON.stringify(sandbox) === JSON.stringify(moto) ? [] : [{ field: `${field}[]`, sandbox, moto }];
  }
  const here = byIdentity(sandbox);
  const there = byIdentity(moto);
  const keys = { sandbox: [...here.keys()].sort(), moto: [...there.keys()].sort() };
  const items: readonly Difference[] =
    keys.sandbox.join('\n') === keys.moto.join('\n') ? [] : [{ field: `${field}[]`, ...keys }];
  const members = [...here].flatMap(([key, item]) => {
    const other = there.get(key);
    return other === undefined ? [] : compared(`${field}[]`, item, other);
  });
  return [...items, ...members];
}

/** The members that say which item of a list one is, the most telling first. */
const IDENTIFYING = [
  'InstanceId',
  'SnapshotId',
  'ImageId',
  'DeviceName',
  'Key',
  'VolumeId',
  'AutoScalingGroupName',
  'LaunchConfigurationName',
  'Name',
  'UserId',
  'Group',
];

/** Items by what they are called; those of the same name are told apart by their place. */
function byIdentity(items: readonly Comparable[]): ReadonlyMap<string, Comparable> {
  const found = new Map<string, Comparable>();
  for (const item of items) {
    const name = identityOf(item);
    let key = name;
    for (let number = 2; found.has(key); number += 1) key = `${name} ${number}`;
    found.set(key, item);
  }
  return found;
}

function identityOf(item: Comparable): string {
  if (!isObject(item)) return String(item);
  const { Instances: instances, LaunchTemplateId: template, VersionNumber: version } = item;
  // A reservation is called as the instances that are in it.
  if (instances !== undefined && isList(instances)) return instances.map(identityOf).sort().join(' ');
  if (template !== undefined) return [template, ...(version === undefined ? [] : [version])].join(' ');
  const known = IDENTIFYING.find((member) => item[member] !== undefined);
  return known === undefined ? '?' : String(item[known]);
}

function isList(value: Comparable): value is readonly Comparable[] {
  return Array.isArray(value);
}

function isObject(value: Comparable): value is { readonly [key: string]: Comparable } {
  return typeof value === 'object' && value !== null && !isList(value);
}
