import { CopyImageCommand, CreateImageCommand, CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { DAY, formatInstant, HOUR, type Instant } from '../lib/model/time.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import { HOLD } from '../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SeededRandom } from '../sandbox/seeded.ts';
import { type DrillIncident, drillIncidents } from './drill-incidents.ts';
import type { Occurrence } from './driver.ts';
import { isMeant, momentIn } from './life.ts';
import type { Member, World } from './world.ts';

/** What was done to the deployment, with what it takes to find out how it fared. */
export type Incident =
  | DrillIncident
  | { readonly kind: 'outage'; readonly at: Instant; readonly until: Instant; readonly region: string }
  | {
      readonly kind: 'in-use';
      readonly at: Instant;
      readonly region: string;
      readonly imageId: string;
      /** `instance i-...`, `launch template lt-...` */
      readonly by: string;
    }
  | {
      readonly kind: 'hold';
      readonly at: Instant;
      readonly region: string;
      readonly imageId: string;
      readonly reason: string;
      readonly liftedAt: Instant;
    }
  | {
      readonly kind: 'instance-hold';
      readonly at: Instant;
      readonly region: string;
      readonly instanceId: string;
      readonly name: string;
      readonly reason: string;
      readonly liftedAt: Instant;
    }
  | { readonly kind: 'failure'; readonly at: Instant; readonly region: string; readonly operation: MakesImages }
  | {
      readonly kind: 'foreign';
      readonly at: Instant;
      readonly region: string;
      readonly imageId: string;
      readonly what: string;
    };

type MakesImages = 'CreateImage' | 'CopyImage';

export interface IncidentOptions {
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly file: PolicyFile;
  readonly random: SeededRandom;
  readonly from: Instant;
  readonly until: Instant;
  readonly tell: (incident: Incident) => void;
}

/** What goes wrong, and what people do that amikeep has to respect, as far as the policies give occasion for it. */
export function incidentsOf(options: IncidentOptions): Occurrence[] {
  const { file } = options;
  const retiring = file.policies.filter(({ retire }) => retire.mode === 'apply');
  const copying = retiring.find(({ copies }) => copies.length > 0);
  const used = retiring.find((policy) => policy !== copying) ?? copying;
  return [
    ...(used ? imagesInUse(used, options) : []),
    ...(copying
      ? [
          ...outage(copying, options),
          ...holdOnImage(copying, options),
          ...holdOnInstance(copying, options),
          ...foreignImages(copying, options),
        ]
      : []),
    ...(used ? failure('CreateImage', file.regions[0], options) : []),
    ...(copying ? failure('CopyImage', copying.copies[0]?.region, options) : []),
    ...drillIncidents(options),
  ];
}

/**
 * A DR region answers nothing for a day, or a tenth of the time if that is shorter. It begins after working hours, so
 * that it is the deployment that meets it and not people.
 */
function outage({ copies: [copy] }: Policy, { sandbox, from, until, tell }: IncidentOptions): Occurrence[] {
  if (!copy) return [];
  const at = Math.floor((from + 0.33 * (until - from)) / DAY) * DAY + 18 * HOUR;
  const end = at + Math.min(DAY, Math.ceil((until - from) / 10 / HOUR) * HOUR);
  return [
    {
      at,
      happen: async () => {
        sandbox.faults.add({
          id: 'outage',
          kind: 'error-before',
          service: 'ec2',
          region: copy.region,
          from: formatInstant(at),
          until: formatInstant(end),
          code: 'Unavailable',
          status: 503,
          message: 'The service is unavailable.',
        });
        tell({ kind: 'outage', at, until: end, region: copy.region });
      },
    },
    {
      at: end,
      happen: async () => {
        sandbox.faults.remove('outage');
      },
    },
  ];
}

/** One image is launched, and the instance then forgotten while it is stopped; another is in a launch template. */
function imagesInUse(policy: Policy, options: IncidentOptions): Occurrence[] {
  const { world, tell } = options;
  const launchedAt = momentIn([0.2, 0.25], options);
  const templateAt = momentIn([0.1, 0.2], options);
  return [
    {
      at: launchedAt,
      happen: async () => {
        const member = membersUnder(policy, world).at(0);
        const image = member && (await world.newestImageOf(member));
        if (!member || !image?.ImageId) return;
        const { region, zone } = member.spec;
        const name = `restore-of-${member.spec.name}`;
        const spec = { name, region, zone, state: 'running', tags: { Name: name }, volumes: [] } as const;
        const restored = await world.launch(spec, image.ImageId);
        tell({ kind: 'in-use', at: launchedAt, region, imageId: image.ImageId, by: `instance ${restored.id}` });
      },
    },
    {
      at: templateAt,
      happen: async () => {
        const member = membersUnder(policy, world).at(-1);
        const image = member && (await world.newestImageOf(member));
        if (!member || !image?.ImageId) return;
        const { region } = member.spec;
        const { LaunchTemplate: template } = await world.client(region).send(
          new CreateLaunchTemplateCommand({
            LaunchTemplateName: `golden-${member.id}`,
            LaunchTemplateData: { ImageId: image.ImageId },
            ClientToken: `golden-${member.id}`,
          }),
        );
        const by = `launch template ${template?.LaunchTemplateId}`;
        tell({ kind: 'in-use', at: templateAt, region, imageId: image.ImageId, by });
      },
    },
  ];
}

/** A person holds one image until it is no longer needed. */
function holdOnImage(policy: Policy, options: IncidentOptions): Occurrence[] {
  const { world, tell } = options;
  const at = momentIn([0.25, 0.3], options);
  const liftedAt = momentIn([0.6, 0.7], options);
  let held: { readonly region: string; readonly imageId: string } | undefined;
  return [
    {
      at,
      happen: async () => {
        const member = membersUnder(policy, world).at(1);
        const image = member && (await world.newestImageOf(member));
        if (!member || !image?.ImageId) return;
        held = { region: member.spec.region, imageId: image.ImageId };
        const reason = 'audit of the quarter';
        await world.tagImage(held.region, held.imageId, { [HOLD]: reason });
        tell({ kind: 'hold', at, ...held, reason, liftedAt });
      },
    },
    {
      at: liftedAt,
      happen: async () => {
        if (held) await world.untagImage(held.region, held.imageId, HOLD);
      },
    },
  ];
}

/** A person holds an instance for some days: the images of those days stay on hold afterwards. */
function holdOnInstance(policy: Policy, options: IncidentOptions): Occurrence[] {
  const { world, tell } = options;
  const at = momentIn([0.4, 0.45], options);
  const liftedAt = at + 5 * DAY;
  let held: Member | undefined;
  return [
    {
      at,
      happen: async () => {
        held = membersUnder(policy, world).at(2);
        if (!held) return;
        const { id: instanceId, spec } = held;
        const reason = 'legal hold';
        await world.tag(held, { [HOLD]: reason });
        tell({ kind: 'instance-hold', at, region: spec.region, instanceId, name: spec.name, reason, liftedAt });
      },
    },
    {
      at: liftedAt,
      happen: async () => {
        if (held && !held.gone) await world.untag(held, HOLD);
      },
    },
  ];
}

/** A person makes an image by hand, and copies one of ours with all its tags. */
function foreignImages(policy: Policy, options: IncidentOptions): Occurrence[] {
  const { world, tell } = options;
  const at = momentIn([0.12, 0.18], options);
  const make = async () => {
    const member = membersUnder(policy, world).at(0);
    const image = member && (await world.newestImageOf(member));
    const away = policy.copies[0]?.region;
    if (!member || !image?.ImageId || away === undefined) return;
    const { region, name } = member.spec;
    const byHand = await world
      .client(region)
      .send(
        new CreateImageCommand({ InstanceId: member.id, Name: `before-the-upgrade-of-${member.id}`, NoReboot: true }),
      );
    const copied = await world.client(away).send(
      new CopyImageCommand({
        Name: `${member.id}-to-try-things-out`,
        SourceImageId: image.ImageId,
        SourceRegion: region,
        CopyImageTags: true,
        ClientToken: `copy-of-${member.id}`,
      }),
    );
    tell({ kind: 'foreign', at, region, imageId: byHand.ImageId ?? '', what: `an image of ${name} made by hand` });
    const what = `a person's copy of ${image.ImageId}, our tags included`;
    tell({ kind: 'foreign', at, region: away, imageId: copied.ImageId ?? '', what });
  };
  return [{ at, happen: make }];
}

/** The next image that is made, or copied, fails in the making. */
function failure(operation: MakesImages, region: string | undefined, options: IncidentOptions): Occurrence[] {
  const { sandbox, tell } = options;
  if (region === undefined) return [];
  const at = momentIn([0.5, 0.55], options);
  const message = `Client.InternalError: ${operation} came to nothing`;
  return [
    {
      at,
      happen: async () => {
        sandbox.ec2.failNextImage({ region, operation, code: 'Client.InternalError', message });
        tell({ kind: 'failure', at, region, operation });
      },
    },
  ];
}

function membersUnder(policy: Policy, world: World): readonly Member[] {
  return world.live.filter(({ tags }) => isMeant(policy, tags));
}
