import type { Instance } from '@aws-sdk/client-ec2';
import type { Effect } from '../../../sandbox/watcher.ts';
import { isSelected } from './creations.ts';
import { HOLD, type ImageRecord, tagsOf } from './image-record.ts';
import type { RestoreAsked } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt, textsAt } from './texts.ts';

/** P20: what a restore that a person asks for may do, and no more. */

const RESTORED_FROM = 'amikeep:restored-from';
const SHAPE = 'amikeep:shape';

/** By which call each is made. */
const MAKERS: Readonly<Record<RestoreAsked['what']['kind'], string>> = {
  machine: 'RunInstances',
  root: 'CreateReplaceRootVolumeTask',
  volume: 'CreateVolume',
};

/** What a plan says of itself. */
export interface Planned {
  readonly image: string;
  readonly verdict: string;
  readonly settings: readonly { readonly name: string; readonly value: string; readonly source: string }[];
}

/** Checks a call of a restore before it happens, unless it is a dry one, which changes nothing. */
export function checkRestore(effect: Effect, run: RunRecord, scene: Scene): void {
  const { operation, input } = effect;
  const { event, caller } = run.begun;
  const { restore } = event;
  if (operation === MAKERS[restore?.what.kind ?? 'machine']) run.proposed = effect;
  if (input.DryRun === true || !restore) return;
  const what = () => `${operation} by ${caller}, a restore`;
  scene.expect(event.mode === 'apply', 'P20', [caller], () => `${what()} that was to be planned`);
  if (operation === 'CreateTags') {
    checkHold(effect, run, scene, what);
    return;
  }
  const isMaking = operation === MAKERS[restore.what.kind];
  const isAttaching = operation === 'AttachVolume' && restore.what.attach === textAt(input, 'InstanceId');
  scene.expect(isMaking || isAttaching, 'P20', [caller], () => {
    return `${what()} of a ${restore.what.kind}: nobody asked for it (${JSON.stringify(input)})`;
  });
  if (isMaking) checkMaking(effect, restore, run, scene, what);
}

/** Takes down what a restore has made: of one that is asked for there is one machine, however often it is tried. */
export function noteRestore(
  { operation, region, account }: Effect,
  output: object,
  run: RunRecord,
  scene: Scene,
): void {
  const { restore } = run.begun.event;
  const { book, sandbox } = scene;
  if (operation !== 'RunInstances' || !restore) return;
  const made = book.restores.get(restore.asked) ?? new Set<string>();
  book.restores.set(restore.asked, made);
  for (const id of textsAt(output, 'Instances', 'InstanceId')) {
    made.add(id);
    const instance = sandbox.ec2.inspect.instance(account, region, id);
    if (instance) checkPlace(instance, restore, run, scene);
  }
  // An earlier one is found by the image that it is of: of one that people have hidden or deregistered nobody knows.
  const isFound = (id: string) => {
    const image = book.images.get(sandbox.ec2.inspect.instance(account, region, id)?.ImageId ?? '');
    return image === undefined || (image.intact.now && image.state.now !== 'gone');
  };
  const living = [...made].filter((id) => book.isLiving(id) && isFound(id));
  scene.expect(living.length <= 1, 'P20', [run.begun.caller, ...living], () => {
    return `${run.begun.caller} leaves ${living.join(' and ')} of ${restore.asked}, which is one machine`;
  });
}

/** Checks that a plan says of each setting where it is from, and that it is so. */
export function checkPlanned({ settings, image, verdict }: Planned, run: RunRecord, scene: Scene): void {
  const { caller, promised, event } = run.begun;
  const record = scene.book.images.get(image);
  const what = () => `the plan of ${caller}`;
  scene.expect(
    record?.maker === promised.deployment,
    'P20',
    [image],
    () => `${what()} is of ${image}, which is not ours`,
  );
  if (!record) return;
  for (const { name, value, source } of settings) {
    const isSo = isFrom(source, name, value, record, run, scene);
    scene.expect(isSo, 'P20', [record, caller], () => `${what()} has ${name} '${value}' by ${source}, and it is not`);
  }
  if (event.restore?.what.kind !== 'machine' || verdict === 'blocked' || !run.proposed) return;
  const said = new Set(settings.flatMap(({ value }) => value.split(', ')));
  for (const value of valuesOf(run.proposed.input)) {
    scene.expect(said.has(value), 'P20', [record, caller], () => `${what()} does not tell of ${value}`);
  }
}

/** Whether a setting can be from where it is said to be. Nobody in trials gives flags, but for a volume's device. */
function isFrom(
  source: string,
  name: string,
  value: string,
  record: ImageRecord,
  { begun: { promised, event } }: RunRecord,
  scene: Scene,
): boolean {
  switch (source) {
    case 'default':
      return true;
    case 'flag':
      return event.restore?.what.kind === 'volume' && name === 'device';
    case 'map': {
      const mapping = JSON.stringify(promised.restore?.[record.region] ?? {});
      return value.split(', ').every((one) => mapping.includes(`"${one}"`));
    }
    case 'image':
      return name === 'tags';
    case 'recipe':
      return tagsOf(imageOf(record, scene)).has(SHAPE);
    case 'instance':
      return scene.book.instances.has(record.stamp.instance);
    default:
      return false;
  }
}

/** What a launch asks for that somebody has to know the source of. */
function valuesOf(input: Effect['input']): string[] {
  return [
    ...textsAt(input, 'InstanceType'),
    ...textsAt(input, 'KeyName'),
    ...textsAt(input, 'IamInstanceProfile', 'Name'),
    ...textsAt(input, 'NetworkInterfaces', 'SubnetId'),
    ...textsAt(input, 'NetworkInterfaces', 'PrivateIpAddress'),
    ...textsAt(input, 'NetworkInterfaces', 'Groups'),
  ];
}

/** Of tags only a hold may be written, on the image and on its snapshots. */
function checkHold({ input }: Effect, { begun: { caller } }: RunRecord, scene: Scene, what: () => string): void {
  const keys = textsAt(input, 'Tags', 'Key');
  const ids = textsAt(input, 'Resources');
  const { book } = scene;
  const isOurs = (id: string) => book.images.has(id) || book.madeFor.has(id);
  const isHold = keys.length === 1 && keys[0] === HOLD && ids.every(isOurs);
  scene.expect(isHold, 'P20', [caller, ...ids], () => `${what()}: writes ${keys.join(', ')} on ${ids.join(', ')}`);
}

function checkMaking(
  { operation, input, region }: Effect,
  restore: RestoreAsked,
  run: RunRecord,
  scene: Scene,
  what: () => string,
): void {
  const { book } = scene;
  const { deployment, caller } = run.begun;
  const record = book.images.get(textAt(input, 'ImageId')) ?? book.madeFor.get(textAt(input, 'SnapshotId'));
  const isOurs = record !== undefined && record.maker === deployment && record.region === region;
  scene.expect(isOurs, 'P20', [caller], () => `${what()}: it is of no image of ${deployment} in ${region}`);
  if (!record) return;
  const isHeld = tagsOf(imageOf(record, scene)).has(HOLD);
  scene.expect(isHeld, 'P20', [record, caller], () => `${what()}: ${record.id} is not held`);
  // A lineage may have gone on with another instance: then it is that one's newest image.
  const lineages = new Set(
    [...book.images.values()].filter(({ stamp }) => stamp.instance === restore.of).map(({ stamp }) => stamp.lineage),
  );
  // What was restored of it bears its name, and may have images of its own by now.
  const isRestored = book.restores.get(restore.asked)?.has(record.stamp.instance) === true;
  const isWanted = record.stamp.instance === restore.of || lineages.has(record.stamp.lineage) || isRestored;
  scene.expect(isWanted, 'P20', [record, caller], () => `${what()}: ${record.id} is of ${record.stamp.instance}`);
  if (operation === 'CreateReplaceRootVolumeTask') {
    const id = textAt(input, 'InstanceId');
    scene.expect(id === restore.of, 'P20', [id, caller], () => `${what()}: nobody named ${id}`);
    const isKept = input.DeleteReplacedRootVolume !== true;
    scene.expect(isKept, 'P20', [id, caller], () => `${what()}: the old root is deleted, which is the way back`);
  }
}

/** Without its place in policies a machine is selected by none; with it, by the one whose image it is of. */
function checkPlace(instance: Instance, { takeOver }: RestoreAsked, { begun }: RunRecord, scene: Scene): void {
  const { promised, caller } = begun;
  const { InstanceId: id = '', ImageId: image = '' } = instance;
  const record = scene.book.images.get(image);
  if (!record) return;
  const what = () => `${id}, launched from ${image} by ${caller},`;
  const tags = tagsOf(instance);
  scene.expect(tags.get(RESTORED_FROM) === image, 'P20', [id, record], () => `${what()} does not say what it is of`);
  const chosenBy = promised.policies.filter((policy) =>
    policy.select.states.some((Name) => {
      return isSelected(policy, { Tags: instance.Tags, State: { Name: Name === 'stopped' ? 'stopped' : 'running' } });
    }),
  );
  if (!takeOver) {
    scene.expect(chosenBy.length === 0, 'P20', [id, record], () => {
      return `${what()} is to take nobody's place, and ${chosenBy.map(({ name }) => name).join(', ')} selects it`;
    });
    return;
  }
  const policy = promised.policies.find(({ name }) => name === record.stamp.policy);
  if (!policy || scene.book.isLiving(record.stamp.instance)) return;
  const isOfPolicy = chosenBy.includes(policy);
  scene.expect(isOfPolicy, 'P20', [id, record], () => `${what()} takes a place, and ${policy.name} does not select it`);
  const { lineageTag } = policy;
  const [key, value = ''] = record.stamp.lineage.split('=');
  if (lineageTag === undefined || key !== lineageTag || value.includes('#')) return;
  scene.expect(tags.get(lineageTag) === value, 'P20', [id, record], () => {
    return `${what()} takes a place, and does not go on with ${record.stamp.lineage}`;
  });
}

function imageOf({ id, account, region }: ImageRecord, { sandbox }: Scene) {
  return sandbox.ec2.inspect.image(account, region, id) ?? {};
}
