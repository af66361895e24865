import { describe, expect, it } from 'vitest';
import { instanceId, snapshotId, volumeId } from '../../../lib/model/ids.ts';
import type { Reading } from '../../../lib/model/reading.ts';
import type { Instance } from '../../../lib/model/resources.ts';
import type { RestoredVolume } from '../../../lib/planning/restore/earlier-volumes.ts';
import { planRoot } from '../../../lib/planning/restore/root.ts';
import type { RootTask } from '../../../lib/planning/restore/root-tasks.ts';
import { planVolume } from '../../../lib/planning/restore/volume.ts';
import { wishesOf } from '../../../lib/planning/restore/wishes.ts';
import { AN_INSTANCE_ID, DR } from '../../builders.ts';
import { ANOTHER, inventoryOf, living, outcomesOf, owned, read, SERVER, textOf, unread } from './grounds.ts';

const running: Instance = { ...living(), volumes: [], rootDeviceName: '/dev/xvda' };

function root(
  instance: Instance | undefined,
  {
    image = owned(),
    named,
    tasks = read([]),
  }: { image?: ReturnType<typeof owned>; named?: string; tasks?: Reading<readonly RootTask[]> } = {},
) {
  const source = { instance: read(instance), attributes: read(undefined) };
  return planRoot('it was named', {
    ...inventoryOf(image, { source }),
    named: named === undefined ? undefined : instanceId(named),
    tasks,
  });
}

describe('P20: the root of an image in the place of the living server’s', () => {
  it('is planned with the old root as the way back, and says that the server reboots', () => {
    const planned = root(running);
    expect(planned.verdict).toBe('admissible');
    expect(planned.making).toMatchObject({
      kind: 'root',
      replacement: { instance: AN_INSTANCE_ID, image: owned().image.id },
    });
    expect(textOf(planned, 'instance')).toContain('is rebooted');
    expect(planned.settings).toContainEqual(expect.objectContaining({ name: 'old root', value: 'stays as a volume' }));
  });

  it.each<[string, Instance | undefined, string]>([
    ['gone', undefined, 'a new machine'],
    ['stopped', { ...running, state: 'stopped' }, 'start it first'],
    ['without an EBS root', { ...running, rootDevice: 'instance-store' }, 'no EBS volume'],
  ])('is blocked where the server is %s, with what to do', (_, instance, remedy) => {
    const planned = root(instance);
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'instance')).toContain(remedy);
  });

  it.each([
    ['the architecture', { architecture: 'x86_64' }, 'the instance is x86_64 and the image arm64'],
    ['NitroTPM', { tpm: true }, 'the instance has NitroTPM, which the image does not support'],
  ])('is blocked where the server has %s of another kind than its image', (_, other, difference) => {
    const machine = { architecture: 'arm64', ena: true, sriov: true, tpm: false };
    expect(root({ ...running, machine }).verdict).toBe('admissible');
    const planned = root({ ...running, machine: { ...machine, ...other } });
    expect([planned.verdict, textOf(planned, 'instance')]).toEqual(['blocked', expect.stringContaining(difference)]);
  });

  it.each([
    ['ENA', 'ena'],
    ['SR-IOV', 'sriov'],
  ] as const)('is blocked where %s was turned on after the image was made', (name, adapter) => {
    const machine = { architecture: 'arm64', ena: true, sriov: true, tpm: false };
    const details = read({ ...machine, [adapter]: false, productCodes: [], rootDevice: '/dev/xvda', volumes: kinds });
    const source = { instance: read({ ...running, machine }), attributes: read(undefined) };
    const planned = planRoot('it was named', {
      ...inventoryOf(owned(), { source, details }),
      named: undefined,
      tasks: read([]),
    });
    expect([planned.verdict, textOf(planned, 'instance')]).toEqual([
      'blocked',
      expect.stringContaining(`the instance has ${name}, which the image does not support`),
    ]);
  });

  it('is blocked by an image of another region, and where the lineage has gone on with another instance', () => {
    expect(textOf(root(running, { image: owned({}, DR) }), 'instance')).toContain('--region');
    const other = root(running, { named: ANOTHER });
    expect([other.verdict, textOf(other, 'instance')]).toEqual([
      'blocked',
      expect.stringContaining(`you named ${ANOTHER}`),
    ]);
    expect(root(running, { named: AN_INSTANCE_ID }).verdict).toBe('admissible');
  });

  it('leaves the other disks of the image where they are, and says so', () => {
    const data = { device: '/dev/sdf', snapshot: snapshotId('snap-000000f1'), size: 20, encrypted: false };
    const image = owned({ devices: [...owned().image.devices, data] });
    expect(root(running, { image }).lost).toContain('/dev/sdf of the image: data volumes stay as they are');
  });

  it('is another task once its root has been replaced', () => {
    const at = (volume: string) => {
      const { making } = root({ ...running, volumes: [{ id: volumeId(`vol-000000${volume}`), device: '/dev/xvda' }] });
      return making.kind === 'root' ? making.replacement?.token : undefined;
    };
    expect(at('01')).not.toBe(at('02'));
    expect(at('01')).toBe(at('01'));
  });
});

describe('P20: a replacement of a root that did not come to its end', () => {
  const task = (state: string, image: string = owned().image.id): RootTask => {
    return { id: `replacevol-${state}`, image, state, startedAt: 0 };
  };
  const tokenAfter = (...tasks: RootTask[]) => {
    const { making } = root(running, { tasks: read(tasks) });
    return making.kind === 'root' ? making.replacement?.token : undefined;
  };

  it.each(['failed', 'failed-detached'])('is tried again by another token once it is %s, and told', (state) => {
    expect(tokenAfter(task(state))).not.toBe(tokenAfter());
    expect(textOf(root(running, { tasks: read([task(state)]) }), 'earlier tries')).toContain(`it is ${state}`);
  });

  it('is not begun anew while it goes on: the token stays', () => {
    for (const state of ['pending', 'in-progress', 'failing']) expect(tokenAfter(task(state))).toBe(tokenAfter());
  });

  it('by another image is told of no more', () => {
    expect(textOf(root(running, { tasks: read([task('failed', 'ami-0000000f')]) }), 'earlier tries')).toBe('');
  });

  it('blocks where it could not be read whether there is one', () => {
    const planned = root(running, { tasks: unread([]) });
    expect([planned.verdict, outcomesOf(planned, 'earlier tries')]).toEqual(['blocked', ['blocked']]);
  });
});

const kinds = new Map([['/dev/xvda', { type: 'io2', iops: 20_000 }]]);

interface VolumeSituation {
  readonly attach?: string;
  readonly to?: Instance;
  readonly image?: ReturnType<typeof owned>;
  readonly earlier?: readonly RestoredVolume[];
  readonly another?: boolean;
  readonly now?: number;
}

/** What there is to plan a volume by where nothing was made before. */
const NOTHING_YET = { earlier: read<readonly RestoredVolume[]>([]), another: false, now: 0 };

function volume(
  device: string,
  { attach, to, image = owned(), earlier = [], another = false, now = 0 }: VolumeSituation = {},
) {
  const details = read({
    architecture: 'arm64',
    tpm: false,
    ena: true,
    sriov: true,
    productCodes: [],
    rootDevice: '/dev/xvda',
    volumes: kinds,
  });
  const flags = { keepAddress: false, isPublic: false };
  const wishes = wishesOf({ flags, wanted: {} }, image, undefined, {});
  const there = { ...NOTHING_YET, earlier: read(earlier), another, now };
  const inventory = { ...inventoryOf(image, { details }), ...there, wishes, attachTo: read(to) };
  return planVolume('it was named', { device, ...(attach !== undefined && { attach: instanceId(attach) }) }, inventory);
}

describe('P20: a volume of one device of an image', () => {
  it('is made where the server was, of the kind that the image has', () => {
    const planned = volume('/dev/xvda');
    expect(planned.verdict).toBe('admissible');
    expect(planned.making).toMatchObject({ volume: { zoneId: 'euc1-az2', kind: { type: 'io2', iops: 20_000 } } });
    expect(planned.settings).toContainEqual(expect.objectContaining({ name: 'kind', value: 'io2, 20000 IOPS' }));
  });

  it('is made in the zone of the instance that it is attached to, under a name that is free', () => {
    const to = {
      ...living({ ...SERVER, zoneId: 'euc1-az3' }),
      volumes: [{ id: volumeId('vol-00000001'), device: '/dev/sdf' }],
    };
    const planned = volume('/dev/xvda', { attach: ANOTHER, to });
    expect(planned.making).toMatchObject({
      volume: { zoneId: 'euc1-az3', attachment: { instance: ANOTHER, device: '/dev/sdg' } },
    });
    expect(textOf(planned, 'attachment')).toContain('nouuid');
  });

  it('is blocked where the instance has no device name free, and says what to do', () => {
    const volumes = [...'fghijklmnop'].map((letter, index) => {
      return { id: volumeId(`vol-0000000${index.toString(16)}`), device: `/dev/sd${letter}` };
    });
    const planned = volume('/dev/xvda', { attach: ANOTHER, to: { ...living(), volumes } });
    expect([planned.verdict, textOf(planned, 'attachment')]).toEqual([
      'blocked',
      expect.stringMatching(
        /no device name free from \/dev\/sdf to \/dev\/sdp: detach one .*attach the volume by hand/,
      ),
    ]);
  });

  it('is blocked where the image has no such device, and names those that it has', () => {
    const planned = volume('/dev/sdz');
    expect([planned.verdict, textOf(planned, 'device')]).toEqual([
      'blocked',
      expect.stringContaining('/dev/xvda (8 GiB)'),
    ]);
  });

  it('is blocked while the image does not name its snapshot, and degraded where not all images could be listed', () => {
    const devices = owned().image.devices.map(({ snapshot: _, ...device }) => device);
    expect(textOf(volume('/dev/xvda', { image: owned({ devices }) }), 'device')).toContain(
      'wait until it is available',
    );
    const inventory = {
      ...inventoryOf(owned(), { unlisted: ['eu-west-1: no'] }),
      ...NOTHING_YET,
      attachTo: read(undefined),
    };
    const wishes = wishesOf({ flags: { keepAddress: false, isPublic: false }, wanted: {} }, owned(), undefined, {});
    const planned = planVolume('x', { device: '/dev/xvda' }, { ...inventory, wishes });
    expect([planned.verdict, textOf(planned, 'images')]).toEqual([
      'degraded',
      'there may be a better one: eu-west-1: no',
    ]);
  });

  it('is blocked by an instance that is not there, and in another region without one in whose zone it is made', () => {
    expect(outcomesOf(volume('/dev/xvda', { attach: ANOTHER }), 'attachment')).toContain('blocked');
    expect(textOf(volume('/dev/xvda', { image: owned({}, DR) }), 'zone')).toContain('--attach');
  });

  it('is blocked where the instance could not be read: in which zone it is to be is not known', () => {
    const wishes = wishesOf({ flags: { keepAddress: false, isPublic: false }, wanted: {} }, owned(), undefined, {});
    const attachTo = unread<Instance | undefined>(undefined);
    const inventory = { ...inventoryOf(owned()), ...NOTHING_YET, wishes, attachTo };
    const planned = planVolume('x', { device: '/dev/xvda', attach: ANOTHER }, inventory);
    expect([planned.verdict, planned.making]).toEqual(['blocked', { kind: 'volume' }]);
  });
});

describe('P20: a volume that was made of the same snapshot before', () => {
  const [{ snapshot = '' } = {}] = owned().image.devices;
  const made = (overrides: Partial<RestoredVolume> = {}): RestoredVolume => {
    return { id: 'vol-00000001', snapshot, state: 'available', attachedTo: [], ...overrides };
  };
  const tokenOf = (situation: VolumeSituation) => {
    const { making } = volume('/dev/xvda', situation);
    return making.kind === 'volume' ? making.volume?.token : undefined;
  };

  it('blocks one more, unless that is asked for, and both is told', () => {
    const planned = volume('/dev/xvda', { earlier: [made()] });
    expect([planned.verdict, textOf(planned, 'earlier tries')]).toEqual([
      'blocked',
      'vol-00000001 was made of it before and is available: go on with that one, or make one more with --another',
    ]);
    const another = volume('/dev/xvda', { earlier: [made()], another: true });
    expect([another.verdict, outcomesOf(another, 'earlier tries')]).toEqual(['admissible', ['note']]);
  });

  it('comes with how it is attached, unless it is', () => {
    const situation = { attach: ANOTHER, to: living() };
    const planned = volume('/dev/xvda', { ...situation, earlier: [made()] });
    const command = `--volume-id vol-00000001 --instance-id ${ANOTHER} --device /dev/sdf`;
    expect(textOf(planned, 'earlier tries')).toContain(command);
    const there = made({ state: 'in-use', attachedTo: [ANOTHER] });
    const text = textOf(volume('/dev/xvda', { ...situation, earlier: [there] }), 'earlier tries');
    expect(text).toContain(`is in-use, attached to ${ANOTHER}`);
    expect(text).not.toContain('attach-volume');
  });

  it('keeps nothing from being made once it is of no use, or where it is of another disk', () => {
    const failed = volume('/dev/xvda', { earlier: [made({ state: 'error' }), made({ state: 'deleting' })] });
    expect([failed.verdict, textOf(failed, 'earlier tries')]).toEqual([
      'admissible',
      'vol-00000001 was made of it before and is in error: its key may not be usable',
    ]);
    const other = volume('/dev/xvda', { earlier: [made({ snapshot: 'snap-0f' })] });
    expect(textOf(other, 'earlier tries')).toBe('');
  });

  it('makes another token, since EC2 would answer the same one with the volume of before', () => {
    const first = tokenOf({});
    expect(tokenOf({})).toBe(first);
    for (const earlier of [made(), made({ state: 'error' })]) {
      expect(tokenOf({ earlier: [earlier], another: true })).not.toBe(first);
    }
  });

  it('and is not listed any more does not stand in the way for ever: a token is one for some minutes', () => {
    const MINUTE = 60_000;
    expect(tokenOf({ now: 4 * MINUTE })).toBe(tokenOf({ now: 0 }));
    expect(tokenOf({ now: 5 * MINUTE })).not.toBe(tokenOf({ now: 0 }));
  });

  it('blocks where it could not be read whether there is one', () => {
    const wishes = wishesOf({ flags: { keepAddress: false, isPublic: false }, wanted: {} }, owned(), undefined, {});
    const there = { ...NOTHING_YET, earlier: unread<readonly RestoredVolume[]>([]), attachTo: read(undefined), wishes };
    const planned = planVolume('x', { device: '/dev/xvda' }, { ...inventoryOf(owned()), ...there });
    expect([planned.verdict, outcomesOf(planned, 'earlier tries')]).toEqual(['blocked', ['blocked']]);
  });
});
