import type { InstanceId } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Machine } from '../../model/resources.ts';
import { keysOfTable } from '../../model/table.ts';
import { RESTORED_FROM } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import { blocked, note, ok, unknown } from './findings.ts';
import { imageFindings } from './image-checks.ts';
import type { RestoreInventory } from './inventory.ts';
import { type Finding, type RestorePlan, verdictOf } from './plan.ts';
import { hasTaskEnded, hasTaskFailed, type RootTask } from './root-tasks.ts';
import { tokenOf } from './token.ts';

interface RootInventory
  extends Pick<RestoreInventory, 'target' | 'image' | 'source' | 'details' | 'keys' | 'snapshots' | 'unlisted'> {
  /** The instance that a person named, if it was an instance. */
  readonly named: InstanceId | undefined;
  /** All replacements of its root that EC2 still tells of. */
  readonly tasks: Reading<readonly RootTask[]>;
}

/**
 * Plans to put the root of an image in the place of its instance's own: EC2 reboots the instance, whose interfaces,
 * addresses, role and data volumes stay (EC2 User Guide, replace-root). The old root stays as a volume, which is the way back.
 */
export function planRoot(why: string, inventory: RootInventory): RestorePlan {
  const { image: owned, target } = inventory;
  const { instance: id } = owned.stamp.source;
  const findings = [
    // Of the Marketplace none is taken, whoever has subscribed.
    ...imageFindings(inventory).filter(({ about }) => about !== 'product codes'),
    ...inventory.unlisted.map((problem) => unknown('images', `there may be a better one: ${problem}`)),
    ...namedFindings(id, inventory.named),
    ...instanceFindings(inventory),
    ...taskFindings(inventory),
  ];
  const tags = { [RESTORED_FROM]: owned.image.id };
  return {
    verdict: verdictOf(findings),
    image: owned.image.id,
    version: versionOf(owned.stamp.slot),
    why,
    settings: [
      { name: 'instance', value: `${id} in ${target.region}`, source: 'instance', proven: true },
      { name: 'old root', value: 'stays as a volume', source: 'default', proven: true },
    ],
    lost: [
      'what was written on the root since; the old one has it',
      ...owned.image.devices
        .filter(({ device }) => device !== inventory.details.value?.rootDevice)
        .map(({ device }) => `${device} of the image: data volumes stay as they are`),
    ],
    findings,
    estimate: 'the instance reboots, and is slow at first: its new root is fetched from S3 as it is read',
    making: {
      kind: 'root',
      replacement: {
        image: owned.image.id,
        instance: id,
        tags,
        token: tokenOf('root', id, owned.image.id, rootOf(inventory), endedOf(inventory)),
      },
    },
  };
}

/** A lineage goes on with another instance, whose root nobody asked to have replaced. */
function namedFindings(id: InstanceId, named: InstanceId | undefined): Finding[] {
  if (named === undefined || named === id) return [];
  return [
    blocked(
      'instance',
      `you named ${named}, and the newest image of its lineage is of ${id}: name ${id}, or one of the images of ${named}`,
    ),
  ];
}

function instanceFindings({ source: { instance }, image, target, details }: RootInventory): Finding[] {
  const { instance: id, region } = image.stamp.source;
  if (region !== target.region || image.stamp.source.account !== target.account) {
    return [
      blocked(
        'instance',
        `${id} is in ${region}, and an image heals instances of its own region only: take one of ${region} (--region)`,
      ),
    ];
  }
  if (!instance.complete) return [unknown('instance', `${id} could not be read (${instance.problem})`)];
  const there = instance.value;
  if (!there || there.state === 'terminated' || there.state === 'shutting-down') {
    return [blocked('instance', `${id} is gone: without --in-place a new machine is made`)];
  }
  if (there.state !== 'running') {
    return [
      blocked(
        'instance',
        `${id} is ${there.state}, and only of a running one can EC2 replace the root: start it first, or make a new machine`,
      ),
    ];
  }
  if (there.rootDevice !== 'ebs') return [blocked('instance', `the root of ${id} is no EBS volume`)];
  const differences = there.machine && details.value ? differencesOf(there.machine, details.value) : [];
  const isMarketplace = (details.value?.productCodes.length ?? 0) > 0;
  return [
    ok('instance', `${id} is running`),
    note('instance', `${id} is rebooted`),
    ...differences.map((difference) =>
      blocked('instance', `${difference}, so EC2 does not exchange its root: ${INSTEAD}`),
    ),
    ...(isMarketplace
      ? [blocked('product codes', `EC2 replaces no root by an image of the Marketplace: ${INSTEAD}`)]
      : []),
  ];
}

const INSTEAD = 'make a new machine, without --in-place';

const ADAPTERS = { ena: 'ENA', sriov: 'SR-IOV', tpm: 'NitroTPM' } as const;

/** In what the instance has more than its image knows, as where ENA was turned on after the image was made. */
function differencesOf(machine: Machine, image: Machine): string[] {
  return [
    ...(machine.architecture === image.architecture
      ? []
      : [`the instance is ${machine.architecture} and the image ${image.architecture}`]),
    ...keysOfTable(ADAPTERS)
      .filter((name) => machine[name] && !image[name])
      .map((name) => `the instance has ${ADAPTERS[name]}, which the image does not support`),
  ];
}

function taskFindings({ tasks, image: { image } }: RootInventory): Finding[] {
  if (!tasks.complete) {
    const text = `what became of earlier replacements could not be read (${tasks.problem}): one that has failed could be taken for this one; mend that first`;
    return [blocked('earlier tries', text)];
  }
  const failed = tasks.value.filter((task) => task.image === image.id && hasTaskFailed(task));
  return failed.map(({ id, state }) => note('earlier tries', `${id} did not come to its end: it is ${state}`));
}

/** EC2 answers a token whose task has ended with that task, so all that have ended are a part of it. */
function endedOf({ tasks }: RootInventory): string[] {
  return tasks.value.flatMap((task) => (hasTaskEnded(task) ? [task.id] : [])).sort();
}

/** The root volume that it has now: once that has been replaced, the same restore is another one. */
function rootOf({ source: { instance } }: RootInventory): string | undefined {
  const there = instance.value;
  return there?.volumes.find(({ device }) => device === there.rootDeviceName)?.id;
}
