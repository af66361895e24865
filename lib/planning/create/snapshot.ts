import type { AccountId, InstanceId, Target, VolumeId } from '../../model/ids.ts';
import { plural } from '../../model/plural.ts';
import { problemsOf, type Reading } from '../../model/reading.ts';
import type { AttachedVolume, Image, Instance, Volume } from '../../model/resources.ts';
import { CLOCK_SKEW, formatInstant, type Instant } from '../../model/time.ts';
import type { Policy } from '../../policy/policy.ts';
import { claimants, explainSelection, nearMisses, selectionFunnel } from '../../policy/select.ts';
import { type Lineage, lineagesOf } from '../../tagging/lineage.ts';
import { imageName, namePart, readName } from '../../tagging/name.ts';
import { readOwnership } from '../../tagging/ownership.ts';
import { composeTags, NO_ROOM_FOR_RECIPE } from '../../tagging/people-tags.ts';
import { writeRecipe } from '../../tagging/recipe.ts';
import type { Stamp } from '../../tagging/stamp.ts';
import { LINEAGE, SLOT } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import { MAX_ATTEMPTS } from '../attempts.ts';
import type { Decision, Plan, Reason } from '../decision.ts';
import { foreignKeys } from '../foreign-keys.ts';
import { stampHolds } from '../holds.ts';
import { sealProblems } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import { stampedRetire } from '../stamped-rules.ts';
import { idleExclusions, leftOut, newlyLeftOut, withSize } from './left-out.ts';

/** What the snapshot planner looks at: one policy in one region. */
export interface SnapshotInventory {
  readonly target: Target;
  /** What EC2 selected by the policy's tags; where that was nothing, every instance of the region. */
  readonly instances: Reading<readonly Instance[]>;
  /** Instances that a person asked for by id and that no read brought. */
  readonly missing: readonly InstanceId[];
  /** The policy's images in the region. */
  readonly images: Reading<readonly Image[]>;
  /** The instances of the region that are on hold, those that were terminated lately too. */
  readonly held: Reading<readonly Instance[]>;
  /** Volumes that the policy's `excludeVolumes` matches. */
  readonly excludedVolumes: Reading<ReadonlySet<VolumeId>>;
  /** What is told of volumes: in a plan of all that selected instances have, in a run of those that are left out. */
  readonly volumes: Reading<readonly Volume[]>;
}

export interface SnapshotRequest {
  readonly deployment: string;
  readonly policy: Policy;
  readonly slot: Instant;
  /** Accounts whose keys volumes may be encrypted with, beside their own. */
  readonly keyAccounts: readonly AccountId[];
  /** The policy's slot before this one; undefined where there was none. */
  readonly previousSlot: Instant | undefined;
  /** When the policy's next slot is due; undefined where the schedule never fires again. */
  readonly nextSlot: Instant | undefined;
  /** Local times, in the days to come, at which daylight saving lets the schedule skip a slot. */
  readonly skippedLocalTimes: readonly string[];
  /** If present, only these instances of those selected. */
  readonly instances?: readonly InstanceId[];
}

/** Decides for every instance that was looked at whether an image of it is created for the slot. */
export function planSnapshots(request: SnapshotRequest, inventory: SnapshotInventory, now: Instant): Plan {
  const { policy } = request;
  const { instances, images, excludedVolumes, target } = inventory;
  const problems = [
    ...problemsOf(target.region, [instances, images, excludedVolumes, inventory.held]),
    ...sealProblems(target.region, images.value),
  ];
  const asked = request.instances && new Set(request.instances);
  const selected = inventory.instances.value.filter((instance) => explainSelection(policy.select, instance).selected);
  const slotView = new SlotView(request, inventory, selected, now);

  const decisions = inventory.instances.value
    .filter((instance) => asked === undefined || asked.has(instance.id))
    .flatMap((instance) => [slotView.decide(instance), ...slotView.decideMissed(instance)]);
  for (const id of inventory.missing) {
    decisions.push({
      action: 'refuse',
      subject: { kind: 'instance', id, region: inventory.target.region },
      policy: policy.name,
      reason: { code: 'no-such-instance', text: `there is no instance ${id} in ${inventory.target.region}` },
    });
  }
  const holds = stampHolds(request.deployment, target.account, images.value, inventory.held.value);
  decisions.push(...withRoomForTags(holds, crowdedAmong(images.value)));
  return {
    decisions,
    warnings: [
      ...warnings(request, inventory, selected, slotView),
      ...newlyLeftOut(decisions, images.value, request.deployment),
      ...volumeWarnings(request, inventory, selected),
    ],
    problems,
  };
}

function warnings(
  { policy, nextSlot, skippedLocalTimes, instances: asked }: SnapshotRequest,
  { instances, excludedVolumes, target }: SnapshotInventory,
  selected: readonly Instance[],
  slotView: SlotView,
): string[] {
  const { expressions, timeZone } = policy.schedule;
  const disabled = policy.enabled
    ? []
    : [
        `policy ${policy.name} is disabled (enabled: false): only a run that names it makes images of it; those that are there are copied and retired as before`,
      ];
  const skipped = skippedLocalTimes.map(
    (time) => `policy ${policy.name} has no slot at ${time}: the clocks of ${timeZone} skip that time`,
  );
  if (nextSlot === undefined)
    skipped.push(`policy ${policy.name} has no slot after this one: ${expressions.join(' and ')} never fires again`);
  const shared = [...slotView.lineages].flatMap(([id, lineage]) =>
    lineage.problem === undefined ? [] : [`${id}: ${lineage.problem}`],
  );
  // Who asks for instances by id is told of each of them.
  const idle = instances.complete && !asked ? idleExclusions(policy, selected, excludedVolumes, target.region) : [];
  const always = [...disabled, ...(policy.enabled ? skipped : []), ...idle];
  if (selected.length > 0 || !instances.complete || asked) return [...always, ...shared];
  const funnel = selectionFunnel(policy.select, instances.value);
  const steps = funnel.map(({ condition, removed, left }) => `${condition} removed ${removed}, ${left} left`);
  const near = nearMisses(policy.select, instances.value)
    .slice(0, 3)
    .map(({ instance, reason }) => `${instance} ${reason}`);
  return [
    ...always,
    `policy ${policy.name} selects nothing in ${target.region}: of ${plural(instances.value.length, 'instance')} ${steps.join('; ')}`,
    ...near,
  ];
}

/** What the volumes tell that go into images. Nothing is decided by it. */
function volumeWarnings(
  { policy, keyAccounts }: SnapshotRequest,
  { volumes, excludedVolumes }: SnapshotInventory,
  selected: readonly Instance[],
): string[] {
  const left = new Set(selected.flatMap((instance) => leftOut(policy, instance, excludedVolumes.value)).map(idOf));
  const imaged = new Set(selected.flatMap((instance) => instance.volumes.map(idOf)).filter((id) => !left.has(id)));
  const foreign = foreignKeys(
    volumes.value.filter(({ id }) => imaged.has(id)),
    keyAccounts,
  ).map(({ text, remedy }) => `policy ${policy.name}: ${text}; ${remedy}`);
  if (volumes.complete) return foreign;
  const unread = `policy ${policy.name}: the volumes could not be read (${volumes.problem}): how large they are that are left out, and under whose keys the others are, is not known`;
  return [...foreign, unread];
}

function idOf({ id }: AttachedVolume): VolumeId {
  return id;
}

/** The state of one slot of one policy in one region, against which each instance is decided. */
class SlotView {
  readonly lineages: ReadonlyMap<InstanceId, Lineage>;
  readonly #request: SnapshotRequest;
  readonly #inventory: SnapshotInventory;
  readonly #now: Instant;
  /** By EC2's word alone: their names and what they were made from, since anybody may write tags. */
  readonly #imagesOfSlot = new Map<string, { image: Image; attempt: number }[]>();
  readonly #newest = new Map<string, Instant>();
  /** Lineages that had images before the previous slot, and those that have one of the time from it to this slot. */
  readonly #begun = new Set<string>();
  readonly #covered = new Set<string>();

  constructor(request: SnapshotRequest, inventory: SnapshotInventory, selected: readonly Instance[], now: Instant) {
    this.#request = request;
    this.#inventory = inventory;
    this.#now = now;
    const { select, lineageTag } = request.policy;
    this.lineages = lineagesOf(
      lineageTag === undefined ? selected : claimants(select, inventory.instances.value),
      lineageTag,
    );
    const { previousSlot: previous = request.slot } = request;
    const from = formatInstant(Math.min(previous, request.slot));
    const version = versionOf(request.slot);
    const policyPart = namePart(request.policy.name);
    for (const image of inventory.images.value) {
      const named = readName(image.name, request.deployment);
      if (named?.policyPart === policyPart && named.version === version && isMadeFrom(image, named.instance)) {
        const known = this.#imagesOfSlot.get(named.instance);
        if (known) known.push({ image, attempt: named.attempt });
        else this.#imagesOfSlot.set(named.instance, [{ image, attempt: named.attempt }]);
      }
      // What is older has no say in a slot, and is most of what there is. Slots as text sort as in time.
      if ((image.tags[SLOT] ?? '') < from) {
        this.#begun.add(image.tags[LINEAGE] ?? '');
        continue;
      }
      const ownership = readOwnership(image, request.deployment);
      if (ownership.kind !== 'ours' || ownership.stamp.policy !== request.policy.name) continue;
      const { stamp } = ownership;
      if (stamp.source.region !== inventory.target.region) continue;
      if (image.state !== 'failed') {
        if (stamp.slot >= previous && stamp.slot < request.slot) this.#covered.add(stamp.lineage);
        this.#newest.set(stamp.lineage, Math.max(stamp.slot, this.#newest.get(stamp.lineage) ?? stamp.slot));
      }
    }
  }

  decide(instance: Instance): Decision {
    const { policy, slot } = this.#request;
    const selection = explainSelection(policy.select, instance);
    const lineage = this.lineages.get(instance.id);
    const about = {
      subject: { kind: 'instance', id: instance.id, region: instance.region },
      policy: policy.name,
      version: versionOf(slot),
      ...(lineage && { lineage: lineage.lineage }),
    } as const;
    if (!selection.selected || !lineage) {
      const text = selection.selected ? 'it is not part of a lineage' : selection.reason;
      return { ...about, action: 'skip', reason: { code: 'not-selected', text } };
    }
    if (instance.rootDevice !== 'ebs') {
      const text = 'its root device is an instance store; CreateImage works for EBS roots only';
      return { ...about, action: 'refuse', reason: { code: 'unsupported-instance', text } };
    }
    if (instance.outpost !== undefined) {
      const text = `it is on an Outpost (${instance.outpost}), where EC2 wants to be told whether its snapshots stay on the Outpost or go to the region, and amikeep does not: exclude it with select.excludeInstances, and image it by other means`;
      return { ...about, action: 'refuse', reason: { code: 'unsupported-instance', text } };
    }

    const attempts = this.#imagesOfSlot.get(instance.id) ?? [];
    const holder = attempts.find(({ image }) => image.state !== 'failed');
    if (holder) {
      const text = `${holder.image.id} (${holder.image.state}) is the image of this slot`;
      return { ...about, action: 'skip', reason: { code: 'already-there', text } };
    }
    const missed = this.#missed(lineage.lineage);
    if (missed) return { ...about, action: missed.code === 'older-than-newest' ? 'skip' : 'refuse', reason: missed };
    const attempt = 1 + Math.max(0, ...attempts.map((one) => one.attempt));
    if (attempt > MAX_ATTEMPTS) {
      const last = attempts.map(({ image }) => `${image.id}: ${image.stateReason ?? 'no reason given'}`).join('; ');
      const text = `${MAX_ATTEMPTS} attempts at this slot have failed (${last})`;
      return { ...about, action: 'refuse', reason: { code: 'attempts-exhausted', text } };
    }
    const { images, excludedVolumes, instances } = this.#inventory;
    // An instance that was not read may share the tag value that names the lineage.
    const needed = policy.lineageTag === undefined ? [images, excludedVolumes] : [images, excludedVolumes, instances];
    const unreadable = needed.find(({ complete }) => !complete);
    if (unreadable) {
      const text = `${unreadable.source} could not be read whole: the next sweep tries again`;
      return { ...about, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
    }
    return this.#create(instance, lineage.lineage, attempt, about);
  }

  /**
   * That the slot before this one went by without an image, of an instance whose lineage has older ones. It is only
   * told: nobody else would notice, since sweeps ask for the current slot.
   */
  decideMissed(instance: Instance): Decision[] {
    const { policy, previousSlot } = this.#request;
    const lineage = this.lineages.get(instance.id)?.lineage;
    if (lineage === undefined || previousSlot === undefined || !this.#inventory.images.complete) return [];
    if (!this.#begun.has(lineage) || this.#covered.has(lineage)) return [];
    const text = `slot ${versionOf(previousSlot)} went by without an image of it`;
    return [
      {
        action: 'refuse',
        subject: { kind: 'instance', id: instance.id, region: instance.region },
        policy: policy.name,
        lineage,
        version: versionOf(previousSlot),
        reason: { code: 'slot-missed', text },
      },
    ];
  }

  #create(
    instance: Instance,
    lineage: string,
    attempt: number,
    about: Pick<Decision, 'policy' | 'version' | 'lineage' | 'subject'>,
  ): Decision {
    const { deployment, policy, slot } = this.#request;
    const stamp: Stamp = {
      deployment,
      policy: policy.name,
      lineage,
      slot,
      attempt,
      home: this.#inventory.target,
      source: { ...this.#inventory.target, instance: instance.id },
      keep: { rules: policy.retention, timeZone: policy.schedule.timeZone },
      retire: stampedRetire(policy.retire),
    };
    const recipe = instance.launch && writeRecipe(instance.launch);
    const tags = composeTags({
      stamp,
      policyTags: policy.image.tags,
      instanceTags: policy.image.instanceTags,
      fromInstance: instance.tags,
      recipe,
    });
    if (!tags.ok) return { ...about, action: 'refuse', reason: { code: 'too-many-tags', text: tags.problem } };
    const left = leftOut(policy, instance, this.#inventory.excludedVolumes.value);
    const excludeDevices = left.map(({ device }) => device);
    const named = left.map((volume) => withSize(volume, this.#inventory.volumes.value));
    const without = [
      named.length > 0 ? `; without ${named.join(', ')}` : '',
      recipe && !tags.recipe ? `; ${NO_ROOM_FOR_RECIPE}` : '',
    ].join('');
    const reason: Reason =
      attempt === 1
        ? { code: 'slot-due', text: `slot ${versionOf(slot)} is due and has no image yet${without}` }
        : { code: 'retry-after-failure', text: `attempt ${attempt - 1} at slot ${versionOf(slot)} failed${without}` };
    return {
      ...about,
      action: 'create',
      reason,
      change: {
        kind: 'create',
        region: this.#inventory.target.region,
        instance: instance.id,
        name: imageName(stamp),
        stamp,
        reboot: policy.image.reboot === 'always',
        excludeDevices,
        tags: tags.tags,
        ...(tags.recipe && { recipe: tags.recipe }),
      },
    };
  }

  /** Why the slot's moment is not now, if it isn't. */
  #missed(lineage: string): Reason | undefined {
    const { slot, nextSlot } = this.#request;
    if (slot > this.#now + CLOCK_SKEW) {
      return { code: 'slot-in-future', text: `slot ${formatInstant(slot)} is still to come` };
    }
    const newest = this.#newest.get(lineage);
    if (newest !== undefined && newest >= slot) {
      const text = `the lineage is at ${versionOf(newest)} already; versions only rise`;
      return { code: 'older-than-newest', text };
    }
    if (nextSlot !== undefined && nextSlot <= this.#now) {
      const text = `slot ${versionOf(slot)} was missed: ${versionOf(nextSlot)} is due, and today's disk must not carry yesterday's date`;
      return { code: 'slot-missed', text };
    }
    return undefined;
  }
}

/** Of an image that somebody registered EC2 does not say what it was made from: a seal has to. */
function isMadeFrom({ sourceInstance, seal }: Image, instance: string): boolean {
  return sourceInstance === undefined ? seal === 'valid' : sourceInstance === instance;
}
