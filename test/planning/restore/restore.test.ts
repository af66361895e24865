import { describe, expect, it } from 'vitest';
import { accountId, snapshotId, volumeId } from '../../../lib/model/ids.ts';
import type { LaunchSettings } from '../../../lib/model/launch-settings.ts';
import type { Image } from '../../../lib/model/resources.ts';
import type { RestoreInventory } from '../../../lib/planning/restore/inventory.ts';
import { machineTokens } from '../../../lib/planning/restore/token.ts';
import { writeRecipe } from '../../../lib/tagging/recipe.ts';
import { anInstance, DR, HERE } from '../../builders.ts';
import {
  ANOTHER,
  abroad,
  launchOf,
  living,
  outcomesOf,
  owned,
  plan,
  read,
  SERVER,
  type Situation,
  settingsOf,
  textOf,
  typeFacts,
  unread,
} from './grounds.ts';

const NETWORK = { subnet: 'subnet-01', groups: ['sg-01', 'sg-02'] };

/** An image whose seal does not cover its recipe. */
const unsealed = (settings: LaunchSettings = {}, home?: typeof DR) =>
  owned({ recipe: { ...writeRecipe({ ...SERVER, ...settings }), sealed: false } }, home);

describe('P20: a restore plan of a machine that is gone', () => {
  it('is admissible where all that it was is there, and names the source of each setting', () => {
    expect(plan().verdict).toBe('admissible');
    expect(settingsOf({})).toEqual({
      type: 'm7g.large (recipe)',
      subnet: 'subnet-01 (recipe)',
      'security groups': 'sg-01, sg-02 (recipe)',
      'instance profile': 'web (recipe)',
      'key pair': 'ops (recipe)',
      'private address': 'a free one (default)',
      'public address': 'none (default)',
      'metadata token': 'required (recipe)',
      encryption: 'as the image has it (default)',
      'user data': 'none (default)',
      tags: 'amikeep:restored-from (image)',
    });
  });

  it('launches what its settings say, tagged with where it is from and without the tags by which policies select', () => {
    const image = owned({
      tags: {
        ...owned().image.tags,
        Name: 'web-1 2026.11.23-0200',
        Version: '2026.11.23-0200',
        Team: 'shop',
        Role: 'web',
        Clearance: 'all',
      },
    });
    const launch = launchOf(plan({ image }));
    expect(launch).toMatchObject({
      image: image.image.id,
      type: 'm7g.large',
      subnet: 'subnet-01',
      groups: ['sg-01', 'sg-02'],
      profile: 'web',
      key: 'ops',
      imds: 'required',
      terminationProtection: false,
      tags: { Name: 'web-1', Team: 'shop', 'amikeep:restored-from': image.image.id },
    });
    expect(Object.keys(launch?.tags ?? {})).toHaveLength(3);
    expect(launchOf(plan({ image, takeOver: true }))?.tags).toMatchObject({ Backup: 'nightly' });
  });

  it('takes of the tags of an image only those that its policy puts there, whose values nothing proves', () => {
    const tags = { ...owned().image.tags, Name: 'web-1', Clearance: 'all' };
    const tagsOf = (image: Image['tags']) => plan({ image: owned({ tags: image }) }).settings.at(-1);
    expect(tagsOf(tags)).toEqual({
      name: 'tags',
      value: 'Name, amikeep:restored-from',
      source: 'image',
      proven: true,
    });
    expect(tagsOf({ ...tags, Team: 'shop' })).toMatchObject({
      value: 'Team, Name, amikeep:restored-from',
      proven: false,
    });
  });

  it('goes by a person’s flags before everything else, and takes none of what is to be none', () => {
    const flags = {
      type: 't4g.large',
      subnet: 'subnet-01',
      groups: ['sg-01'],
      profile: 'none',
      key: 'none',
      keepAddress: true,
    };
    const groups = read([{ id: 'sg-01', vpc: 'vpc-01' }]);
    expect(settingsOf({ flags, inventory: { groups } })).toMatchObject({
      type: 't4g.large (flag)',
      subnet: 'subnet-01 (flag)',
      'security groups': 'sg-01 (flag)',
      'instance profile': 'none (default)',
      'key pair': 'none (default)',
      'private address': '10.0.3.7 (recipe)',
    });
  });

  it('takes neither role nor network from a recipe that nothing proves, and marks the rest', () => {
    const planned = plan({ image: unsealed() });
    expect([planned.verdict, launchOf(planned)]).toEqual(['blocked', undefined]);
    const given = plan({ image: unsealed(), flags: NETWORK });
    expect(given.verdict).toBe('degraded');
    expect(launchOf(given)).not.toHaveProperty('profile');
    expect(given.settings.filter(({ proven }) => !proven).map(({ name }) => name)).toEqual(['type']);
    expect(textOf(given, 'recipe')).toContain('--profile');
  });

  // A key pair lets its owner in, and a public address lets everybody try: with a mark alone both would be launched.
  it('P23: lets nobody in by what nothing proves: not by a key pair, a public address, or one that others let in', () => {
    const said = { key: 'mallory', publicAddress: '203.0.113.9', elasticAddress: '198.51.100.1' };
    const planned = plan({ image: unsealed(said), flags: { ...NETWORK, keepAddress: false } });
    expect(launchOf(planned)).toMatchObject({ publicAddress: false });
    expect(launchOf(planned)).not.toHaveProperty('key');
    expect(planned).not.toHaveProperty('elasticAddress');
    expect(textOf(planned, 'recipe')).toContain('the key pair (--key), a public address (--public) is not taken');
    expect(planned.lost.join('\n')).toContain(
      "its public address 203.0.113.9, which is the old machine's: it gets none",
    );
    const given = plan({ image: unsealed(said), flags: { ...NETWORK, key: 'ops', isPublic: true } });
    expect(launchOf(given)).toMatchObject({ publicAddress: true, key: 'ops' });
    const kept = plan({ image: unsealed(), flags: { ...NETWORK, keepAddress: true } });
    expect(textOf(kept, 'private address')).toContain('nothing proves it: leave --keep-address out');
  });

  it('P23: has metadata that ask for a token where nothing proves how they were', () => {
    const lowered = { imds: 'optional', hops: 64, metadataTags: true } as const;
    const planned = plan({ image: unsealed(lowered), flags: NETWORK });
    expect(launchOf(planned)).toMatchObject({ imds: 'required', metadataTags: false });
    expect(launchOf(planned)).not.toHaveProperty('hops');
    expect(textOf(planned, 'metadata token')).toContain('is not taken');
    expect(textOf(plan({ image: unsealed(), flags: NETWORK }), 'metadata token')).toBe('');
    expect(launchOf(plan({ image: unsealed({ imds: 'off' }), flags: NETWORK }))?.imds).toBe('required');
  });

  it('P23: in another region takes nothing of it through the policy file either', () => {
    const flags = { profile: 'none' };
    const planned = abroad({ image: unsealed({}, DR), flags });
    expect([planned.verdict, launchOf(planned)]).toEqual(['blocked', undefined]);
    expect(textOf(planned, 'recipe')).toContain('the subnet (--subnet), the security groups (--security-group) is not');
    expect(textOf(planned, 'subnet')).toBe('there is no subnet for it in eu-west-1: give one with --subnet');
    expect(textOf(planned, 'security groups')).toContain(
      'a recipe that nothing proves: give them with --security-group',
    );
    const given = { ...flags, subnet: 'subnet-0d', groups: ['sg-0d1'] };
    const byHand = abroad({ image: unsealed({}, DR), flags: given, mapping: { keyName: 'ops-dr' } });
    expect(launchOf(byHand)).toMatchObject({ subnet: 'subnet-0d', groups: ['sg-0d1'], key: 'ops-dr' });
  });

  it('is degraded where something had no room in the recipe', () => {
    const { recipe, ...image } = owned().image;
    const cut = owned({
      ...image,
      recipe: { ...recipe, shape: 'm7g.large subnet=subnet-01 sg=sg-01,sg-02 +', sealed: true },
    });
    const planned = plan({ image: cut });
    expect(planned.verdict).toBe('degraded');
    expect(textOf(planned, 'recipe')).toContain('--profile');
  });

  it('is blocked where the image has no recipe, and says what to give', () => {
    const { recipe: _, ...bare } = owned().image;
    const image = { ...owned(), image: bare };
    const planned = plan({ image });
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'type')).toContain('--type');
    expect(textOf(planned, 'security groups')).toContain('--security-group');
    expect(launchOf(planned)).toBeUndefined();
    const flags = { type: 'm7g.large', subnet: 'subnet-01', groups: ['sg-01', 'sg-02'] };
    expect(plan({ image, flags })).toMatchObject({ verdict: 'degraded', making: { launch: { type: 'm7g.large' } } });
  });
});

describe('P20: a restore plan of a machine that is still there', () => {
  const attributes = read({
    userData: 'IyEvYmluL3No',
    terminationProtection: true,
    stopProtection: false,
    shutdownBehavior: 'terminate' as const,
  });
  const source = { instance: read(living({ ...SERVER, type: 't4g.large' })), attributes };

  it('goes by what it is now, with its user data, which it shows nowhere', () => {
    const planned = plan({ inventory: { source } });
    expect(launchOf(planned)).toMatchObject({
      type: 't4g.large',
      userData: 'IyEvYmluL3No',
      terminationProtection: true,
      shutdownBehavior: 'terminate',
    });
    expect(JSON.stringify({ ...planned, making: undefined })).not.toContain('IyEvYmluL3No');
    expect(settingsOf({ inventory: { source } })).toMatchObject({
      type: 't4g.large (instance)',
      'user data': '9 bytes (instance)',
    });
    expect(textOf(planned, 'old machine')).toContain('there will be two of it');
  });

  it('goes by a sealed recipe where a person goes back to a moment, and tells what differs since', () => {
    const changed = { instance: read(living({ ...SERVER, profile: 'admin', groups: ['sg-666'] })), attributes };
    const groups = read([{ id: 'sg-666', vpc: 'vpc-01' }]);
    const now = plan({ inventory: { source: changed, groups } });
    expect([now.verdict, launchOf(now)?.profile]).toEqual(['degraded', 'admin']);
    const then = plan({ inventory: { source: changed }, wanted: { version: '2026.11.23-0200' } });
    expect(launchOf(then)).toMatchObject({ profile: 'web', groups: ['sg-01', 'sg-02'] });
    expect(textOf(then, 'recipe')).toContain('what differs is its groups, profile');
  });

  const BACK = [{ at: Date.UTC(2026, 10, 24) }, { version: '2026.11.23-0200' }, { image: owned().image.id }];

  it.each(BACK)('gets no user data of now where a person goes back by %o, and is told how to read them', (wanted) => {
    const planned = plan({ inventory: { source }, wanted });
    expect(launchOf(planned)).toBeDefined();
    expect(launchOf(planned)).not.toHaveProperty('userData');
    expect(settingsOf({ inventory: { source }, wanted })['user data']).toMatch(/^none: .* \(default\)$/);
    expect(planned.lost.join('\n')).toMatch(
      /its user data: .*aws ec2 describe-instance-attribute .*--attribute userData/,
    );
    const { userData: _, ...rest } = attributes.value;
    const none = settingsOf({ inventory: { source: { ...source, attributes: read(rest) } }, wanted });
    expect(none['user data']).toBe('none (instance)');
  });

  it.each(BACK)('is degraded where a person goes back by %o and nothing proves what it was then', (wanted) => {
    const { recipe: _, ...bare } = owned().image;
    for (const image of [unsealed(), { ...owned(), image: bare }]) {
      const planned = plan({ image, inventory: { source }, wanted });
      expect([planned.verdict, launchOf(planned)?.type]).toEqual(['degraded', 't4g.large']);
      expect(textOf(planned, 'recipe')).toContain('it is taken as it is now');
      expect(textOf(plan({ image, inventory: { source } }), 'recipe')).toBe('');
    }
  });

  it('says of --take-over that two living machines split their lineage', () => {
    expect(plan({ inventory: { source }, takeOver: true }).verdict).toBe('degraded');
  });

  it('goes by the recipe where it is on its way out', () => {
    const going = { instance: read({ ...living({}), state: 'shutting-down' as const }), attributes };
    expect(launchOf(plan({ inventory: { source: going } }))?.type).toBe('m7g.large');
  });

  it('is degraded where its user data could not be read', () => {
    const planned = plan({ inventory: { source: { ...source, attributes: unread(undefined) } } });
    expect(outcomesOf(planned, 'user data')).toEqual(['degraded']);
  });
});

describe('what keeps an image from being launched', () => {
  it.each<[string, Partial<Image>, string]>([
    ['pending', { state: 'pending' }, 'wait until it is available'],
    ['disabled', { state: 'disabled' }, 'amikeep undo'],
    ['failed', { state: 'failed', stateReason: 'no snapshot' }, 'no snapshot'],
    ['in the bin, or elsewhere', { state: 'other' }, 'Recycle Bin'],
    ['revoked', { tags: { ...owned().image.tags, 'amikeep:revoked': 'bad kernel' } }, 'bad kernel'],
  ])('that it is %s, with what to do', (_, image, remedy) => {
    const planned = plan({ image: owned(image) });
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'image')).toContain(remedy);
  });

  const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1';
  const enable = `aws kms enable-key --region eu-central-1 --key-id ${ARN}`;

  it.each([
    ['Disabled', `enable it first: ${enable}`],
    [
      'PendingDeletion',
      `which leaves it disabled, and enable it: aws kms cancel-key-deletion --region eu-central-1 --key-id ${ARN} && ${enable}`,
    ],
    ['missing', 'restore.<region>.kmsKey'],
  ])('a key that is %s, with commands that take its ARN where an alias was given', (state, remedy) => {
    const key = { state, ...(state !== 'missing' && { arn: ARN }) };
    const planned = plan({ inventory: { keys: read(new Map([['alias/dr', key]])) } });
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'encryption')).toContain(remedy);
  });

  it('a key of another account that is disabled, which only that account can enable', () => {
    const arn = ARN.replace('111122223333', '444455556666');
    const planned = plan({ inventory: { keys: read(new Map([[arn, { state: 'Disabled', arn }]])) } });
    expect(textOf(planned, 'encryption')).toContain('enable it first (with credentials of its account 444455556666): ');
  });

  it('a key that is disabled, although not all could be looked at', () => {
    const planned = plan({ inventory: { keys: unread(new Map([[ARN, { state: 'Disabled', arn: ARN }]])) } });
    expect([planned.verdict, outcomesOf(planned, 'encryption')]).toEqual(['blocked', ['unknown', 'blocked']]);
  });

  it('a lack of room for the hold, on it or on a snapshot of it, with what to take off', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, '']));
    const { tags, devices } = owned().image;
    const full = owned({ tags: { ...tags, ...many } });
    expect(plan({ image: full }).verdict).toBe('blocked');
    expect(textOf(plan({ image: full }), 'hold')).toMatch(/amikeep:hold is to be written on ami-\w+, .* such as x0/);
    const [{ snapshot: id = snapshotId('snap-00000001') } = {}] = devices;
    const inventory = { snapshots: read([{ id, tags: many, seal: 'missing' as const }]) };
    expect(textOf(plan({ inventory }), 'hold')).toContain(`is to be written on ${id}, which has 50 tags`);
    expect(plan({ image: { ...full, hold: 'for the auditors' } }).verdict).toBe('admissible');
  });

  it('nothing that a drill has said: an image that did not come up when it was last started makes it degraded', () => {
    const pass = {
      at: Date.UTC(2026, 10, 23),
      rung: 'status',
      seconds: 400,
      type: 'm7g.large',
      instance: ANOTHER,
    } as const;
    const last = { at: Date.UTC(2026, 10, 24), verdict: 'failed', failures: 1, reason: 'no prompt' } as const;
    expect(textOf(plan(), 'drill')).toBe('no drill has seen it come up');
    const passed = plan({ image: { ...owned(), passed: pass } });
    expect(passed.estimate).toContain('it came up in 400 s when it was last started; its 8 GiB');
    expect(textOf(passed, 'drill')).toBe('it came up 2026-11-23T00:00:00Z, in 400 s on m7g.large, as far as status');
    const failed = plan({ image: { ...owned(), passed: pass, drilled: last } });
    expect(failed.estimate).toContain('some minutes until it runs');
    expect([failed.verdict, textOf(failed, 'drill')]).toEqual(['degraded', expect.stringContaining('no prompt')]);
  });

  it('nothing that only could not be read: the plan is degraded', () => {
    expect(plan({ inventory: { keys: unread(new Map()) } }).verdict).toBe('degraded');
    expect(plan({ inventory: { details: unread(undefined) } }).verdict).toBe('degraded');
  });
});

describe('the type of a restored machine', () => {
  it('fits the image, or the restore is blocked', () => {
    const planned = plan({ flags: { type: 'm7i.large' } });
    expect(planned.verdict).toBe('blocked');
    expect(textOf(planned, 'type')).toBe('m7i.large is x86_64, and the image arm64: give another --type');
  });

  it('is the first of the policy file that fits and is offered, where its own is not', () => {
    const inventory = { offered: read(new Set(['t4g.large'])) };
    const planned = plan({ inventory, mapping: { instanceTypes: ['m7i.large', 't4g.large'] } });
    expect(planned.verdict).toBe('degraded');
    expect(launchOf(planned)?.type).toBe('t4g.large');
    expect(plan({ inventory }).verdict).toBe('blocked');
  });

  it.each([
    ['a boot mode that it lacks', { bootMode: 'legacy-bios', tpm: false }, 'legacy-bios'],
    ['a NitroTPM that it lacks', { tpm: true }, 'NitroTPM'],
  ])('is not taken for an image that needs %s', (_, needs, word) => {
    const details = read({
      architecture: 'arm64',
      ena: true,
      sriov: true,
      productCodes: [],
      rootDevice: '/dev/xvda',
      volumes: new Map(),
      ...needs,
    });
    const planned = plan({ flags: { type: 't4g.large' }, inventory: { details } });
    expect(textOf(planned, 'type')).toContain(word);
    expect(planned.verdict).toBe('blocked');
  });

  it('takes no more vCPUs than the account may run', () => {
    expect(plan({ inventory: { vcpuQuota: read(1) } }).verdict).toBe('blocked');
    expect(plan({ inventory: { vcpuQuota: unread(undefined) } }).verdict).toBe('admissible');
  });

  it('is not held against the quota of other families', () => {
    const types = read(new Map([['p4d.24xlarge', typeFacts({ vcpus: 96 })]]));
    const offered = read(new Set(['p4d.24xlarge']));
    expect(plan({ flags: { type: 'p4d.24xlarge' }, inventory: { types, offered, vcpuQuota: read(64) } }).verdict).toBe(
      'admissible',
    );
  });

  it.each([
    ['EBS-optimized', 'ebsOptimized'],
    ['hibernation', 'hibernation'],
    ['enclave', 'enclave'],
  ] as const)(
    'P20: that knows no %s is launched without, which EC2 would refuse, and the plan is degraded',
    (name, feature) => {
      const image = owned({}, undefined, { ...SERVER, [feature]: true });
      const named = (types: Situation['inventory']) =>
        plan({ image, ...(types && { inventory: types }) }).settings.filter((one) => one.name === name);
      expect(launchOf(plan({ image }))).toMatchObject({ [feature]: true });
      expect(named({})).toEqual([{ name, value: 'on', source: 'recipe', proven: true }]);
      const inventory = { types: read(new Map([['m7g.large', typeFacts({ [feature]: false })]])) };
      const planned = plan({ image, inventory });
      expect([planned.verdict, outcomesOf(planned, name)]).toEqual(['degraded', ['degraded']]);
      expect(launchOf(planned)).toMatchObject({ [feature]: false });
      expect(named(inventory)).toEqual([]);
      const unknown = plan({ image, inventory: { types: unread(new Map()) } });
      expect(launchOf(unknown)).toMatchObject({ [feature]: true });
    },
  );

  it('is only told where it could not be looked up', () => {
    const planned = plan({ inventory: { types: unread(new Map()) } });
    expect([planned.verdict, launchOf(planned)?.type]).toEqual(['degraded', 'm7g.large']);
  });
});

describe('the network of a restored machine', () => {
  it.each<[string, Partial<RestoreInventory>, string]>([
    ['a subnet that is gone', { subnet: read(undefined) }, 'subnet'],
    [
      'a subnet without a free address',
      { subnet: read({ id: 'subnet-01', vpc: 'vpc-01', zoneId: 'euc1-az2', cidr: '10.0.3.0/24', freeAddresses: 0 }) },
      'subnet',
    ],
    ['a group that is gone', { groups: read([{ id: 'sg-01', vpc: 'vpc-01' }]) }, 'security groups'],
  ])('blocks a restore by %s', (_, inventory, about) => {
    const planned = plan({ inventory });
    expect([planned.verdict, outcomesOf(planned, about)]).toEqual(['blocked', ['blocked']]);
  });

  it.each<[string, Partial<RestoreInventory>, string]>([
    ['a subnet', { subnet: unread(undefined) }, 'subnet'],
    ['groups', { groups: unread([]) }, 'security groups'],
    ['a key pair', { keyPair: unread(false) }, 'key pair'],
  ])('takes %s that could not be read as it was, and says so', (_, inventory, about) => {
    const planned = plan({ inventory });
    expect([planned.verdict, outcomesOf(planned, about)]).toEqual(['degraded', ['unknown']]);
    expect(launchOf(planned)).toMatchObject({ subnet: 'subnet-01', groups: ['sg-01', 'sg-02'], key: 'ops' });
  });

  it('has room in a subnet for IPv6 alone, which has no addresses of IPv4 to count', () => {
    const subnet = read({ id: 'subnet-01', vpc: 'vpc-01', zoneId: 'euc1-az2', cidr: '', freeAddresses: undefined });
    const planned = plan({ inventory: { subnet } });
    expect([planned.verdict, textOf(planned, 'subnet')]).toEqual([
      'admissible',
      'subnet-01 in euc1-az2 is for IPv6 alone',
    ]);
  });

  it('is degraded by a group of another VPC, which EC2 takes only if it is associated with the subnet’s', () => {
    const groups = read([
      { id: 'sg-01', vpc: 'vpc-01' },
      { id: 'sg-02', vpc: 'vpc-09' },
    ]);
    expect(plan({ inventory: { groups } }).verdict).toBe('degraded');
  });

  it('is public only where the old machine was, or a person says so: the subnet never decides', () => {
    expect(launchOf(plan())?.publicAddress).toBe(false);
    expect(launchOf(plan({ flags: { isPublic: true } }))?.publicAddress).toBe(true);
    const image = owned({}, undefined, { ...SERVER, publicAddress: '203.0.113.9' });
    expect(launchOf(plan({ image }))?.publicAddress).toBe(true);
  });

  it('takes the old address where it is of the subnet and nobody has it any more', () => {
    const flags = { keepAddress: true };
    expect(launchOf(plan({ flags }))?.privateAddress).toBe('10.0.3.7');
    const elsewhere = {
      subnet: read({ id: 'subnet-01', vpc: 'vpc-01', zoneId: 'euc1-az2', cidr: '10.7.0.0/24', freeAddresses: 4 }),
    };
    expect(plan({ flags, inventory: elsewhere }).verdict).toBe('blocked');
    const taken = { source: { instance: read(living()), attributes: read(undefined) } };
    expect(textOf(plan({ flags, inventory: taken }), 'private address')).toContain('still has 10.0.3.7');
    expect(abroad({ flags }).verdict).toBe('blocked');
  });

  it('is never a default one: without a group nothing is launched', () => {
    const { groups: _, ...rest } = SERVER;
    const planned = plan({ image: owned({}, undefined, rest) });
    expect([planned.verdict, launchOf(planned)]).toEqual(['blocked', undefined]);
  });

  it('elsewhere is what the policy file says stands in', () => {
    const planned = abroad({ mapping: { keyName: 'ops-dr', kmsKey: 'alias/dr' } });
    expect(planned.verdict).toBe('admissible');
    expect(launchOf(planned)).toMatchObject({
      subnet: 'subnet-0d',
      groups: ['sg-0d1', 'sg-0d2'],
      key: 'ops-dr',
      profile: 'web',
      encryption: { kmsKey: 'alias/dr', devices: ['/dev/xvda'] },
    });
  });

  it('elsewhere is blocked by each group and zone for which nothing stands in, by their names', () => {
    const groups = abroad({ mapping: { securityGroups: { 'sg-01': 'sg-0d1' } } });
    expect(textOf(groups, 'security groups')).toContain('nothing stands in for sg-02 in eu-west-1');
    const zone = abroad({ mapping: { subnets: {} } });
    expect(textOf(zone, 'subnet')).toContain('restore.eu-west-1.subnets.euc1-az2');
    expect([groups.verdict, zone.verdict]).toEqual(['blocked', 'blocked']);
    const byHand = abroad({
      mapping: { subnets: {}, securityGroups: {} },
      flags: { subnet: 'subnet-0d', groups: ['sg-0d1', 'sg-0d2'] },
    });
    expect(byHand.verdict).toBe('admissible');
  });

  it('is launched without a key pair that is not there, unless a person named it', () => {
    const inventory = { keyPair: read(false) };
    expect(plan({ inventory })).toMatchObject({ verdict: 'degraded' });
    expect(launchOf(plan({ inventory }))).not.toHaveProperty('key');
    expect(plan({ inventory, flags: { key: 'mine' } }).verdict).toBe('blocked');
  });
});

describe('an earlier restore of the same image', () => {
  const earlier = (state: 'running' | 'terminated') => ({ earlier: read([anInstance({ id: ANOTHER, state })]) });

  it('blocks one more, unless that is asked for', () => {
    const planned = plan({ inventory: earlier('running') });
    expect([planned.verdict, outcomesOf(planned, 'earlier tries')]).toEqual(['blocked', ['blocked']]);
    expect(textOf(planned, 'earlier tries')).toContain('--another');
    expect(plan({ inventory: earlier('running'), another: true }).verdict).toBe('admissible');
    expect(plan({ inventory: earlier('terminated') }).verdict).toBe('admissible');
  });

  it('makes another token, since EC2 would answer the same one with the machine of before', () => {
    const plans = [plan(), plan(), plan({ inventory: earlier('terminated') })];
    const [one, same, other] = plans.map((planned) => launchOf(planned)?.token);
    expect(one).toBe(same);
    expect(other).not.toBe(one);
  });

  it('blocks where it could not be read, since there might be two machines', () => {
    expect(plan({ inventory: { earlier: unread([]) } }).verdict).toBe('blocked');
  });
});

it('P20: as many tags as EC2 allows and ours keep a machine from being launched, and which may go is for a person', () => {
  const tagged = (count: number) => {
    const tags = Object.fromEntries(Array.from({ length: count }, (_, nth) => [`K${nth}`, '']));
    return plan({ inventory: { source: { instance: read(living(SERVER, tags)), attributes: read(undefined) } } });
  };
  expect(outcomesOf(tagged(49), 'tags')).toEqual([]);
  const planned = tagged(50);
  expect([planned.verdict, textOf(planned, 'tags')]).toEqual([
    'blocked',
    'it would get 51 tags, and EC2 allows 50: take 1 off the old machine first',
  ]);
});

it('what does not come back is named', () => {
  const image = owned({}, undefined, {
    ...SERVER,
    publicAddress: '203.0.113.9',
    elasticAddress: '198.51.100.1',
    interfaces: 3,
    lifecycle: 'spot',
    placementGroup: 'near',
    forwards: true,
    ipv6Addresses: ['2001:db8::1'],
  });
  const volumes = ['/dev/xvda', '/dev/sdf'].map((device, id) => ({ id: volumeId(`vol-0000000${id}`), device }));
  const source = { instance: read({ ...living(), volumes }), attributes: read(undefined) };
  expect(plan({ image, inventory: { source } }).lost).toContain('what is not in the image: /dev/sdf');
  const { lost, elasticAddress } = plan({ image });
  const words = [
    '10.0.3.7',
    '203.0.113.9',
    '198.51.100.1',
    '2 of its 3',
    'spot',
    'near',
    'forwards',
    '2001:db8::1',
    'DNS',
  ];
  for (const word of words) expect(lost.join('\n')).toContain(word);
  expect(elasticAddress).toBe('198.51.100.1');
  // An address belongs to an account: nobody moves it to a machine in another one, though the region is the same.
  const inVault = owned(
    {},
    { ...HERE, account: accountId('222222222222') },
    { ...SERVER, elasticAddress: '198.51.100.1' },
  );
  expect(plan({ image: inVault })).not.toHaveProperty('elasticAddress');
  expect(plan({ image, flags: { keepAddress: true } }).lost.join('\n')).not.toContain('10.0.3.7');
  expect(abroad({ image: owned({}, DR) }).lost.at(-1)).toContain('target groups');
});

describe('P20: the token of a launch', () => {
  const tokenOf = (inventory: Partial<RestoreInventory> = {}) => launchOf(plan({ inventory }))?.token ?? '';
  const HOUR = 3_600_000;

  it('tells deployment and server to who looks for its machines, within what EC2 takes', () => {
    expect(tokenOf()).toMatch(/^amikeep-restore-[0-9a-f]{16}-[0-9a-f]{31}$/);
    const beginning = machineTokens('prod', owned().stamp.source).replace('*', '');
    expect(tokenOf()).toContain(beginning);
    expect(machineTokens('test', owned().stamp.source)).not.toContain(beginning);
    expect(machineTokens('prod', { ...owned().stamp.source, instance: ANOTHER })).not.toContain(beginning);
  });

  it('is the same for an hour, and another one once there is another machine', () => {
    const now = Date.UTC(2026, 10, 24, 9);
    expect(tokenOf({ now: now + HOUR - 1 })).toBe(tokenOf({ now }));
    expect(tokenOf({ now: now + HOUR })).not.toBe(tokenOf({ now }));
    const earlier = read([{ ...living(), id: ANOTHER, state: 'terminated' as const }]);
    expect(tokenOf({ now, earlier })).not.toBe(tokenOf({ now }));
  });
});
