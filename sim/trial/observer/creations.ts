import type { Instance } from '@aws-sdk/client-ec2';
import type { Effect } from '../../../sandbox/watcher.ts';
import { HOLD, type ImageRecord, tagsOf } from './image-record.ts';
import type { PromisedPolicy } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { nameOf } from './stages.ts';
import { textAt } from './texts.ts';

/** By the clock of a schedule, a slot may lie a little ahead. */
const SKEW = 5 * 60_000;

/** Checks a CreateImage before it happens. */
export function checkCreation(effect: Effect, run: RunRecord, scene: Scene): void {
  const { input, region, account } = effect;
  const id = textAt(input, 'InstanceId');
  const instance = scene.sandbox.ec2.inspect.instance(account, region, id);
  const { begun } = run;
  const policy = begun.promised.policies.find(({ name }) => name === begun.event.policy);
  const what = () => `CreateImage of ${id} by ${begun.caller}`;
  const isOld = (scene.book.instances.get(id)?.changedAt ?? 0) <= scene.cutoff(run, false);
  if (!instance || !policy) return;
  scene.expect(!isOld || isSelected(policy, instance), 'P1', [id], () => `${what()}: its policy does not select it`);
  const reboots = input.NoReboot !== true;
  scene.expect(!reboots || policy.image.reboot === 'always', 'P1', [id], () => `${what()}: it reboots the instance`);
  const hold = tagsOf(instance).get(HOLD);
  const written = JSON.stringify(input.TagSpecifications ?? []).includes(`"${HOLD}"`);
  scene.expect(
    hold === undefined || !isOld || written,
    'P6',
    [id],
    () => `${what()}: the instance is held, its image is not`,
  );
}

/** Checks an image that has just been made. */
export function checkMade(record: ImageRecord, run: RunRecord, scene: Scene): void {
  const { stamp, region, name, maker } = record;
  const what = () => `${nameOf(record)}, made by ${run.begun.caller}`;
  const version = new Date(stamp.slot).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+).*$/, '$1.$2.$3-$4$5');
  const right = `${maker}/${stamp.policy}/${stamp.instance}/${version}/${stamp.attempt}`;
  scene.expect(name === right, 'P1', [record], () => `${what()}: its tags are those of ${right}`);
  const lineage = scene.book.lineageOf(record);
  const doubles = [...lineage].filter(
    (other) =>
      other !== record &&
      other.region === region &&
      other.isCopy === record.isCopy &&
      other.stamp.slot === stamp.slot &&
      other.stamp.instance === stamp.instance &&
      other.state.now !== 'failed' &&
      other.state.now !== 'gone' &&
      other.intact.now,
  );
  scene.expect(doubles.length === 0, 'P12', [record, ...doubles], () => {
    return `${what()}: its slot has ${doubles.map(({ id }) => id).join(', ')} already`;
  });
  if (record.isCopy) return;
  scene.expect(stamp.slot <= scene.now + SKEW, 'P12', [record], () => `${what()}: its slot is still to come`);
  const cutoff = scene.cutoff(run, false);
  const newer = lineage.find(
    (other) =>
      !other.isCopy &&
      other.stamp.slot > stamp.slot &&
      other.createdAt <= cutoff &&
      [cutoff, scene.now].every((moment) => {
        const state = other.state.at(moment).value;
        return state !== 'failed' && state !== 'gone' && other.intact.at(moment).value;
      }),
  );
  scene.expect(newer === undefined, 'P12', [record, ...(newer ? [newer] : [])], () => {
    return `${what()}: its lineage was at ${newer?.name} already`;
  });
}

/** Checks a CopyImage before it happens: whose image it is of, and that it is not less encrypted. */
export function checkCopying(effect: Effect, run: RunRecord, scene: Scene): void {
  const { input, region } = effect;
  const id = textAt(input, 'SourceImageId');
  const source = scene.book.images.get(id);
  const { begun } = run;
  const what = () => `CopyImage of ${id} to ${region} by ${begun.caller}`;
  const isOurs = source?.maker === begun.deployment;
  scene.expect(isOurs, 'P1', [id], () => `${what()}: the source is not of this deployment`);
  if (!isOurs) return;
  const wanted = begun.promised.policies
    .find(({ name }) => name === source.stamp.policy)
    ?.copies.find((copy) => copy.region === region);
  const mustEncrypt = wanted?.encrypt === 'always' || wanted?.kmsKey !== undefined;
  scene.expect(!mustEncrypt || input.Encrypted === true, 'P13', [source], () => `${what()}: it is not encrypted`);
  scene.expect((wanted?.kmsKey ?? '') === textAt(input, 'KmsKeyId'), 'P13', [source], () => {
    return `${what()}: the key is '${textAt(input, 'KmsKeyId')}', not '${wanted?.kmsKey ?? ''}'`;
  });
  const held = source.hold.at(scene.cutoff(run, false)).value !== undefined && source.hold.now !== undefined;
  const written = JSON.stringify(input.TagSpecifications ?? []).includes(`"${HOLD}"`);
  scene.expect(!held || written, 'P6', [source], () => `${what()}: the source is held, its copy is not`);
}

/** P13: whether a copy that has just been made is as encrypted as its source. */
export function checkCopied(record: ImageRecord, sourceId: string, scene: Scene): void {
  const source = scene.book.images.get(sourceId);
  if (!source) return;
  const encryption = ({ account, region, snapshots }: ImageRecord) =>
    snapshots.map((id) => scene.sandbox.ec2.inspect.snapshot(account, region, id)?.snapshot.Encrypted === true);
  const count = encryption(source).filter(Boolean).length;
  scene.expect(encryption(record).filter(Boolean).length >= count, 'P13', [record, source], () => {
    return `${nameOf(record)} is less encrypted than ${nameOf(source)}`;
  });
}

export function isSelected({ select }: PromisedPolicy, instance: Instance): boolean {
  const tags = tagsOf(instance);
  const has = (key: string, values: readonly string[]) => {
    const value = tags.get(key);
    return value !== undefined && values.includes(value);
  };
  return (
    Object.entries(select.tags).every(([key, values]) => has(key, values)) &&
    !Object.entries(select.exclude).some(([key, values]) => has(key, values)) &&
    select.states.includes(instance.State?.Name ?? '')
  );
}
