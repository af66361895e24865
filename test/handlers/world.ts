import {
  type BlockDeviceMapping,
  CreateTagsCommand,
  type EC2Client,
  type Image,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { z } from 'zod';
import { awsFor } from '../../lib/aws/aws.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { SealKey } from '../../lib/aws/calls/seal-key.ts';
import type { Answer } from '../../lib/lambda/handler.ts';
import { type AccountId, accountId, type Region, region } from '../../lib/model/ids.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Action } from '../../lib/run/event.ts';
import { outcomeDetails } from '../../lib/run/outcome/details.ts';
import type { Aws } from '../../lib/run/ports.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { Ec2Behaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Watcher } from '../../sandbox/watcher.ts';
import { type Deployment, type DeploymentOptions, deploy, stackKeys } from '../../sim/deployment.ts';

export const ACCOUNT: AccountId = accountId('111122223333');
export const FRANKFURT = region('eu-central-1');
export const IRELAND = region('eu-west-1');

/** Nightly at 03:00 UTC, three days kept, a copy of the last two in Ireland. */
export const NIGHTLY = `
deployment: test
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 3 * * ? *), timeZone: UTC }
    image: { reboot: never }
    copies:
      - { region: eu-west-1, retention: { keepDaily: 2 } }
    retention: { keepDaily: 3 }
    retire: { mode: apply, maxPerDay: 100%, endAfterSourceGoneDays: never }
`;

/** The same without copies. */
export const LOCAL = NIGHTLY.replace(/ {4}copies:\n.*\n/, '');

export interface World extends Deployment {
  readonly file: PolicyFile;
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  /** Invokes a function while time passes as it has to. */
  invoke(action: Action, payload?: object): Promise<Answer>;
  /** The same, several at once, their calls interleaved; gives back what each answered or threw. */
  invokeTogether(action: Action, payloads: readonly object[]): Promise<PromiseSettledResult<Answer>[]>;
  deliver(): Promise<Error[]>;
  /** Sends what an SDK client is told to, while time passes as it has to. */
  send<T>(place: Region, send: (client: EC2Client) => Promise<T>): Promise<T>;
  launch(count: number, tags: Record<string, string>, extra?: Launch): Promise<string[]>;
  tag(id: string, tags: Record<string, string>, place?: Region): Promise<void>;
  /** The images of ours that a region has, oldest first. */
  images(place?: Region): Image[];
  /** What the runs told that finished since this was asked last. */
  finishedRuns(): RunFinished[];
  /** A night of the policy: the schedule fires at 03:00, images and copies get done, the sweeps run. */
  night(date: string): Promise<Error[]>;
}

const runFinished = outcomeDetails['Run Finished'];
export type RunFinished = z.infer<typeof runFinished>;

interface Launch {
  readonly volumes?: readonly BlockDeviceMapping[];
  readonly imageId?: string;
  readonly place?: Region;
}

export interface WorldOptions extends Partial<DeploymentOptions> {
  readonly policies?: string;
  readonly behaviour?: Partial<Ec2Behaviour>;
  readonly startsAt?: string;
  readonly watcher?: Watcher;
  /** Of the chance by which faults strike. */
  readonly seed?: number;
}

/** The key that a world's deployment seals with. */
export function sealKeyOf({ file }: Pick<World, 'file'>): SealKey {
  const home = { account: ACCOUNT, region: file.regions[0] ?? FRANKFURT };
  return new SealKey(file, home);
}

/** AWS as a run in a world has it, by itself. */
export function awsOf(world: World, stopAt = Number.POSITIVE_INFINITY): Aws {
  const { clients, clock } = world;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5, sealKey: sealKeyOf(world) };
  return awsFor(ports, ACCOUNT, stopAt);
}

/** amikeep deployed on a sandbox of its own, at midnight of 1 November 2026. */
export function aWorld({
  policies = NIGHTLY,
  behaviour = {},
  startsAt,
  watcher = {},
  seed = 1,
  ...options
}: WorldOptions = {}): World {
  const parsed = parsePolicyFile(policies, 'policies.yml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const clock = new VirtualClock(Date.parse(startsAt ?? '2026-11-01T00:00:00Z'));
  const sandbox = createSandbox({
    clock,
    seed,
    ec2: { ...stackKeys(parsed.file), ...behaviour },
    calls: { log: 10_000, inputs: true },
    watcher,
  });
  const deployment = deploy({ sandbox, file: parsed.file, account: ACCOUNT, random: () => 0.5, ...options });
  const send: World['send'] = (place, work) => clock.run(() => work(deployment.client(place)));
  const invoke: World['invoke'] = (action, payload = {}) =>
    clock.run(() => deployment.invoke(action, { action, ...payload }));
  const deliver = () => clock.run(() => deployment.deliver());

  return {
    ...deployment,
    file: parsed.file,
    clock,
    sandbox,
    invoke,
    invokeTogether: (action, payloads) =>
      clock.run(() => Promise.allSettled(payloads.map((payload) => deployment.invoke(action, { action, ...payload })))),
    deliver,
    send,
    launch: async (count, tags, { volumes, place = FRANKFURT, imageId = publicImageId(place, 'al2023') } = {}) => {
      const { Instances = [] } = await send(place, (client) =>
        client.send(
          new RunInstancesCommand({
            ImageId: imageId,
            MinCount: count,
            MaxCount: count,
            ...(volumes && { BlockDeviceMappings: [...volumes] }),
            TagSpecifications: [{ ResourceType: 'instance', Tags: tagList(tags) }],
          }),
        ),
      );
      await clock.advance(60_000);
      return Instances.flatMap(({ InstanceId }) => InstanceId ?? []);
    },
    tag: async (id, tags, place = FRANKFURT) => {
      await send(place, (client) => client.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })));
    },
    finishedRuns: () =>
      deployment
        .takeOutcomes()
        .filter((event) => event['detail-type'] === 'Run Finished')
        .map(({ detail }) => runFinished.parse(detail)),
    images: (place = FRANKFURT) =>
      sandbox.ec2.inspect
        .images({ account: ACCOUNT, region: place })
        .map(({ image }) => image)
        .filter((image) => tagOf(image, 'amikeep:deployment') !== ''),
    night: async (date) => {
      await clock.advanceTo(Date.parse(`${date}T03:00:00Z`));
      await invoke('snapshot', { policy: 'nightly', slot: `${date}T03:00:00Z` });
      const errors = await deliver();
      for (let hour = 0; hour < 2; hour++) {
        await clock.advance(3_600_000);
        errors.push(...(await deliver()));
      }
      await invoke('copy');
      errors.push(...(await deliver()));
      await clock.advance(3_600_000);
      await invoke('retire');
      errors.push(...(await deliver()));
      return errors;
    },
  };
}

function tagList(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** An image's tag, or an empty text. */
export function tagOf(image: Image | undefined, key: string): string {
  return image?.Tags?.find(({ Key }) => Key === key)?.Value ?? '';
}
