import assert from 'node:assert/strict';
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { sealKeyAlias } from '../../lib/aws/calls/seal-key.ts';
import { type AccountId, region } from '../../lib/model/ids.ts';
import { HOUR, MINUTE } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Deployment, deploy } from '../../sim/deployment.ts';
import { furnishNetworks } from '../../sim/networks.ts';
import { policiesIn } from './policies.ts';

export const FRANKFURT = region('eu-central-1');
export const IRELAND = region('eu-west-1');

/**
 * The keys that the stacks make, as the sandbox has them, which answers for KMS: what was sealed beforehand is sealed with
 * the keys that the deployed functions ask for.
 */
export const SEAL_KEYS = { signingKeys: { [FRANKFURT]: ['shop', 'office'].map(sealKeyAlias) } };

/** The policies whose images are made beforehand. That of `often` is left to the deployed schedule. */
const BEFOREHAND = ['nightly', 'golden'];

/** An instance for each policy. office.yml selects that of nightly as well. */
const INSTANCES: readonly Readonly<Record<string, string>>[] = [
  { Name: 'web', Backup: 'nightly' },
  { Name: 'often', Backup: 'often' },
  { Name: 'golden', Golden: 'true' },
];

/** The policy of which an image is started and left alone. Only shop.yml has it. */
const LEFT_RUNNING = 'golden';

/**
 * What happened before now. Retirement marks what has expired by then, a mark has to stand for a day before its image
 * goes, and after it one more image expired. The lease of the drill is over by now, and nobody has looked at it.
 */
const COURSE = [
  { hoursAgo: 97, action: 'snapshot' },
  { hoursAgo: 73, action: 'snapshot' },
  { hoursAgo: 49, action: 'snapshot' },
  { hoursAgo: 25, action: 'retire' },
  { hoursAgo: 23, action: 'snapshot' },
  { hoursAgo: 2, action: 'drill' },
] as const;

/** EC2 keeps two snapshots of a volume apart, so deployments of one account do not snapshot at the same moment. */
const APART = 10 * MINUTE;

interface Installed {
  readonly file: PolicyFile;
  readonly deployment: Deployment;
}

/**
 * The state of a sandbox after some days under the deployments of these policy files: made by their own functions on
 * a virtual clock, since nobody can wait for a mark to become a day old.
 *
 * @param now when the days end, in milliseconds since the Unix epoch
 */
export async function history(account: AccountId, policyFiles: readonly string[], now: number): Promise<object> {
  const clock = new VirtualClock(now - 100 * HOUR);
  const sandbox = createSandbox({ clock, seed: 1, ec2: SEAL_KEYS });
  const installed = policyFiles.map((path): Installed => {
    const file = policiesIn(path);
    return { file, deployment: deploy({ sandbox, file, account, random: () => 0.5 }) };
  });
  // Of what is made first, the ids hang on the seed and on the order of the calls alone: policies can name them.
  for (const one of installed) await clock.run(() => furnish(one));
  await launchInstances(sandbox, account);
  for (const { hoursAgo, action } of COURSE) {
    await clock.advanceTo(now - hoursAgo * HOUR);
    for (const one of installed) {
      await clock.run(() => TAKEN[action](one, account, clock.now()));
      await clock.advance(APART);
    }
    // Images get done, and the sweep finds them to be copied.
    await clock.advance(HOUR - installed.length * APART);
    for (const { deployment } of installed) {
      await clock.run(() => deployment.invoke('copy', { action: 'copy' }));
      await clock.run(() => deployment.deliver());
    }
  }
  await clock.advanceTo(now);
  for (const { deployment } of installed) deployment.close();
  return sandbox.dump();
}

/** What each action of the course is, at a moment in milliseconds since the Unix epoch. */
const TAKEN = { snapshot, retire, drill } as const;

/** @throws AssertionError with the ids to write where the policies do not name what is made for their drills here */
async function furnish({ file, deployment }: Installed): Promise<void> {
  const networks = ({ policies }: PolicyFile) => policies.map(({ drill }) => drill?.network);
  assert.deepEqual(networks(file), networks(await furnishNetworks(file, (name) => deployment.client(region(name)))));
}

async function launchInstances(sandbox: Sandbox, account: AccountId): Promise<void> {
  for (const tags of INSTANCES) {
    const input: RunInstancesCommandInput = {
      ImageId: publicImageId(FRANKFURT, 'al2023'),
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      ],
    };
    await sandbox.call({ service: 'ec2', operation: 'RunInstances', region: FRANKFURT, account, input });
  }
}

/** Each run says its target, so that nothing has to go over a bus, of which the two would have one here. */
async function snapshot({ file, deployment }: Installed, account: AccountId, at: number): Promise<void> {
  for (const { name } of file.policies.filter((policy) => BEFOREHAND.includes(policy.name))) {
    const slot = new Date(at).toISOString();
    await deployment.invoke('snapshot', {
      action: 'snapshot',
      policy: name,
      slot,
      target: { account, region: FRANKFURT },
    });
  }
}

async function retire({ deployment }: Installed, account: AccountId): Promise<void> {
  for (const place of [FRANKFURT, IRELAND]) {
    await deployment.invoke('retire', { action: 'retire', target: { account, region: place } });
  }
}

async function drill({ file, deployment }: Installed, account: AccountId): Promise<void> {
  if (!file.policies.some(({ name }) => name === LEFT_RUNNING)) return;
  const target = { account, region: FRANKFURT };
  await deployment.invoke('drill', { action: 'drill', policy: LEFT_RUNNING, target });
}
