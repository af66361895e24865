import type { Effect } from '../../../sandbox/watcher.ts';
import type { DrillRecord } from './drill-record.ts';
import { type ImageRecord, tagsOf } from './image-record.ts';
import type { PromisedDrill, PromisedNetwork } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import type { Networks } from './sealed.ts';
import { textAt, textsAt } from './texts.ts';

/** P16 and P17: checks a launch before it happens, by what it asks for. */
export function checkLaunch(effect: Effect, run: RunRecord, networks: Networks, scene: Scene): void {
  const image = textAt(effect.input, 'ImageId');
  const amiss = amissIn(effect, run, networks, scene);
  scene.expect(amiss.length === 0, 'P17', [image, run.begun.caller], () => {
    return `RunInstances of ${image} in ${effect.region} by ${run.begun.caller}: ${amiss.join('; ')}`;
  });
  const lasting = lastingIn(effect);
  scene.expect(lasting.length === 0, 'P16', [image, run.begun.caller], () => {
    return `RunInstances of ${image} in ${effect.region} by ${run.begun.caller}: ${lasting.join('; ')}`;
  });
}

/** What would have it outlive its end. */
function lastingIn({ input }: Effect): readonly string[] {
  return [
    ...(textAt(input, 'InstanceInitiatedShutdownBehavior') === 'terminate' ? [] : ['it stops as it shuts down']),
    ...(textsAt(input, 'MaintenanceOptions', 'AutoRecovery').join() === 'disabled' ? [] : ['EC2 may start it anew']),
    ...(input.DisableApiTermination === true ? ['it may not be ended'] : []),
  ];
}

function amissIn(effect: Effect, run: RunRecord, networks: Networks, scene: Scene): readonly string[] {
  const { begun } = run;
  const record = scene.book.images.get(textAt(effect.input, 'ImageId'));
  if (record?.maker !== begun.deployment) return [`${begun.deployment} did not make the image`];
  if (begun.event.action !== 'drill') return ['it was asked for something else'];
  const drill = begun.promised.policies.find(({ name }) => name === record.stamp.policy)?.drill;
  const network = drill?.network[effect.region];
  if (!drill?.regions.includes(effect.region) || !network) return ['its policy has no drills there'];
  return [
    ...placeAmiss(effect, run, network, networks, scene),
    ...settingsAmiss(effect, run, drill),
    ...typeAmiss(effect, record, drill, scene),
    ...tagsAmiss(effect, run),
  ];
}

/** Where it goes: the network that people have set apart, as it has been since the run can have looked. */
function placeAmiss(
  { input, account, region }: Effect,
  run: RunRecord,
  { subnets, securityGroup }: PromisedNetwork,
  networks: Networks,
  scene: Scene,
): readonly string[] {
  const named = [...textsAt(input, 'NetworkInterfaces', 'SubnetId'), ...textsAt(input, 'SubnetId')];
  const groups = [...textsAt(input, 'NetworkInterfaces', 'Groups'), ...textsAt(input, 'SecurityGroupIds')];
  const [subnet = 'no subnet'] = named;
  const network = { deployment: run.begun.deployment, account, region, subnet, group: securityGroup };
  const open = networks.openSince(network, scene.cutoff(run, false), scene.now);
  return [
    ...(subnets.includes(subnet) && named.length === 1
      ? []
      : [`${named.join(', ') || subnet} is not set apart for it`]),
    ...(groups.join() === securityGroup ? [] : [`its groups are ${groups.join(', ') || 'those that EC2 takes'}`]),
    ...(open === '' ? [] : [open]),
  ];
}

/** What it may do and does there: nothing that the server did, and nothing by somebody else's rights. */
function settingsAmiss({ input }: Effect, { begun }: RunRecord, { check }: PromisedDrill): readonly string[] {
  const profiles = [...textsAt(input, 'IamInstanceProfile', 'Name'), ...textsAt(input, 'IamInstanceProfile', 'Arn')];
  const own = check === 'command' ? `amikeep-${begun.deployment}-drilled` : '';
  return [
    ...profiles.filter((profile) => profile !== own).map((profile) => `it has the instance profile ${profile}`),
    ...(input.UserData === undefined ? [] : ['it has user data']),
    ...(input.LaunchTemplate === undefined ? [] : ['it goes by a launch template']),
    ...(input.MaxCount === 1 ? [] : [`it launches up to ${input.MaxCount}`]),
  ];
}

/** What it costs. */
function typeAmiss(
  { input }: Effect,
  { stamp }: ImageRecord,
  drill: PromisedDrill,
  { book }: Scene,
): readonly string[] {
  const own = book.instances.get(stamp.instance)?.type ?? '';
  const types = drill.instanceType === 'same' ? [own] : drill.instanceType;
  const type = textAt(input, 'InstanceType');
  return types.includes(type) ? [] : [`it is ${type || 'of no type'}, and is to be ${types.join(' or ')}`];
}

/** What selects servers, or names their lineage, would have it taken for one. */
function tagsAmiss({ input }: Effect, { begun }: RunRecord): readonly string[] {
  const telling = begun.promised.policies.flatMap(({ select, lineageTag }) => [
    ...Object.keys(select.tags),
    ...(lineageTag === undefined ? [] : [lineageTag]),
  ]);
  const keys = new Set(textsAt(input, 'TagSpecifications', 'Tags', 'Key'));
  return telling.filter((key) => keys.has(key)).map((key) => `it bears the tag ${key}, as servers do`);
}

/** Checks what a launch has come to: P17, and of P16 that it can be ended. */
export function checkLaunched(drill: DrillRecord, scene: Scene): void {
  const { id, account, region, image } = drill;
  const tags = tagsOf(scene.sandbox.ec2.inspect.instance(account, region, id) ?? {});
  scene.expect(tags.has('amikeep:drill'), 'P16', [id, image], () => `${id} bears no tag by which it could be ended`);
  checkAddresses(drill, scene);
}

/** P17: a public address comes once an instance runs. */
export function checkAddresses({ id, account, region }: DrillRecord, scene: Scene): void {
  const instance = scene.sandbox.ec2.inspect.instance(account, region, id);
  const addresses = [
    ...textsAt(instance, 'PublicIpAddress'),
    ...textsAt(instance, 'NetworkInterfaces', 'Association', 'PublicIp'),
    ...textsAt(instance, 'NetworkInterfaces', 'Ipv6Addresses', 'Ipv6Address'),
  ];
  scene.expect(addresses.length === 0, 'P17', [id], () => `${id} has the public address ${addresses.join(', ')}`);
}
