import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DisableImageCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { imageId, instanceId } from '../../../lib/model/ids.ts';
import type { Reads } from '../../../lib/run/ports.ts';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, LOCAL, type World } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const AL2023 = imageId(publicImageId(FRANKFURT, 'al2023'));

const reads = (world: World) => awsOf(world).reads;
const allUses = (look: Reads) => look.uses(HERE, { instances: look.allInstances(HERE) });

describe('reads', () => {
  it('bring everything though pages are short and some are empty', async () => {
    const world = aWorld({ policies: LOCAL, behaviour: { pageFill: 'uneven' } });
    // More than EC2 gives a page, and every second page is half full or empty.
    await world.launch(600, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    expect(await world.deliver()).toEqual([]);
    const images = await world.clock.run(() => reads(world).images(HERE, { deployment: 'test' }));
    expect(images).toMatchObject({ complete: true });
    expect(images.value).toHaveLength(600);
    expect(world.sandbox.calls.total({ operation: 'CreateImage', outcome: 'ok' })).toBe(600);
  });

  it('keep what they have when a later page fails, and are partial then', async () => {
    const world = aWorld({ behaviour: { pageFill: 'uneven' } });
    await world.launch(900, { Backup: 'nightly' });
    const operation = 'DescribeInstances';
    const from = new Date(world.clock.now() + 1_500).toISOString();
    world.sandbox.faults.add({ kind: 'latency', operation, latencyMs: 1_000 });
    world.sandbox.faults.add({ kind: 'denied', operation, from });
    const instances = await world.clock.run(() => reads(world).allInstances(HERE));
    expect(instances).toMatchObject({ complete: false, problem: expect.stringContaining('UnauthorizedOperation') });
    expect(instances.value.length).toBeGreaterThan(0);
    expect(instances.value.length).toBeLessThan(900);
  });

  it('find lineages whose names hold what EC2 takes for wildcards', async () => {
    const policies = LOCAL.replace('schedule:', 'lineage: { tag: Role }\n    schedule:');
    const world = aWorld({ policies });
    const roles = ['a*', 'a?', 'ab', 'a\\b', 'x'.repeat(300).slice(0, 256)];
    for (const Role of roles) await world.launch(1, { Backup: 'nightly', Role });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    expect(await world.deliver()).toEqual([]);
    const found = async (lineage: string) =>
      (await world.clock.run(() => reads(world).images(HERE, { deployment: 'test', lineages: [lineage] }))).value.map(
        ({ tags }) => tags['amikeep:lineage'],
      );
    for (const lineage of world
      .images()
      .map((image) => image.Tags?.find(({ Key }) => Key === 'amikeep:lineage')?.Value ?? '')) {
      expect(await found(lineage)).toEqual([lineage]);
    }
    expect(world.images()).toHaveLength(roles.length);
  });
});

describe('a selector', () => {
  const many = Array.from({ length: 201 }, (_, index) => `value-${index}`);

  it.each([
    ['more values of a tag than a filter takes', { tags: { Backup: ['nightly', ...many] } }],
    ['a pattern longer than a filter takes', { tags: { Backup: ['nightly', `${'x'.repeat(255)}?`] } }],
    [
      'more tags than a call takes filters',
      {
        tags: Object.fromEntries(
          Array.from({ length: 60 }, (_, index) => [index === 0 ? 'Backup' : `Tag${index}`, ['*']]),
        ),
      },
    ],
    [
      'more ids than a filter takes',
      { tags: {}, instances: many.map((_, index) => instanceId(`i-${index.toString(16).padStart(17, '0')}`)) },
    ],
  ])('with %s is still read, and the planner selects', async (_, select) => {
    const world = aWorld();
    await world.launch(1, { Backup: 'nightly' });
    const states = ['running'] as const;
    const instances = await world.clock.run(() =>
      reads(world).instances(HERE, { exclude: {}, excludeInstances: [], states, ...select }),
    );
    expect(instances.complete).toBe(true);
  });
});

describe('images', () => {
  it('are read in every state, disabled ones too, since they are ours still', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const ImageId = world.images()[0]?.ImageId ?? '';
    await world.send(FRANKFURT, (client) => client.send(new DisableImageCommand({ ImageId })));
    const images = await world.clock.run(() => reads(world).images(HERE, { deployment: 'test' }));
    expect(images.value.map(({ state }) => state)).toEqual(['disabled']);
  });
});

describe('P3: the uses of images', () => {
  it('hold stopped instances and every version of every launch template', async () => {
    const world = aWorld();
    const [instance = ''] = await world.launch(1, {});
    await world.send(FRANKFURT, (client) => client.send(new StopInstancesCommand({ InstanceIds: [instance] })));
    await world.clock.advance(600_000);
    const old = publicImageId(FRANKFURT, 'ubuntu-24.04');
    const { LaunchTemplate } = await world.send(FRANKFURT, (client) =>
      client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: old } })),
    );
    const id = LaunchTemplate?.LaunchTemplateId ?? '';
    for (let version = 2; version <= 15; version++) {
      await world.send(FRANKFURT, (client) =>
        client.send(
          new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, LaunchTemplateData: { ImageId: AL2023 } }),
        ),
      );
    }
    const uses = await world.clock.run(() => allUses(reads(world)));
    expect(uses.complete).toBe(true);
    expect(uses.value.get(imageId(old))).toEqual([{ kind: 'launch template', id }]);
    expect(uses.value.get(AL2023)).toContainEqual({ kind: 'instance', id: instance });
  });

  it('cost a second look no call for a template that has no newer version', async () => {
    const world = aWorld();
    const make = (name: string) =>
      world.send(FRANKFURT, (client) =>
        client.send(
          new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: { ImageId: AL2023 } }),
        ),
      );
    const [first] = [await make('one'), await make('two')];
    const look = reads(world);
    const versionReads = () => world.sandbox.calls.total({ operation: 'DescribeLaunchTemplateVersions' });
    await world.clock.run(() => allUses(look));
    expect(versionReads()).toBe(2);

    const newest = imageId(publicImageId(FRANKFURT, 'ubuntu-24.04'));
    await world.send(FRANKFURT, (client) =>
      client.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: first?.LaunchTemplate?.LaunchTemplateId,
          LaunchTemplateData: { ImageId: newest },
        }),
      ),
    );
    const again = await world.clock.run(() => look.uses(HERE, { images: [newest] }));
    expect(versionReads()).toBe(3);
    expect(again.value.has(newest)).toBe(true);
    expect(again.value.get(AL2023)).toHaveLength(2);
  });

  it('pass over what a template holds that is no image id', async () => {
    const world = aWorld();
    await world.send(FRANKFURT, (client) =>
      client.send(
        new CreateLaunchTemplateCommand({ LaunchTemplateName: 'odd', LaunchTemplateData: { ImageId: 'ami-123' } }),
      ),
    );
    expect(await world.clock.run(() => allUses(reads(world)))).toMatchObject({ complete: true, value: new Map() });
  });
});

describe('an image', () => {
  it('leaves out the volumes that the policy excludes, by device or by tag, but never the root', async () => {
    const policies = LOCAL.replace(
      'image: { reboot: never }',
      "image: { reboot: always, excludeDevices: [/dev/sdf, /dev/xvda], excludeVolumes: { Scratch: '*' } }",
    );
    const world = aWorld({ policies });
    const volumes = ['/dev/sdf', '/dev/sdg', '/dev/sdh'].map((DeviceName) => ({ DeviceName, Ebs: { VolumeSize: 10 } }));
    const [instance] = await world.launch(1, { Backup: 'nightly' }, { volumes });
    const scratch = world.sandbox.ec2.inspect
      .volumes()
      .find(({ volume }) => volume.Attachments?.[0]?.Device === '/dev/sdg');
    await world.tag(scratch?.volume.VolumeId ?? '', { Scratch: 'yes' });
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-02T03:00:00Z' });
    expect(await world.deliver()).toEqual([]);

    const [image] = world.images();
    expect(image?.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName).sort()).toEqual(['/dev/sdh', '/dev/xvda']);
    const rebooted = world.sandbox.ec2.inspect.instances().find((entry) => entry.instance.InstanceId === instance);
    expect(rebooted?.reboots).toHaveLength(1);
  });

  it('is made without a reboot unless the policy wants one, which is said in every call', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(2, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const calls = world.sandbox.calls.log.filter(({ operation }) => operation === 'CreateImage');
    expect(calls.map(({ input }) => input)).toEqual([
      expect.objectContaining({ NoReboot: true }),
      expect.objectContaining({ NoReboot: true }),
    ]);
    expect(world.sandbox.ec2.inspect.instances().flatMap(({ reboots }) => reboots)).toEqual([]);
  });
});
