import type { Checklist } from './checklist.ts';
import type { ChangingCall, Evidence, OurImage } from './evidence.ts';
import type { Promised } from './promises.ts';
import type { SeenDeregistration, Witness } from './witness.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** Checks what the deployment did while time passed: what it retired, and what it changed at all. */
export function checkDeeds(list: Checklist, promised: Promised, evidence: Evidence, witness: Witness): void {
  const modes = new Map(promised.policies.map(({ name, retire }) => [name, retire.mode]));
  const byResource = callsByResource(evidence.calls);
  const gone = new Map(witness.deregistered.map(({ imageId, at }) => [imageId, at]));
  const lineages = Map.groupBy(evidence.history.values(), lineageKey);
  for (const deed of witness.deregistered) {
    if (isByPeople(deed, byResource)) continue;
    const calls = byResource.get(deed.imageId) ?? [];
    const failed = evidence.failures.get(deed.imageId);
    if (failed) checkMark(list, failed, deed.at, calls);
    const image = evidence.history.get(deed.imageId);
    if (!image) continue;
    const lineage = lineages.get(lineageKey(image)) ?? [];
    checkDeregistration(list, image, deed, { evidence, lineage, gone, calls });
  }

  const owners = ownersOf(evidence);
  const inVaults = new Set([...evidence.inVaults.values()].flatMap(({ id, snapshots }) => [id, ...snapshots]));
  for (const { subjects, operation, tagKeys, at, byPeople } of evidence.calls) {
    if (byPeople) continue;
    // A copy in a vault may be held, and nothing else.
    const isHold = operation === 'CreateTags' && tagKeys.every((key) => key === 'amikeep:hold');
    for (const subject of subjects) {
      if (isHold && inVaults.has(subject)) continue;
      const owner = owners.get(subject);
      const when = new Date(at).toISOString();
      list.expect(owner !== undefined, () => `${operation} at ${when} changed ${subject}, which is not ours`);
      list.expect(
        owner === undefined || operation === 'CreateTags' || modes.get(owner.policy) !== 'plan',
        () => `${operation} at ${when} changed ${subject}, though policy ${owner?.policy} is in plan mode`,
      );
    }
  }
  for (const { operation, tagKeys, subjects, byPeople } of evidence.calls) {
    if (byPeople || operation !== 'CreateTags' || !tagKeys.includes('amikeep:retire')) continue;
    for (const subject of subjects) {
      const policy = owners.get(subject)?.policy ?? '';
      list.expect(modes.get(policy) !== 'plan', () => `${subject} was marked, though policy ${policy} is in plan mode`);
    }
  }
  for (const id of evidence.foreign) {
    const deed = witness.deregistered.find(({ imageId }) => imageId === id);
    list.expect(
      evidence.registered.has(id) || (deed !== undefined && isByPeople(deed, byResource)),
      () => `${id}, which is not ours, is gone`,
    );
  }
}

interface Circumstances {
  readonly evidence: Evidence;
  /** All images of its lineage that there ever were in its region. */
  readonly lineage: readonly OurImage[];
  /** When each image was deregistered. */
  readonly gone: ReadonlyMap<string, number>;
  /** Those about the image. */
  readonly calls: readonly ChangingCall[];
}

function checkDeregistration(
  list: Checklist,
  image: OurImage,
  { at, instances }: SeenDeregistration,
  { evidence, lineage, gone, calls }: Circumstances,
): void {
  const { id, version } = image;
  const which = `${version} of ${image.lineage} (${id} in ${image.region})`;
  list.expect(instances.length === 0, () => `${which} was retired while ${instances.join(', ')} used it`);
  const template = evidence.templates.find(({ imageId, from }) => imageId === id && from <= at);
  list.expect(template === undefined, () => `${which} was retired while a launch template named it`);
  list.expect(!hasTag('amikeep:hold', image, calls, at), () => `${which} was retired while on hold`);

  checkMark(list, image, at, calls);
  const newer = lineage.some(
    (other) => other.slot > image.slot && other.createdAt <= at && (gone.get(other.id) ?? at + 1) > at,
  );
  list.expect(newer, () => `${which} was retired though it was the newest of its lineage there`);
}

function checkMark(list: Checklist, image: OurImage, at: number, calls: readonly ChangingCall[]): void {
  const marked = calls.filter((call) => call.at <= at && call.tagKeys.includes('amikeep:retire')).at(-1);
  list.expect(
    marked?.operation === 'CreateTags' && at - marked.at >= DAY,
    () =>
      `${image.version} of ${image.lineage} (${image.id} in ${image.region}) was retired without a mark of 24 hours`,
  );
}

function lineageKey({ policy, lineage, region }: OurImage): string {
  return `${policy} ${lineage} ${region}`;
}

/** Whether a resource carried a tag at a moment: what it was created with, and what calls did about it since. */
function hasTag(key: string, image: OurImage, calls: readonly ChangingCall[], at: number): boolean {
  const last = calls.filter((call) => call.at <= at && call.tagKeys.includes(key)).at(-1);
  return last === undefined ? image.tags[key] !== undefined : last.operation === 'CreateTags';
}

function callsByResource(calls: readonly ChangingCall[]): ReadonlyMap<string, readonly ChangingCall[]> {
  const byResource = new Map<string, ChangingCall[]>();
  for (const call of calls) {
    for (const subject of call.subjects) {
      const known = byResource.get(subject);
      if (known) known.push(call);
      else byResource.set(subject, [call]);
    }
  }
  return byResource;
}

function isByPeople({ imageId, at }: SeenDeregistration, calls: ReadonlyMap<string, readonly ChangingCall[]>): boolean {
  const call = calls.get(imageId)?.find(({ operation, at: when }) => operation === 'DeregisterImage' && when === at);
  return call?.byPeople ?? true;
}

/** Which image each image and snapshot of ours belongs to. */
function ownersOf({ history, failures, images }: Evidence): ReadonlyMap<string, OurImage> {
  const owners = new Map<string, OurImage>();
  for (const image of [...history.values(), ...failures.values(), ...images]) {
    for (const id of [image.id, ...image.snapshots]) owners.set(id, image);
  }
  return owners;
}
