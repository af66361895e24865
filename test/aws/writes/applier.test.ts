import { DeleteSnapshotCommand, DeregisterImageCommand, type Image } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { accountId, imageId, snapshotId } from '../../../lib/model/ids.ts';
import type { CopyImage } from '../../../lib/planning/copy/changes.ts';
import type { MarkImage } from '../../../lib/planning/retire/changes.ts';
import { parseListed, parseSealed } from '../../../lib/tagging/seal.ts';
import { aStamp } from '../../builders.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, IRELAND, LOCAL, tagOf, type World } from '../../handlers/world.ts';

const NEVER = Number.POSITIVE_INFINITY;
const FORM_OF_MARK = /^20[\d-]+T[\d:]+Z no image names it any more \[[\w-]+\] ~[\w-]{86}$/;

const applier = (world: World) => awsOf(world).applier;

async function withImages(instances: number): Promise<World> {
  const world = aWorld({ policies: LOCAL });
  const volumes = ['/dev/sdf', '/dev/sdg', '/dev/sdh'].map((DeviceName) => ({ DeviceName, Ebs: { VolumeSize: 1 } }));
  await world.launch(instances, { Backup: 'nightly' }, { volumes });
  await world.night('2026-11-02');
  return world;
}

function markOf(image: Image, text = 'no keep rule wants it'): MarkImage {
  return {
    kind: 'mark',
    region: FRANKFURT,
    image: imageId(image.ImageId ?? ''),
    snapshots: (image.BlockDeviceMappings ?? []).map(({ Ebs }) => snapshotId(Ebs?.SnapshotId ?? '')),
    deployment: 'test',
    text,
  };
}

const copyOf = (world: World, more: Partial<CopyImage> = {}): CopyImage => {
  const [source] = world.images();
  const stamp = { ...aStamp(), home: { account: ACCOUNT, region: IRELAND } };
  return {
    kind: 'copy',
    region: IRELAND,
    source: { image: imageId(source?.ImageId ?? ''), region: FRANKFURT },
    name: 'test/copy/1',
    stamp,
    encrypt: false,
    tags: { Project: 'shop' },
    ...more,
  };
};

const tagCalls = (world: World) => world.sandbox.calls.log.filter(({ operation }) => operation === 'CreateTags');

describe('marks', () => {
  it('of one text go out together, eight images and their snapshots a call, and list what they are about', async () => {
    const world = await withImages(250);
    const marks = world.images().map((image) => markOf(image));
    const signed = world.sandbox.calls.total({ operation: 'Sign' });
    const results = await world.clock.run(() => applier(world).tag(marks));
    expect(results).toEqual(marks.map(() => ({ kind: 'done' })));
    expect(tagCalls(world)).toHaveLength(32);
    const listing = world.images().filter((image) => {
      const list = parseListed(parseSealed(tagOf(image, 'amikeep:retire'))?.said ?? '');
      return list?.said.endsWith('Z no keep rule wants it') && list.isListed(image.ImageId ?? '');
    });
    expect(listing).toHaveLength(250);
    // One signature serves all of a call.
    expect(world.sandbox.calls.total({ operation: 'Sign' }) - signed).toBe(32);
    const snapshots = world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT });
    expect(snapshots.every(({ snapshot }) => snapshot.Tags?.some(({ Key }) => Key === 'amikeep:retire'))).toBe(true);
  });

  it('of a text with half a character fail alone, and are told why', async () => {
    const world = await withImages(2);
    const [one, other] = world.images();
    if (!one || !other) throw new Error('there are two images');
    const results = await world.clock.run(() =>
      applier(world).tag([markOf(one, 'half \ud83d'), markOf(other, 'whole')]),
    );
    expect(results).toMatchObject([
      { kind: 'refused', problem: expect.stringContaining('Tags.0.Value is not well-formed Unicode') },
      { kind: 'done' },
    ]);
  });

  it('P8: are of no earlier second than they are written in', async () => {
    const world = await withImages(1);
    await world.clock.run(() => world.clock.sleep(1_500 - (world.clock.now() % 1_000)));
    await world.clock.run(() => applier(world).tag(world.images().map((image) => markOf(image))));
    const [image] = world.images();
    const writtenAt = Date.parse(tagOf(image, 'amikeep:retire')?.slice(0, '2026-11-23T02:00:00Z'.length) ?? '');
    expect(writtenAt - world.clock.now()).toBe(500);
  });

  it('P8: are so where EC2 took the call only at the third time', async () => {
    const world = await withImages(1);
    world.sandbox.faults.add({ kind: 'throttle', operation: 'CreateTags', times: 2 });
    const results = await world.clock.run(() => applier(world).tag(world.images().map((image) => markOf(image))));
    expect(results).toEqual([{ kind: 'done' }]);
    const calls = tagCalls(world).slice(-3);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['RequestLimitExceeded', 'RequestLimitExceeded', 'ok']);
    const written = calls.at(-1)?.time ?? Number.NaN;
    expect(written).toBeGreaterThan((calls[0]?.time ?? Number.NaN) + 1_000);
    const [marked] = world.images();
    expect(Date.parse(tagOf(marked ?? {}, 'amikeep:retire').slice(0, 20))).toBeGreaterThanOrEqual(written);
  });

  it.each(['throttle', 'latency'] as const)('P8: are so where the key answered late, by the fault %s', async (kind) => {
    const world = await withImages(1);
    const late = { service: 'kms', operation: 'Sign', times: 2 } as const;
    world.sandbox.faults.add(kind === 'latency' ? { ...late, kind, latencyMs: 9_000 } : { ...late, kind });
    const results = await world.clock.run(() => applier(world).tag(world.images().map((image) => markOf(image))));
    expect(results).toEqual([{ kind: 'done' }]);
    const written = tagCalls(world).at(-1)?.time ?? Number.NaN;
    const [marked] = world.images();
    expect(Date.parse(tagOf(marked ?? {}, 'amikeep:retire').slice(0, 20))).toBeGreaterThanOrEqual(written);
  });

  it('of two texts are two calls', async () => {
    const world = await withImages(2);
    const [one, other] = world.images();
    if (!one || !other) throw new Error('there are two images');
    await world.clock.run(() => applier(world).tag([markOf(one, 'this'), markOf(other, 'that')]));
    expect(tagCalls(world)).toHaveLength(2);
  });

  it('reach everything that is still there when one image of the batch is gone', async () => {
    const world = await withImages(9);
    const marks = world.images().map((image) => markOf(image));
    const gone = marks[4]?.image;
    await world.send(FRANKFURT, (client) =>
      client.send(new DeregisterImageCommand({ ImageId: gone, DeleteAssociatedSnapshots: true })),
    );
    const results = await world.clock.run(() => applier(world).tag(marks));
    expect(results.map(({ kind }) => kind)).toEqual(marks.map(({ image }) => (image === gone ? 'refused' : 'done')));
    expect(world.images().filter((image) => tagOf(image, 'amikeep:retire') === '')).toEqual([]);
  });

  it('of snapshots that lost their image reach all that are still there', async () => {
    const world = await withImages(1);
    const [{ ImageId = '' } = {}] = world.images();
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId })));
    const ids = world.sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshotId(snapshot.SnapshotId ?? ''));
    const [gone, ...left] = ids;
    await world.send(FRANKFURT, (client) => client.send(new DeleteSnapshotCommand({ SnapshotId: gone })));
    const marks = ids.map(
      (snapshot) =>
        ({
          kind: 'mark-snapshot',
          deployment: 'test',
          region: FRANKFURT,
          snapshot,
          text: 'no image names it any more',
        }) as const,
    );
    const results = await world.clock.run(() => applier(world).tag(marks));
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'done', 'done', 'done']);
    const marked = world.sandbox.ec2.inspect
      .snapshots()
      .filter(({ snapshot: { Tags = [] } }) =>
        Tags.some(({ Key, Value = '' }) => Key === 'amikeep:retire' && FORM_OF_MARK.test(Value)),
      );
    expect(marked.map(({ snapshot }) => snapshot.SnapshotId)).toEqual(left);
    const unmarks = marks.map(
      ({ snapshot }) =>
        ({ kind: 'unmark-snapshot', region: FRANKFURT, snapshot, tagKeys: ['amikeep:retire'] }) as const,
    );
    const unmarked = await world.clock.run(() => applier(world).unmark(unmarks));
    expect(unmarked.map(({ kind }) => kind)).toEqual(['refused', 'done', 'done', 'done']);
    const tags = world.sandbox.ec2.inspect.snapshots().flatMap(({ snapshot }) => snapshot.Tags ?? []);
    expect(tags.filter(({ Key }) => Key === 'amikeep:retire')).toEqual([]);
  });

  it('come off again, from the snapshots too, and a mark that is not there is no error', async () => {
    const world = await withImages(2);
    const marks = world.images().map((image) => markOf(image));
    const unmarks = marks.map(
      ({ region, image, snapshots }) =>
        ({ kind: 'unmark', region, image, snapshots, tagKeys: ['amikeep:retire'] }) as const,
    );
    await world.clock.run(() => applier(world).tag(marks));
    for (let time = 0; time < 2; time++) {
      const results = await world.clock.run(() => applier(world).unmark(unmarks));
      expect(results).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    }
    const all = [
      ...world.images().map(({ Tags }) => Tags),
      ...world.sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshot.Tags),
    ];
    expect(all.flat().filter((tag) => tag?.Key === 'amikeep:retire')).toEqual([]);
  });
});

describe('P23: where nothing can be signed', () => {
  const withoutKey = async () => {
    const world = await withImages(2);
    world.sandbox.faults.add({ kind: 'denied', operation: 'Sign' });
    return world;
  };
  const refused = { kind: 'refused', problem: expect.stringContaining('Sign') };

  it('no mark is written', async () => {
    const world = await withoutKey();
    const results = await world.clock.run(() => applier(world).tag(world.images().map((image) => markOf(image))));
    expect(results).toEqual([refused, refused]);
    expect(world.images().map((image) => tagOf(image, 'amikeep:retire'))).toEqual(['', '']);
    // What can't be signed for both can't be signed for one of them.
    expect(world.sandbox.calls.total({ operation: 'Sign', outcome: 'AccessDeniedException' })).toBe(1);
  });

  it('no copy is made, and nothing is shared', async () => {
    const world = await withoutKey();
    const [image] = world.images();
    if (!image) throw new Error('there are two images');
    const copied = await world.clock.run(() => applier(world).copy(copyOf(world)));
    expect(copied).toEqual(refused);
    const { image: id, snapshots } = markOf(image);
    const loan = { kind: 'share', deployment: 'test', region: FRANKFURT, image: id, snapshots, theirs: [] } as const;
    const shared = await world.clock.run(() => applier(world).share({ ...loan, account: accountId('444455556666') }));
    expect(shared).toEqual(refused);
    expect(world.sandbox.calls.total({ operation: 'CopyImage' })).toBe(0);
    expect(world.sandbox.calls.total({ operation: 'ModifyImageAttribute' })).toBe(0);
  });

  it('a hold is written all the same, since it only protects', async () => {
    const world = await withoutKey();
    const [image] = world.images();
    if (!image) throw new Error('there are two images');
    const { region, image: id, snapshots } = markOf(image);
    const hold = { kind: 'hold', region, image: id, snapshots, text: 'audit' } as const;
    expect(await world.clock.run(() => applier(world).tag([hold]))).toEqual([{ kind: 'done' }]);
  });
});

describe('what cannot be taken back', () => {
  const change = (world: World) => {
    const [image] = world.images();
    if (!image) throw new Error('there is an image');
    const { region, image: id, snapshots } = markOf(image);
    return { kind: 'deregister', binned: [], region, image: id, snapshots } as const;
  };

  it('P7: is not begun once the read that it rests on is too old', async () => {
    const world = await withImages(1);
    const applied = await world.clock.run(() => applier(world).stage(change(world), world.clock.now()));
    expect(applied).toEqual({ kind: 'not-started' });
    expect(world.images()).toHaveLength(1);
  });

  it('tells of snapshots that stayed although EC2 said that all is well', async () => {
    const world = await withImages(1);
    const deregister = change(world);
    world.sandbox.ec2.failSnapshotDeletion(deregister.snapshots[1] ?? '', 'client-error');
    const applied = await world.clock.run(() => applier(world).stage(deregister, NEVER));
    expect(applied).toEqual({ kind: 'done', note: `${deregister.snapshots[1]} is left over: client-error` });
    const left = world.sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshot.SnapshotId);
    expect(left).toEqual([deregister.snapshots[1]]);
  });

  describe('is written on what the Recycle Bin is to keep', () => {
    const kept = (world: World) => {
      const plain = change(world);
      return { ...plain, binned: [plain.image, ...plain.snapshots] };
    };
    const written = (world: World) => {
      const snapshots = world.sandbox.ec2.inspect.snapshots().map(({ snapshot: { Tags = [] } }) => ({ Tags }));
      return [...world.images(), ...snapshots].filter((one) => tagOf(one, 'amikeep:binned') !== '').length;
    };

    it('and taken off what EC2 left over, which did not go there', async () => {
      const world = await withImages(1);
      const deregister = kept(world);
      world.sandbox.ec2.failSnapshotDeletion(deregister.snapshots[1] ?? '', 'client-error');
      await world.clock.run(() => applier(world).stage(deregister, NEVER));
      expect(written(world)).toBe(0);
    });

    it('and taken off again where the call was refused, but not where nobody knows whether it was', async () => {
      const world = await withImages(1);
      world.sandbox.faults.add({ kind: 'denied', operation: 'DeregisterImage' });
      expect(await world.clock.run(() => applier(world).stage(kept(world), NEVER))).toMatchObject({ kind: 'refused' });
      expect(written(world)).toBe(0);
      world.sandbox.faults.clear();
      world.sandbox.faults.add({ kind: 'error-before', operation: 'DeregisterImage' });
      expect(await world.clock.run(() => applier(world).stage(kept(world), NEVER))).toMatchObject({ kind: 'unknown' });
      expect(written(world)).toBe(kept(world).binned.length);
    });

    it('first: where it cannot be written, nothing is deregistered', async () => {
      const world = await withImages(1);
      world.sandbox.faults.add({ kind: 'denied', operation: 'CreateTags' });
      expect(await world.clock.run(() => applier(world).stage(kept(world), NEVER))).toMatchObject({ kind: 'refused' });
      expect(world.images()).toHaveLength(1);
    });
  });

  it('is done where it was done already', async () => {
    const world = await withImages(1);
    const deregister = change(world);
    await world.clock.run(() => applier(world).stage(deregister, NEVER));
    expect(await world.clock.run(() => applier(world).stage(deregister, NEVER))).toEqual({
      kind: 'done',
      note: 'it was gone already',
    });
  });

  it('is refused in EC2’s words: a snapshot that an image uses stays', async () => {
    const world = await withImages(1);
    const [snapshot] = change(world).snapshots;
    if (!snapshot) throw new Error('the image has snapshots');
    const applied = await world.clock.run(() =>
      applier(world).stage({ kind: 'delete-snapshot', binned: false, region: FRANKFURT, snapshot }, NEVER),
    );
    expect(applied).toMatchObject({ kind: 'refused', problem: expect.stringContaining('is currently in use by ami-') });
  });

  it('is unknown where the answer was lost each time', async () => {
    const world = await withImages(1);
    world.sandbox.faults.add({ kind: 'error-before', operation: 'DeregisterImage' });
    const applied = await world.clock.run(() => applier(world).stage(change(world), NEVER));
    expect(applied).toMatchObject({ kind: 'unknown', problem: expect.stringContaining('InternalError') });
    expect(world.images()).toHaveLength(1);
  });
});

describe('the token of a copy', () => {
  const tokens = (world: World) =>
    world.sandbox.calls.log
      .filter(({ operation }) => operation === 'CopyImage')
      .map(({ input }) => Object.entries(input ?? {}).find(([member]) => member === 'ClientToken')?.[1]);

  it('is the same for the same copy, so that one whose answer was lost is not made twice', async () => {
    const world = await withImages(1);
    world.sandbox.faults.add({ kind: 'lost-answer', operation: 'CopyImage', times: 1 });
    const applied = await world.clock.run(() => applier(world).copy(copyOf(world)));
    const again = await world.clock.run(() => applier(world).copy(copyOf(world)));
    expect(again).toEqual(applied);
    expect(tokens(world)).toHaveLength(3);
    expect(new Set(tokens(world)).size).toBe(1);
    expect(world.sandbox.ec2.inspect.images({ region: IRELAND })).toHaveLength(1);
  });

  it.each<[string, Partial<CopyImage>]>([
    ['name, which holds the attempt', { name: 'test/copy/2' }],
    ['encryption', { encrypt: true }],
    ['key', { kmsKey: 'alias/dr' }],
    ['tags', { tags: { Project: 'other' } }],
  ])('is another for another %s', async (_, more) => {
    const world = await withImages(1);
    await world.clock.run(() => applier(world).copy(copyOf(world)));
    await world.clock.run(() => applier(world).copy(copyOf(world, more)));
    expect(new Set(tokens(world)).size).toBe(2);
  });
});
