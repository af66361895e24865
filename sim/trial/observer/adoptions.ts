import type { Image } from '@aws-sdk/client-ec2';
import type { Effect } from '../../../sandbox/watcher.ts';
import { History } from './history.ts';
import { type ImageRecord, MARK, recordOf, STAMPED, type State, tagsOf } from './image-record.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt, textsAt } from './texts.ts';

const ADOPTED = 'amikeep:adopted';
const DEPLOYMENT = 'amikeep:deployment';
const SLOT = 'amikeep:slot';
const SEAL = 'amikeep:seal';
const MINUTE = 60_000;

/** Whether a call of a run writes what an image is: only what a person asks for does so of images that are there already. */
export function isAdoption({ operation, input }: Effect): boolean {
  return operation === 'CreateTags' && textsAt(input, 'Tags', 'Key').includes(SLOT);
}

/** Checks the adoption of images, or that they are sealed anew, before it happens. */
export function checkAdoption(effect: Effect, run: RunRecord, scene: Scene): void {
  const { region, account, input } = effect;
  const { event, caller } = run.begun;
  const written = writtenBy(effect);
  for (const id of textsAt(input, 'Resources').filter((one) => one.startsWith('ami-'))) {
    const image = scene.sandbox.ec2.inspect.image(account, region, id);
    const what = () => `${caller} writes on ${id} what it is`;
    scene.expect(event.action === 'adopt', 'P1', [id, caller], () => `${what()}, and nobody asked for that`);
    if (!image) continue;
    if (event.unsealed === true) checkResealed(id, image, written, run, scene);
    else checkAdopted(id, image, written, run, scene);
  }
}

/** P1: what is sealed anew was made or adopted here, and stays what its tags say. */
function checkResealed(id: string, image: Image, written: Tags, { begun }: RunRecord, scene: Scene): void {
  const isOurs = scene.book.images.get(id)?.maker === begun.deployment;
  scene.expect(isOurs, 'P1', [id], () => `${begun.caller} seals ${id}, which ${begun.deployment} did not make`);
  const tags = tagsOf(image);
  const changed = [...STAMPED].filter((key) => key !== SEAL && written.get(key) !== tags.get(key));
  scene.expect(changed.length === 0, 'P1', [id], () => `${begun.caller} seals ${id} as another: ${changed.join(', ')}`);
}

/** P1: what is adopted is what a person named and nobody's yet, and is written down as what EC2 says that it is. */
function checkAdopted(id: string, image: Image, written: Tags, { begun }: RunRecord, scene: Scene): void {
  const { event, deployment, caller } = begun;
  const tags = tagsOf(image);
  const what = () => `${caller} adopts ${id}`;
  const isNamed = Object.entries(event.filter ?? {}).every(([key, value]) => tags.get(key) === value);
  scene.expect(isNamed && event.filter !== undefined, 'P1', [id], () => `${what()}: nobody named it`);
  // A call whose answer was lost is made once more.
  const isAgain = tags.get(DEPLOYMENT) === deployment && tags.get(ADOPTED) === id;
  scene.expect(isAgain || !tags.has(DEPLOYMENT), 'P1', [id], () => `${what()}: it is of ${tags.get(DEPLOYMENT)}`);
  const slot = Math.floor(Date.parse(image.CreationDate ?? '') / MINUTE) * MINUTE;
  const policy = begun.promised.policies.find(({ name }) => name === event.policy);
  const value = policy?.lineageTag === undefined ? undefined : tags.get(policy.lineageTag);
  const right: readonly (readonly [key: string, value: string | undefined])[] = [
    [DEPLOYMENT, deployment],
    [ADOPTED, id],
    ['amikeep:policy', event.policy],
    ['amikeep:source-instance', image.SourceInstanceId],
    ['amikeep:lineage', value ? `${policy?.lineageTag}=${value}` : image.SourceInstanceId],
  ];
  const wrong = right.filter(([key, said]) => written.get(key) !== said).map(([key]) => key);
  scene.expect(wrong.length === 0, 'P1', [id], () => `${what()} as what it is not: ${wrong.join(', ')}`);
  scene.expect(Date.parse(written.get(SLOT) ?? '') === slot, 'P1', [id], () => {
    return `${what()} as of ${written.get(SLOT)}, and it was made ${image.CreationDate}`;
  });
}

/** Takes down what images are from now on. */
export function noteAdoption(effect: Effect, run: RunRecord, scene: Scene): void {
  const { region, account, input } = effect;
  const { book, now, sandbox } = scene;
  for (const id of textsAt(input, 'Resources')) {
    const image = sandbox.ec2.inspect.image(account, region, id);
    if (!image) continue;
    const snapshots = textsAt(image, 'BlockDeviceMappings', 'Ebs', 'SnapshotId');
    const record = recordOf(image, run.begun.deployment, effect, false, snapshots, now);
    const known = book.images.get(id);
    if (!record) continue;
    if (known) book.restamp(known, { ...record, isCopy: record.stamp.sourceRegion !== region });
    else book.add(withState(record, textAt(image, 'State')));
  }
}

/** An image that was there before anybody looked at it. */
function withState(record: ImageRecord, state: string): ImageRecord {
  const now: State = state === 'disabled' ? 'disabled' : 'available';
  const mark = record.written.get(MARK);
  return {
    ...record,
    // What it bears before it is adopted people have written.
    mark: new History(record.createdAt, mark === undefined ? undefined : { text: mark, by: 'people' }),
    state: new History(record.createdAt, now),
    disabledByHand: new History(record.createdAt, now === 'disabled'),
  };
}

type Tags = ReadonlyMap<string, string>;

function writtenBy({ input }: Effect): Tags {
  return tagsOf({ Tags: Array.isArray(input.Tags) ? input.Tags : [] });
}
