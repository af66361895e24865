import type { AccountId, InstanceId, SnapshotId, Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Instance, Snapshot } from '../../model/resources.ts';
import type { Clock } from '../../model/time.ts';
import { blocked, note, ok, unknown } from '../../planning/restore/findings.ts';
import type { InstanceAttributes, RestoreInventory, Source } from '../../planning/restore/inventory.ts';
import { isAccountsToSay } from '../../planning/restore/metadata-check.ts';
import { type Finding, type RestorePlan, verdictOf } from '../../planning/restore/plan.ts';
import type { Restorable, RestoreRequest } from '../../planning/restore/request.ts';
import { planRestore } from '../../planning/restore/restore.ts';
import { planRoot } from '../../planning/restore/root.ts';
import { machineTokens } from '../../planning/restore/token.ts';
import { planVolume } from '../../planning/restore/volume.ts';
import { type Wishes, wishesOf } from '../../planning/restore/wishes.ts';
import { snapshotsOf } from '../../planning/snapshots.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Aws } from '../ports.ts';
import type { RestoreReads, RestoreWrites } from './ports.ts';

export interface RestorePorts {
  readonly file: PolicyFile;
  readonly clock: Clock;
  readonly aws: Pick<Aws, 'applier'>;
  readonly reads: RestoreReads;
  readonly writes: RestoreWrites;
}

/** Which image is restored, and why this one. */
export interface Chosen {
  readonly image: OwnedImage;
  readonly why: string;
  /** The instance that a person named, if it was an instance. */
  readonly named: InstanceId | undefined;
  /** Whether the server was found by its Name alone, a tag that anybody may write. */
  readonly byName: boolean;
  /** All images of the server in the account, whichever policy made them: an earlier restore may have been of any of them. */
  readonly siblings: readonly OwnedImage[];
  /** What could not be read while it was looked for. */
  readonly unlisted: readonly string[];
}

/** Where an image is, and what is made of it. */
export function placeOf({ image: { image } }: Pick<Chosen, 'image'>): Target {
  return { account: image.account, region: image.region };
}

/** Plans a restore: what is wanted is read of the old machine, what there is of EC2, and what it comes to is tried at last. */
export async function planOf(request: RestoreRequest, chosen: Chosen, ports: RestorePorts): Promise<RestorePlan> {
  const untold = await untried(request, chosen, ports);
  const plan = { ...untold, findings: [...nameFindings(chosen), ...untold.findings] };
  // What is blocked already would be refused for that.
  if (plan.verdict === 'blocked') return plan;
  const findings = [...plan.findings, triedFinding(await ports.reads.refusal(placeOf(chosen), plan.making))];
  return { ...plan, findings, verdict: verdictOf(findings) };
}

async function untried(request: RestoreRequest, chosen: Chosen, ports: RestorePorts): Promise<RestorePlan> {
  const { file, reads, clock } = ports;
  const { image, why, named, unlisted } = chosen;
  const target = placeOf(chosen);
  const source = await readSource(image, target.account, ports);
  const wishes = wishesOf(request, image, source.instance.value, file.restore);
  const { what } = request;
  const [details, snapshots] = await Promise.all([
    reads.imageDetails(target, image.image.id),
    reads.snapshots(target, snapshotsOf(image)),
  ]);
  const keys = await readKeys(target, usedOf(image, what, details), snapshots, wishes.kmsKey?.value, ports);
  const ofImage = { details, snapshots, keys };
  if (what.kind === 'machine') {
    const inventory = await readAll(target, chosen, { source, wishes, ...ofImage }, ports);
    return planRestore(request, { why, wishes, policies: file.policies }, inventory);
  }
  if (what.kind === 'root') {
    const tasks = await reads.rootTasks(target, image.stamp.source.instance);
    return planRoot(why, { target, image, source, ...ofImage, named, unlisted, tasks });
  }
  const attachTo: Reading<Instance | undefined> =
    what.attach === undefined
      ? completeReading('instances', clock.now(), undefined)
      : await reads.instance(target, what.attach);
  const earlier = await reads.restoredVolumes(target, image.image.id);
  const { another } = request;
  const inventory = { target, image, ...ofImage, wishes, attachTo, unlisted, earlier, another, now: clock.now() };
  return planVolume(why, what, inventory);
}

function nameFindings({ byName, image: { stamp } }: Chosen): Finding[] {
  if (!byName) return [];
  const { instance } = stamp.source;
  const text = `it was found by its Name, a tag that anybody may write: see that ${instance} is the one meant, or name it by that`;
  return [note('server', text)];
}

function triedFinding(refusal: Reading<string | undefined>): Finding {
  if (!refusal.complete) {
    return unknown('dry run', `EC2 was asked and did not say whether you may (${refusal.problem})`);
  }
  return refusal.value === undefined
    ? ok('dry run', 'you may do it; whether there is room, and whether keys can be used, shows only then')
    : blocked('dry run', `EC2 would refuse it: ${refusal.value}`);
}

/** Where the image is, and where the instance was, may be two regions of one account; of another account nothing is read. */
async function readSource({ stamp }: OwnedImage, account: AccountId, { reads, clock }: RestorePorts): Promise<Source> {
  const { source } = stamp;
  const nothing = completeReading('instances', clock.now(), undefined);
  if (source.account !== account) return { instance: nothing, attributes: nothing };
  const instance = await reads.instance(source, source.instance);
  const isThere = instance.value !== undefined && instance.value.state !== 'terminated';
  const attributes: Reading<InstanceAttributes | undefined> = isThere
    ? await reads.attributes(source, source.instance)
    : nothing;
  return { instance, attributes };
}

/** What is read before the rest can be asked for. */
interface KnownOfImage extends Pick<RestoreInventory, 'source' | 'details' | 'snapshots' | 'keys'> {
  readonly wishes: Wishes;
}

async function readAll(
  target: Target,
  chosen: Chosen,
  { source, wishes, ...ofImage }: KnownOfImage,
  { reads, clock, file }: Pick<RestorePorts, 'reads' | 'clock' | 'file'>,
): Promise<RestoreInventory> {
  const { image, unlisted } = chosen;
  const nothing = <T>(value: T) => completeReading('nothing', clock.now(), value);
  const types = wishes.types.map(({ value }) => value);
  const [subnet, groups, keyPair, profile, tokensEnforced, facts, vcpuQuota, earlier, earlierElsewhere] =
    await Promise.all([
      wishes.subnet ? reads.subnet(target, wishes.subnet.value) : nothing(undefined),
      wishes.groups ? reads.securityGroups(target, wishes.groups.value) : nothing([]),
      wishes.key ? reads.keyPair(target, wishes.key.value) : nothing(false),
      wishes.profile ? reads.instanceProfile(target, wishes.profile.value) : nothing(undefined),
      isAccountsToSay(wishes) ? reads.tokensEnforced(target) : nothing(false),
      types.length > 0 ? reads.types(target, types) : nothing(new Map<string, never>()),
      reads.vcpuQuota(target),
      earlierMachines(target, chosen, { reads, file }),
      machinesElsewhere(chosen, { reads, file }),
    ]);
  const zone = subnet.value?.zoneId;
  const offered =
    zone !== undefined && types.length > 0 ? await reads.offered(target, zone, types) : nothing(new Set<string>());
  return {
    target,
    image,
    source,
    ...ofImage,
    subnet,
    groups,
    keyPair,
    profile,
    tokensEnforced,
    types: facts,
    offered,
    vcpuQuota,
    earlier,
    earlierElsewhere,
    unlisted,
    now: clock.now(),
  };
}

/**
 * What was restored of the server before, in one place. Tokens find it whatever can be listed and whoever writes tags; tags find
 * what was launched by older versions and by other tools, from any image that is listed.
 */
export function earlierMachines(
  target: Target,
  { image, siblings }: Chosen,
  { reads, file }: Pick<RestorePorts, 'reads' | 'file'>,
): Promise<Reading<readonly Instance[]>> {
  const all = [image, ...siblings];
  const there = all.filter((one) => one.image.region === target.region);
  const images = new Set(there.map((one) => one.image.id));
  const tokens = new Set(all.map(({ stamp }) => machineTokens(file.deployment, stamp.source)));
  return reads.restoredFrom(target, [...images], [...tokens]);
}

async function machinesElsewhere(
  chosen: Chosen,
  ports: Pick<RestorePorts, 'reads' | 'file'>,
): Promise<RestoreInventory['earlierElsewhere']> {
  const { account, region } = placeOf(chosen);
  const { source } = chosen.image.stamp;
  const regions = new Set([
    ...(source.account === account ? [source.region] : []),
    ...chosen.siblings.map(({ image }) => image.region),
  ]);
  regions.delete(region);
  const searches = [...regions].map(
    async (other) => [other, await earlierMachines({ account, region: other }, chosen, ports)] as const,
  );
  return new Map(await Promise.all(searches));
}

/**
 * Keys as they are now: of the snapshots that something is made of, since what a snapshot holds is read with its own key, and of
 * the one that takes their place.
 *
 * @param used of the image's snapshots, those that something is made of
 */
async function readKeys(
  target: Target,
  used: readonly SnapshotId[],
  snapshots: Reading<readonly Snapshot[]>,
  kmsKey: string | undefined,
  { reads, clock }: Pick<RestorePorts, 'reads' | 'clock'>,
): Promise<RestoreInventory['keys']> {
  const there = snapshots.value.filter(({ id }) => used.includes(id));
  const names = new Set([...there.flatMap((one) => one.kmsKey ?? []), ...(kmsKey === undefined ? [] : [kmsKey])]);
  const keys = await reads.keys(target, [...names]);
  const missing = used.filter((id) => !there.some((one) => one.id === id));
  if (missing.length === 0 || !keys.complete) return keys;
  const why = snapshots.complete ? 'EC2 tells of no such snapshot' : snapshots.problem;
  return partialReading('keys', clock.now(), keys.value, `${missing.join(', ')}: ${why}`);
}

/** The snapshots that something is made of; all where it is not known which one is the root's. */
function usedOf(image: OwnedImage, what: Restorable, details: RestoreInventory['details']): SnapshotId[] {
  const all = snapshotsOf(image);
  const device = what.kind === 'volume' ? what.device : what.kind === 'root' ? details.value?.rootDevice : undefined;
  if (device === undefined) return all;
  return image.image.devices.flatMap((one) => (one.device === device && one.snapshot ? [one.snapshot] : []));
}
