import {
  CreateImageCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  type EC2Client,
  ModifyImageAttributeCommand,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import { deploy } from '../../sim/deployment.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, LOCAL, NIGHTLY, tagOf, type World } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';

const STAGED = LOCAL.replace('keepDaily: 3', 'keepLast: 1').replace(
  'endAfterSourceGoneDays: never',
  'deprecateDays: 2, disableDays: 3, endAfterSourceGoneDays: never',
);

async function sweepDays(world: World, days: number) {
  for (let day = 0; day < days; day++) {
    await world.clock.advance(24 * 3_600_000 + 120_000);
    await world.invoke('retire');
    await world.deliver();
  }
}

/** The same world with another policy file deployed. */
function deployedAgain(world: World, policies: string): World {
  const { sandbox, clock } = world;
  const parsed = parsePolicyFile(policies, 'policies.yml');
  if (!parsed.ok) throw new Error('the policies of a test are not well-formed');
  const deployment = deploy({ sandbox, file: parsed.file, account: ACCOUNT, random: () => 0.5 });
  return {
    ...world,
    invoke: (action, payload = {}) => clock.run(() => deployment.invoke(action, { action, ...payload })),
    deliver: () => clock.run(() => deployment.deliver()),
  };
}

async function withExpired(policies = STAGED, behaviour: Partial<Ec2Behaviour> = {}) {
  const world = aWorld({ policies, behaviour });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [expired = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  await world.night('2026-11-03');
  return { world, expired };
}

const stateOf = (world: World, id: string) => world.images().find(({ ImageId }) => ImageId === id)?.State ?? 'gone';

/** Lets the Recycle Bin keep what is deleted for some days. */
async function keepDeleted({ sandbox }: World, kinds: readonly string[], days: number) {
  for (const ResourceType of kinds) {
    const input = { ResourceType, RetentionPeriod: { RetentionPeriodValue: days, RetentionPeriodUnit: 'DAYS' } };
    await sandbox.call({ service: 'rbin', operation: 'CreateRule', region: FRANKFURT, account: ACCOUNT, input });
  }
}

describe('amikeep undo', () => {
  it('enables a disabled image, lifts its deprecation, takes its mark off and holds it', async () => {
    const { world, expired } = await withExpired();
    await sweepDays(world, 4);
    expect(stateOf(world, expired)).toBe('disabled');

    const planned = await amikeep(world, STAGED, 'undo', expired, '--mode', 'plan');
    expect(planned).toMatchObject({ status: 0, out: expect.stringContaining('bring-back') });
    expect(stateOf(world, expired)).toBe('disabled');

    const undone = await amikeep(world, STAGED, 'undo', expired);
    expect(undone).toMatchObject({ status: 0, out: expect.stringContaining('1 brought back') });
    const image = world.images().find(({ ImageId }) => ImageId === expired);
    expect(image).toMatchObject({ State: 'available' });
    expect(image?.DeprecationTime).toBeUndefined();
    expect(tagOf(image, 'amikeep:hold')).toMatch(/^undone by hand 2026-11-/);
    await sweepDays(world, 20);
    expect(stateOf(world, expired)).toBe('available');
  });

  it('of an image that others share lifts its deprecation, and they have it all the time', async () => {
    const ACCOUNTS = ['333344445555', '444455556666'];
    const { world, expired } = await withExpired();
    const Add = ACCOUNTS.map((UserId) => ({ UserId }));
    const share = new ModifyImageAttributeCommand({ ImageId: expired, LaunchPermission: { Add } });
    await world.send(FRANKFURT, (client) => client.send(share));
    const sharedWith = () =>
      world.sandbox.ec2.inspect
        .images()
        .flatMap(({ image, permissions }) => (image.ImageId === expired ? permissions : []))
        .map(({ UserId }) => UserId);
    const imageNow = () => world.images().find(({ ImageId }) => ImageId === expired);
    await sweepDays(world, 5);
    expect(imageNow()).toMatchObject({ State: 'available', DeprecationTime: expect.any(String) });
    expect(sharedWith()).toEqual(ACCOUNTS);

    const undone = await amikeep(world, STAGED, 'undo', expired);
    expect(undone).toMatchObject({ status: 0, out: expect.stringContaining('1 brought back') });
    expect(imageNow()?.DeprecationTime).toBeUndefined();
    expect(tagOf(imageNow(), 'amikeep:retire')).toBe('');
    expect(sharedWith()).toEqual(ACCOUNTS);
  });

  it('restores an image from the Recycle Bin, its snapshots first, and the next sweep takes its mark off', async () => {
    const { world, expired } = await withExpired();
    await keepDeleted(world, ['EC2_IMAGE', 'EBS_SNAPSHOT'], 30);
    const plan = () => world.clock.run(() => world.plan({ action: 'retire' }));
    await sweepDays(world, 5);
    await world.clock.advance(30 * 3_600_000);
    const [outcome] = await plan();
    const going = outcome?.plan.decisions.find(({ subject }) => subject.id === expired);
    expect(going?.reason.text).toContain(`keeps it for 30 days, and amikeep undo ${expired} brings it back`);
    await sweepDays(world, 1);
    expect(stateOf(world, expired)).toBe('gone');

    const undone = await amikeep(world, STAGED, 'undo', expired);
    expect(undone).toMatchObject({ status: 0, out: expect.stringContaining('1 restored') });
    expect(stateOf(world, expired)).toBe('available');
    const { images, snapshots } = world.sandbox.ec2.inspect;
    const [image] = images().filter((entry) => entry.image.ImageId === expired);
    const devices = image?.image.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.SnapshotId) ?? [];
    const restored = snapshots().filter(({ snapshot }) => devices.includes(snapshot.SnapshotId));
    expect(restored).toHaveLength(1);
    for (const { Tags = [] } of [image?.image ?? {}, ...restored.map(({ snapshot }) => snapshot)]) {
      const keys = Tags.map(({ Key }) => Key);
      expect(keys).toContain('amikeep:hold');
    }
    await sweepDays(world, 1);
    const swept = world.images().find(({ ImageId }) => ImageId === expired);
    expect([tagOf(swept, 'amikeep:retire'), swept?.DeprecationTime]).toEqual(['', undefined]);
    await sweepDays(world, 20);
    expect(stateOf(world, expired)).toBe('available');
  });

  it('an image that a person restored from the Recycle Bin stays and comes back from its stages, until they let it go', async () => {
    const { world, expired } = await withExpired();
    const [snapshot = ''] = world.images().flatMap(({ ImageId, BlockDeviceMappings = [] }) => {
      return ImageId === expired ? BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []) : [];
    });
    await keepDeleted(world, ['EC2_IMAGE', 'EBS_SNAPSHOT'], 30);
    await sweepDays(world, 7);
    expect(stateOf(world, expired)).toBe('gone');
    const here = <T>(send: (client: EC2Client) => Promise<T>) => world.send(FRANKFURT, send);
    await here((client) => client.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId: snapshot })));
    await here((client) => client.send(new RestoreImageFromRecycleBinCommand({ ImageId: expired })));
    await sweepDays(world, 1);
    const restored = () => world.images().find(({ ImageId }) => ImageId === expired);
    expect(restored()).toMatchObject({ State: 'available' });
    expect([tagOf(restored(), 'amikeep:retire'), restored()?.DeprecationTime]).toEqual(['', undefined]);
    await sweepDays(world, 20);
    expect(stateOf(world, expired)).toBe('available');

    const whole = [expired, snapshot];
    await here((client) => client.send(new DeleteTagsCommand({ Resources: whole, Tags: [{ Key: 'amikeep:binned' }] })));
    await sweepDays(world, 8);
    expect(stateOf(world, expired)).toBe('gone');
  });

  it('a snapshot that a person restored from the Recycle Bin stays, though its image went for good', async () => {
    const { world, expired } = await withExpired();
    await keepDeleted(world, ['EBS_SNAPSHOT'], 30);
    const before = world.sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshot.SnapshotId ?? '');
    await sweepDays(world, 7);
    expect(stateOf(world, expired)).toBe('gone');
    const ids = () => world.sandbox.ec2.inspect.snapshots().map(({ snapshot }) => snapshot.SnapshotId ?? '');
    const [gone = ''] = before.filter((id) => !ids().includes(id));
    await world.send(FRANKFURT, (client) =>
      client.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId: gone })),
    );
    await sweepDays(world, 20);
    expect(ids()).toContain(gone);
  });

  it('leaves the snapshots alone of an image that is in the Recycle Bin', async () => {
    const { world, expired } = await withExpired();
    await keepDeleted(world, ['EC2_IMAGE'], 30);

    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: expired })));
    await sweepDays(world, 10);
    expect(world.sandbox.ec2.inspect.snapshots()).toHaveLength(2);
    expect((await amikeep(world, STAGED, 'undo', expired)).status).toBe(0);
    expect(stateOf(world, expired)).toBe('available');
  });

  it('says of an image whose snapshots no rule kept that it cannot come back, and fails', async () => {
    const { world, expired } = await withExpired();
    await keepDeleted(world, ['EC2_IMAGE'], 30);
    const input = { ImageId: expired, DeleteAssociatedSnapshots: true };
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand(input)));
    for (const mode of ['plan', 'apply']) {
      expect(await amikeep(world, STAGED, 'undo', expired, '--mode', mode)).toMatchObject({
        status: 1,
        out: expect.stringContaining("but it can't come back: no snapshot that was made for it is in the bin"),
      });
    }
  });

  it('says of snapshots that are not ready yet what to do, and goes on where it left off', async () => {
    const { world, expired } = await withExpired(STAGED, { snapshotRecoveryMs: 600_000 });
    await keepDeleted(world, ['EC2_IMAGE', 'EBS_SNAPSHOT'], 30);
    const input = { ImageId: expired, DeleteAssociatedSnapshots: true };
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand(input)));
    expect(await amikeep(world, STAGED, 'undo', expired)).toMatchObject({
      status: 1,
      out: expect.stringMatching(/may not be ready, so try again in some minutes, .* \(InvalidSnapshot\.NotFound/),
    });
    await world.clock.advance(700_000);
    const undone = await amikeep(world, STAGED, 'undo', expired);
    expect(undone).toMatchObject({ status: 0, out: expect.stringMatching(/its snapshots snap-\w+ are still there/) });
    expect(stateOf(world, expired)).toBe('available');
  });

  it('says of what is nowhere that it cannot come back, and fails', async () => {
    const { world } = await withExpired();
    const lost = await amikeep(world, STAGED, 'undo', 'ami-0123456789abcdef0');
    expect(lost).toMatchObject({ status: 1, out: expect.stringContaining('not found: ami-0123456789abcdef0') });
  });

  it('has nothing to do for an image that stays', async () => {
    const { world } = await withExpired();
    const newest = world.images().at(-1)?.ImageId ?? '';
    expect(await amikeep(world, STAGED, 'undo', newest)).toMatchObject({
      status: 0,
      out: expect.stringContaining('1 skipped'),
    });
  });

  it('takes no text for an image', async () => {
    const { world } = await withExpired();
    expect(await amikeep(world, STAGED, 'undo', 'i-0123456789abcdef0')).toMatchObject({ status: 2, out: '' });
  });
});

describe('amikeep adopt', () => {
  const byHand = async (world: World, Name: string, tags: Record<string, string>) => {
    const [InstanceId = ''] = await world.launch(1, { Backup: 'nightly' });
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const TagSpecifications = [{ ResourceType: 'image' as const, Tags }];
    const make = (client: EC2Client) =>
      client.send(new CreateImageCommand({ InstanceId, Name, NoReboot: true, TagSpecifications }));
    const { ImageId = '' } = await world.send(FRANKFURT, make);
    await world.clock.advance(3_600_000);
    return { ImageId, InstanceId };
  };

  it('says first what would come under the policy, and changes nothing until it is told to', async () => {
    const world = aWorld({ policies: LOCAL });
    const { ImageId, InstanceId } = await byHand(world, 'old backup', { Made: 'by-hand' });
    await byHand(world, 'another', { Made: 'by-script' });
    const adopt = ['adopt', '--filter', 'tag:Made=by-hand', '--policy', 'nightly'];

    const planned = await amikeep(world, LOCAL, ...adopt);
    expect(planned).toMatchObject({ status: 0, out: expect.stringContaining(ImageId) });
    expect(planned.out).toContain('This was a plan: nothing was changed.');
    expect(world.images()).toEqual([]);

    expect(await amikeep(world, LOCAL, ...adopt, '--mode', 'apply')).toMatchObject({
      status: 0,
      out: expect.stringContaining('1 adopted'),
    });
    expect(world.images().map((image) => tagOf(image, 'amikeep:lineage'))).toEqual([InstanceId]);
    expect((await amikeep(world, LOCAL, ...adopt, '--mode', 'apply')).out).toContain('1 skipped');
  });

  it('brings images under the rules, and nothing is retired that was not adopted', async () => {
    const policies = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
    const world = aWorld({ policies });
    const { ImageId: adopted } = await byHand(world, 'old backup', { Made: 'by-hand' });
    const { ImageId: other } = await byHand(world, 'another', { Made: 'by-script' });
    await amikeep(world, policies, 'adopt', '--filter', 'tag:Made=by-hand', '--policy', 'nightly', '--mode', 'apply');
    for (const day of ['02', '03', '04', '05']) await world.night(`2026-11-${day}`);
    const left = world.sandbox.ec2.inspect.images().map(({ image }) => image.ImageId);
    expect(left).not.toContain(adopted);
    expect(left).toContain(other);
  });

  it('P1: seals nothing anew that bears the tags of an adoption; a person who names it has it adopted anew', async () => {
    const world = aWorld({ policies: LOCAL });
    const { ImageId } = await byHand(world, 'old backup', { Made: 'by-hand' });
    await amikeep(world, LOCAL, 'adopt', '--filter', 'tag:Made=by-hand', '--policy', 'nightly', '--mode', 'apply');
    const unseal = { Resources: [ImageId], Tags: [{ Key: 'amikeep:seal' }] };
    await world.send(FRANKFURT, (client) => client.send(new DeleteTagsCommand(unseal)));
    const sealed = () => world.images().map((image) => tagOf(image, 'amikeep:seal') !== '');

    const refused = await amikeep(world, LOCAL, 'adopt', '--unsealed', '--mode', 'apply');
    expect(refused.out).toContain(`amikeep adopt --filter tag:amikeep:adopted=${ImageId} --policy NAME`);
    expect(sealed()).toEqual([false]);
    const anew = (which: string) => ['adopt', '--filter', `tag:amikeep:adopted=${which}`, '--policy', 'nightly'];
    // Whatever anybody has written the tag onto would come along.
    expect(await amikeep(world, LOCAL, ...anew('*'))).toMatchObject({ status: 2 });
    const named = [...anew(ImageId), '--mode', 'apply'];
    expect((await amikeep(world, LOCAL, ...named)).out).toContain('1 adopted');
    expect(sealed()).toEqual([true]);
  });

  it('P5: takes nothing whose lineage has ended, until the hold is on it that the plan asks for', async () => {
    const policies = LOCAL.replace('endAfterSourceGoneDays: never', 'endAfterSourceGoneDays: 30');
    const world = aWorld({ policies });
    const { ImageId, InstanceId } = await byHand(world, 'golden', { Made: 'by-hand' });
    await world.launch(1, {});
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })));
    await world.clock.advance(40 * 24 * 3_600_000);
    const adopt = ['adopt', '--filter', 'tag:Made=by-hand', '--policy', 'nightly', '--mode', 'apply'];

    const refused = await amikeep(world, policies, ...adopt);
    expect(refused.out).toContain('1 refused');
    expect(refused.out).toContain(`--resources ${ImageId} --tags 'Key=amikeep:hold,Value=adopted'`);
    expect(world.images()).toEqual([]);

    const Tags = [{ Key: 'amikeep:hold', Value: 'adopted' }];
    await world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand({ Resources: [ImageId], Tags })));
    expect((await amikeep(world, policies, ...adopt)).out).toContain('1 adopted');
    await sweepDays(world, 10);
    expect(world.images().map((image) => [image.ImageId, tagOf(image, 'amikeep:retire')])).toEqual([[ImageId, '']]);
  });

  it('fails where no image bears the tags', async () => {
    const run = await amikeep(
      aWorld({ policies: LOCAL }),
      LOCAL,
      'adopt',
      '--filter',
      'tag:Made=by-hnad',
      '--policy',
      'nightly',
    );
    expect(run).toMatchObject({
      status: 1,
      out: expect.stringContaining('not found: tag:Made=by-hnad, in eu-central-1'),
    });
  });

  it.each([
    [['--filter', 'Made=by-hand', '--policy', 'nightly'], "--filter: 'Made=by-hand' is not of the form tag:Key=Value"],
    [['--filter', 'tag:Made=by-hand', '--policy', 'weekly'], "--policy: there is no policy 'weekly'"],
    [['--policy', 'nightly'], '--filter: adopt needs it'],
    [['--unsealed', '--filter', 'tag:Made=by-hand'], 'it goes without a filter'],
  ])('takes no %j', async (args, problem) => {
    const run = await amikeep(aWorld({ policies: LOCAL }), LOCAL, 'adopt', ...args);
    expect(run).toMatchObject({ status: 2, out: '', err: expect.stringContaining(problem) });
  });
});

describe('amikeep retire --abandoned', () => {
  it('ends a lineage in all regions, of which the plan had told what it takes', async () => {
    const world = aWorld({ policies: NIGHTLY });
    const [gone = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
    await world.clock.advance(2 * 3_600_000);

    const plan = await amikeep(world, NIGHTLY, 'plan', 'retire');
    expect(plan.out).toContain(`abandoned: ${gone} of nightly, whose source is gone: 1 image of up to 8 GiB`);

    const planned = await amikeep(world, NIGHTLY, 'retire', '--abandoned', gone);
    expect(planned).toMatchObject({ status: 0, out: expect.stringContaining('This was a plan: nothing was changed.') });
    expect(world.images().map((image) => tagOf(image, 'amikeep:ended'))).toEqual(['', '']);

    const ended = await amikeep(world, NIGHTLY, 'retire', '--abandoned', gone, '--mode', 'apply');
    expect(ended).toMatchObject({ status: 0, out: expect.stringContaining('2 targets: 2 ended.') });
    await sweepDays(world, 3);
    const left = [...world.images(), ...world.images(IRELAND)].map((image) => tagOf(image, 'amikeep:lineage'));
    expect(left).not.toContain(gone);
    expect(left).toHaveLength(2);
  });

  it('says of a lineage that is nowhere which one may be meant, and fails', async () => {
    const world = aWorld({ policies: NIGHTLY });
    const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const typo = `${instance.slice(0, -1)}x`;

    const { status, out } = await amikeep(world, NIGHTLY, 'retire', '--abandoned', typo, 'Role=web');

    expect(status).toBe(1);
    expect(out).toContain(`not found: ${typo}, in eu-central-1, eu-west-1; did you mean ${instance}?\n`);
    expect(out).toContain('not found: Role=web, in eu-central-1, eu-west-1\n');
    expect(out).toContain('2 not found');
  });
});

describe('a policy that is gone', () => {
  const RENAMED = NIGHTLY.replace('  nightly:', '  daily:');
  const PLANNING = NIGHTLY.replace('mode: apply', 'mode: plan');

  async function withRenamed(before = NIGHTLY) {
    const world = aWorld({ policies: before });
    await world.launch(2, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    return { world, renamed: deployedAgain(world, RENAMED) };
  }

  it('is listed in every plan with what it keeps, and ended by its name, though its instances live', async () => {
    for (const before of [NIGHTLY, PLANNING]) {
      const { world, renamed } = await withRenamed(before);
      const lineages = [...new Set(world.images().map((image) => tagOf(image, 'amikeep:lineage')))];

      const plan = await amikeep(world, RENAMED, 'plan', 'retire');
      for (const lineage of lineages) {
        expect(plan.out).toContain(
          `policy gone: ${lineage} of nightly, which is in the policy file no more: 2 images of up to 16 GiB, the newest 2026.11.03-0300; amikeep retire --policy-gone nightly --mode apply ends all of nightly`,
        );
      }

      const planned = await amikeep(world, RENAMED, 'retire', '--policy-gone', 'nightly');
      expect(planned).toMatchObject({ status: 0, out: expect.stringContaining('This was a plan') });
      const ended = await amikeep(world, RENAMED, 'retire', '--policy-gone', 'nightly', '--mode', 'apply');
      expect(ended).toMatchObject({ status: 0, out: expect.stringContaining('8 ended') });
      await sweepDays(renamed, 12);
      expect([...world.images(), ...world.images(IRELAND)]).toEqual([]);
    }
  });

  it('says of one that no image is of which one may be meant, and fails', async () => {
    const { world } = await withRenamed();

    const { status, out } = await amikeep(world, RENAMED, 'retire', '--policy-gone', 'nigthly');

    expect({ status, out }).toEqual({
      status: 1,
      out: expect.stringContaining('not found: nigthly, in eu-central-1, eu-west-1; did you mean nightly?'),
    });
  });

  it('that comes back takes up its images again', async () => {
    const { world } = await withRenamed();
    await amikeep(world, RENAMED, 'retire', '--policy-gone', 'nightly', '--mode', 'apply');
    await sweepDays(world, 1);
    expect(world.images().map((image) => tagOf(image, 'amikeep:ended'))).toEqual(['', '', '', '']);
  });
});

describe('amikeep adopt --unsealed', () => {
  async function withUnsealed() {
    const policies = LOCAL.replace('keepDaily: 3', 'keepLast: 1');
    const world = aWorld({ policies });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    const Resources = world
      .images()
      .flatMap(({ ImageId, BlockDeviceMappings = [] }) => [
        ImageId ?? '',
        ...BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId ?? ''),
      ]);
    const Tags = [{ Key: 'amikeep:seal' }, { Key: 'amikeep:retire' }];
    await world.send(FRANKFURT, (client) => client.send(new DeleteTagsCommand({ Resources, Tags })));
    return { world, policies };
  }

  it('P23: says first what it would seal, seals it when it is told to, and then the rules hold again', async () => {
    const { world, policies } = await withUnsealed();
    await sweepDays(world, 5);
    expect(world.images()).toHaveLength(2);

    const planned = await amikeep(world, policies, 'adopt', '--unsealed');
    expect(planned).toMatchObject({ status: 0, out: expect.stringContaining('it is sealed as 2026.11.02-0300') });
    expect(planned.out).toContain('This was a plan: nothing was changed.');
    expect(world.images().map((image) => tagOf(image, 'amikeep:seal'))).toEqual(['', '']);

    const none = await amikeep(world, policies, 'adopt', '--unsealed', '--policy', 'nightly', '--mode', 'apply');
    expect(none).toMatchObject({ status: 0, out: expect.stringContaining('2 adopted') });
    expect(world.images().every((image) => tagOf(image, 'amikeep:seal') !== '')).toBe(true);
    expect((await amikeep(world, policies, 'adopt', '--unsealed')).out).toContain('2 skipped');
    await sweepDays(world, 3);
    expect(world.images().map((image) => tagOf(image, 'Version'))).toEqual(['2026.11.03-0300']);
    expect(world.sandbox.ec2.inspect.snapshots()).toHaveLength(1);
  });
});

describe('amikeep adopt --unsealed, where the key cannot be read,', () => {
  it('fails, and says that it is for the key', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    world.sandbox.faults.add({ kind: 'denied', service: 'kms', operation: 'GetPublicKey' });
    for (const mode of ['plan', 'apply']) {
      const run = await amikeep(world, LOCAL, 'adopt', '--unsealed', '--mode', mode);
      expect(run).toMatchObject({ status: 1, out: expect.stringContaining('the key by which they are checked') });
      expect(run.out).toContain('1 refused');
    }
  });
});

describe('amikeep retire --orphans', () => {
  it('P9, P23: says first which snapshots have lost their image, marks them when it is told to, and they go a day later', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    for (const day of ['02', '03']) await world.night(`2026-11-${day}`);
    const [lost] = world.images();
    const snapshot = lost?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: lost?.ImageId })));
    await sweepDays(world, 5);
    const snapshots = () => world.sandbox.ec2.inspect.snapshots().map((one) => one.snapshot.SnapshotId);
    expect(snapshots()).toContain(snapshot);

    const planned = await amikeep(world, LOCAL, 'retire', '--orphans');
    expect(planned).toMatchObject({ status: 0, out: expect.stringMatching(new RegExp(`mark-snapshot.*${snapshot}`)) });
    await sweepDays(world, 3);
    expect(snapshots()).toContain(snapshot);

    const marked = await amikeep(world, LOCAL, 'retire', '--orphans', '--mode', 'apply');
    expect(marked).toMatchObject({ status: 0 });
    expect(snapshots()).toContain(snapshot);
    await sweepDays(world, 1);
    expect(snapshots()).not.toContain(snapshot);
    expect(snapshots()).toHaveLength(1);
  });

  it('says of a snapshot that lost its image lately when it may be marked', async () => {
    const world = aWorld({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    const [lost] = world.images();
    const snapshot = lost?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: lost?.ImageId })));
    const { status, out } = await amikeep(world, LOCAL, 'retire', '--orphans');
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(`wait +${snapshot} .* it may be marked from 2026-11-04T03:`),
    ]);
    expect(out).not.toContain('wait 1 (');
  });

  it('is asked for nothing where neither orphans nor lineages are named', async () => {
    const run = await amikeep(aWorld({ policies: LOCAL }), LOCAL, 'retire');
    expect(run).toMatchObject({ status: 2, out: '', err: expect.stringContaining('--abandoned <lineage...>') });
  });
});
