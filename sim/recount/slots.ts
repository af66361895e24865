import type { Checklist } from './checklist.ts';
import type { Evidence, OurImage } from './evidence.ts';
import type { Promised, PromisedPolicy } from './promises.ts';
import { holdsVersion } from './versions.ts';
import type { Present, Witness } from './witness.ts';

/** Checks that each slot that fired has exactly one good image of each instance that its policy selected then. */
export function checkSlots(list: Checklist, promised: Promised, evidence: Evidence, witness: Witness): void {
  const policies = new Map(promised.policies.map((policy) => [policy.name, policy]));
  const sources = new Map(
    [...evidence.history.values(), ...evidence.images.filter(holdsVersion)]
      .filter(({ region, sourceRegion }) => region === sourceRegion)
      .map((image) => [image.id, image]),
  );
  const made = Map.groupBy(sources.values(), ({ policy, instance, slot }) => slotKey(policy, instance, slot));
  for (const { policy: name, slot, instances } of witness.slots) {
    const policy = policies.get(name);
    if (!policy) continue;
    for (const instance of instances) {
      const regions = policy.regions ?? promised.regions;
      if (!regions.includes(instance.region) || !isSelected(policy, instance)) continue;
      const count = made.get(slotKey(name, instance.id, Date.parse(slot)))?.length ?? 0;
      list.expect(count === 1, () => `slot ${slot} of ${name} has ${count} images of ${instance.id}`);
    }
  }
}

/** Checks that each copy is of a source that was available before it, and that no snapshot of ours is left alone. */
export function checkCopiesAndSnapshots(list: Checklist, evidence: Evidence, orphans: readonly string[]): void {
  const sources = Map.groupBy(
    [...evidence.history.values()].filter(({ region, sourceRegion }) => region === sourceRegion),
    ({ policy, instance, slot }) => slotKey(policy, instance, slot),
  );
  const copies = evidence.images.filter(({ region, sourceRegion }) => region !== sourceRegion);
  for (const copy of [...copies, ...evidence.inVaults.values()]) {
    const source = sources.get(keyOf(copy))?.find(({ availableAt }) => availableAt <= copy.createdAt + 1_000);
    list.expect(source !== undefined, () => `copy ${copy.id} in ${copy.region} is of no source that was there before`);
  }
  for (const { id, region } of evidence.inVaults.values()) {
    list.expect(evidence.registered.has(id), () => `copy ${id} in ${region} is gone from its vault`);
  }
  list.expect(orphans.length === 0, () => `snapshots that no image names: ${orphans.join(', ')}`);
}

function keyOf({ policy, instance, slot }: OurImage): string {
  return slotKey(policy, instance, slot);
}

function slotKey(policy: string, instance: string, slot: number): string {
  return `${policy} ${instance} ${slot}`;
}

function isSelected({ select }: PromisedPolicy, { id, state, tags }: Present): boolean {
  const has = (key: string, patterns: readonly string[]) =>
    Object.hasOwn(tags, key) && patterns.some((pattern) => matches(pattern, tags[key] ?? ''));
  return (
    Object.entries(select.tags).every(([key, patterns]) => has(key, patterns)) &&
    !Object.entries(select.exclude).some(([key, patterns]) => has(key, patterns)) &&
    (select.instances?.includes(id) ?? true) &&
    !select.excludeInstances.includes(id) &&
    select.states.includes(state)
  );
}

/** Whether a text is of a pattern, in which `*` stands for any text: its parts must come one behind the other. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return text === pattern;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.startsWith(first) && text.endsWith(last) && text.length - last.length >= at;
}
