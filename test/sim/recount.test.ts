import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { reportOf } from '../../sim/report.ts';
import type { Simulation } from '../../sim/simulate.ts';
import { aRehearsal, aSmallFleet } from './rehearsal.ts';

// How long days take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 60_000 });

const REGION = 'eu-central-1';

/** Changes something behind the back of what was told, by a call of the deployment's own account. */
async function meddle({ sandbox, options }: Simulation, operation: string, input: object): Promise<void> {
  await sandbox.call({ service: 'ec2', operation, region: REGION, account: options.account, input });
}

/** The newest image that is there of a lineage under a policy, and its snapshots. */
function newestImage({ sandbox, options }: Simulation, policy: string) {
  const images = sandbox.ec2.inspect
    .images({ account: options.account, region: REGION })
    .filter(({ image }) => image.Tags?.some(({ Key, Value }) => Key === 'amikeep:policy' && Value === policy));
  const image = images.at(-1)?.image;
  return { id: image?.ImageId ?? '', snapshots: image?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.SnapshotId) ?? [] };
}

const MISTAKES: readonly (readonly [string, (simulation: Simulation) => Promise<void>, RegExp])[] = [
  [
    'an image that is deregistered without a mark',
    (simulation) => meddle(simulation, 'DeregisterImage', { ImageId: newestImage(simulation, 'web').id }),
    /was retired without a mark of 24 hours/,
  ],
  [
    'the newest image of a lineage that is retired',
    (simulation) => meddle(simulation, 'DeregisterImage', { ImageId: newestImage(simulation, 'web').id }),
    /was the newest of its lineage there/,
  ],
  [
    'snapshots that are left over',
    (simulation) => meddle(simulation, 'DeregisterImage', { ImageId: newestImage(simulation, 'databases').id }),
    /snapshots that no image names: snap-/,
  ],
  [
    'an image that lost the tag that makes it ours',
    (simulation) =>
      meddle(simulation, 'DeleteTags', {
        Resources: [newestImage(simulation, 'web').id],
        Tags: [{ Key: 'amikeep:deployment' }],
      }),
    /told but not there: .*ami-/,
  ],
  [
    'a change to an image of a policy in plan mode',
    (simulation) =>
      meddle(simulation, 'CreateTags', {
        Resources: [newestImage(simulation, 'legacy').id],
        Tags: [{ Key: 'amikeep:retire', Value: '2026-09-03T00:00:00Z too soon' }],
      }),
    /was marked, though policy legacy is in plan mode/,
  ],
  [
    'a change to an instance, which is not ours',
    (simulation) =>
      meddle(simulation, 'CreateTags', {
        Resources: [simulation.world.live[0]?.id],
        Tags: [{ Key: 'amikeep:hold', Value: 'why' }],
      }),
    /changed i-\w+, which is not ours/,
  ],
];

test.each(MISTAKES)('the recount finds %s', async (_, makeMistake, disagreement) => {
  const simulation = await aRehearsal({ fleet: aSmallFleet(), days: 2 });
  expect(reportOf(simulation).recount.disagreements).toEqual([]);
  await makeMistake(simulation);
  expect(reportOf(simulation).recount.disagreements.join('\n')).toMatch(disagreement);
});

test('the recount finds a slot without an image', async () => {
  const simulation = await aRehearsal({ fleet: aSmallFleet(), days: 2 });
  simulation.witness.slots.push({
    policy: 'web',
    slot: '2026-09-02T03:00:00Z',
    instances: simulation.witness.slots.at(-1)?.instances ?? [],
  });
  expect(reportOf(simulation).recount.disagreements.join('\n')).toMatch(
    /slot 2026-09-02T03:00:00Z of web has 0 images of i-/,
  );
});

const VAULT = '444455556666';

/** The demo's databases, whose copies go into a vault. */
function withVault(): PolicyFile {
  const text = `
deployment: demo
regions: [eu-central-1]
accounts: [{ id: '${VAULT}', rolePrefix: amikeep, vault: true }]
policies:
  databases:
    select: { tags: { Tier: database } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: UTC }
    image: { reboot: never }
    copies: [{ region: eu-west-1, account: '${VAULT}', kmsKey: alias/vault, retention: { keepDaily: 10 } }]
    retention: { keepLast: 1 }
    retire: { mode: apply, endAfterSourceGoneDays: never }
`;
  const parsed = parsePolicyFile(text, 'policies.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

test('the recount agrees about copies in a vault, and finds one that is gone from it', async () => {
  const simulation = await aRehearsal({ fleet: aSmallFleet(), file: withVault(), days: 4 });
  expect(reportOf(simulation).recount.disagreements).toEqual([]);
  const { sandbox } = simulation;
  const copies = sandbox.ec2.inspect.images({ account: VAULT }).map(({ image }) => image.ImageId ?? '');
  expect(copies.length).toBeGreaterThan(0);
  const [ImageId = ''] = copies;
  await sandbox.call({
    service: 'ec2',
    operation: 'DeregisterImage',
    region: 'eu-west-1',
    account: VAULT,
    input: { ImageId },
  });
  expect(reportOf(simulation).recount.disagreements).toContain(`copy ${ImageId} in eu-west-1 is gone from its vault`);
});

test('what replaces an instance continues its lineage tag, which one without it has none of', async () => {
  const fleet = aSmallFleet().map((spec) => {
    const { App: _, ...tags } = spec.tags;
    return { ...spec, tags };
  });
  const { life } = await aRehearsal({ fleet, days: 10 });
  expect(life.filter(({ text }) => text.includes('undefined'))).toEqual([]);
});

describe('the recount of drills', () => {
  let simulation: Simulation;

  beforeEach(async () => {
    simulation = await aRehearsal({ fleet: aSmallFleet(), days: 2 });
    expect(simulation.journal.drilled.map(({ verdict }) => verdict)).toContain('passed');
  });

  const disagreements = () => reportOf(simulation).recount.disagreements.join('\n');
  const aPass = () =>
    simulation.journal.drilled.find(({ verdict, region }) => verdict === 'passed' && region === REGION);
  /** What was seen of a drill, changed. */
  const change = (other: object) => {
    const { drills } = simulation.witness;
    const [id, seen] = [...drills.drills].find(([, { region }]) => region === REGION) ?? [];
    if (id === undefined || seen === undefined) throw new Error('nothing was drilled');
    vi.spyOn(drills, 'drills', 'get').mockReturnValue(new Map([...drills.drills, [id, { ...seen, ...other }]]));
  };

  test('P16: finds a drill that lives longer than its lease and a sweep', () => {
    change({ endedAt: simulation.until });
    expect(disagreements()).toMatch(/drill i-\w+ in eu-central-1 lived \d+ minutes, and may live 50/);
  });

  test('P16: finds a volume of a drill that is left over', async () => {
    await simulation.sandbox.call({
      ...{ service: 'ec2', operation: 'CreateVolume', region: REGION, account: simulation.options.account },
      input: {
        AvailabilityZone: 'eu-central-1a',
        Size: 8,
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'amikeep:drill', Value: 'x' }] }],
      },
    });
    expect(disagreements()).toMatch(/left over of drills: vol-/);
  });

  test('P16: finds an interface of a drill that EC2 has left behind', async () => {
    const leftBehindRules = [{ leaves: 'interfaces' }] as const;
    const onEffect = (_: unknown, { ec2 }: Simulation['sandbox']) => ec2.setBehaviour({ leftBehindRules });
    simulation = await aRehearsal({ fleet: aSmallFleet(), days: 1, onEffect });
    expect(disagreements()).toMatch(/left over of drills: eni-/);
  });

  test('P16: finds that a server was ended', async () => {
    await meddle(simulation, 'TerminateInstances', {
      InstanceIds: [simulation.world.live.find(({ spec }) => spec.region === REGION)?.id],
    });
    expect(disagreements()).toMatch(/i-\w+, which is no drill, was ended at/);
  });

  test('P17: finds a drill that was in another network', () => {
    change({ instance: { SubnetId: 'subnet-0a1b', PublicIpAddress: '198.51.100.7' } });
    expect(disagreements()).toMatch(/was in subnet-0a1b under , not in its network/);
    expect(disagreements()).toMatch(/drill i-\w+ in eu-central-1 had 198\.51\.100\.7/);
  });

  test('P18: finds that the image which was proven last is gone', async () => {
    const { imageId, lineage } = aPass() ?? {};
    await meddle(simulation, 'DeregisterImage', { ImageId: imageId });
    expect(disagreements()).toContain(
      `of web ${lineage} in eu-central-1 (${imageId}) was retired, and was proven last`,
    );
  });

  test('P19: finds a pass of an image whose instance was not up', async () => {
    const { imageId, instanceId } = aPass() ?? {};
    const Value = `2026-09-02T23:00:00Z status 300s t3.medium ${instanceId}`;
    await meddle(simulation, 'CreateTags', { Resources: [imageId], Tags: [{ Key: 'amikeep:passed', Value }] });
    expect(disagreements()).toMatch(/ami-\w+ in eu-central-1 passed at \S+, and the checks of i-\w+ were gone/);
    expect(disagreements()).toMatch(/the drills of each lineage: told but not there: web App=/);
  });
});
