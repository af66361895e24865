import type { Image } from '@aws-sdk/client-ec2';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { textsAt } from './texts-at.ts';
import { tagsOf, type Witness } from './witness.ts';

/** An image of the deployment, by what its own tags say. */
export interface OurImage {
  readonly id: string;
  readonly region: string;
  readonly state: string;
  readonly policy: string;
  readonly lineage: string;
  readonly instance: string;
  readonly sourceRegion: string;
  /** Milliseconds since the Unix epoch. */
  readonly slot: number;
  readonly version: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly snapshots: readonly string[];
}

/** A call of the deployment, or of people, that changed something. */
export interface ChangingCall {
  readonly at: number;
  readonly operation: string;
  readonly byPeople: boolean;
  /** Ids of images and snapshots. */
  readonly subjects: readonly string[];
  /** Keys of tags written or taken off. */
  readonly tagKeys: readonly string[];
}

/** A launch template's image, from when on it was in use. */
export interface TemplateUse {
  readonly imageId: string;
  readonly from: number;
}

/** All that the sandbox has to say for the recount. */
export interface Evidence {
  /** Those of ours that are registered now, failed ones included. */
  readonly images: readonly OurImage[];
  /** Every image of ours that ever became available, by id, as it was then. */
  readonly history: ReadonlyMap<string, OurImage & { readonly availableAt: number }>;
  /** Every image of ours that ever failed, by id. */
  readonly failures: ReadonlyMap<string, OurImage>;
  /** Copies of ours in vaults that ever became available, by id, as they were then. */
  readonly inVaults: ReadonlyMap<string, OurImage & { readonly availableAt: number }>;
  /** Ids of the images of others that ever became available. */
  readonly foreign: ReadonlySet<string>;
  readonly registered: ReadonlySet<string>;
  readonly calls: readonly ChangingCall[];
  readonly templates: readonly TemplateUse[];
}

export interface Scene {
  readonly sandbox: Sandbox;
  readonly witness: Witness;
  readonly account: string;
  /** The accounts that take copies and retire them by themselves. */
  readonly vaults: readonly string[];
  readonly deployment: string;
  /** Ids of the requests that people made. */
  readonly peoplesRequests: ReadonlySet<string>;
}

export function gatherEvidence(scene: Scene): Evidence {
  const { sandbox, witness, account, vaults, deployment } = scene;
  const now = sandbox.ec2.inspect.images({ account });
  const history = new Map<string, OurImage & { availableAt: number }>();
  const inVaults = new Map<string, OurImage & { availableAt: number }>();
  const foreign = new Set<string>();
  for (const [id, { account: owner, image, region, availableAt }] of witness.available) {
    const ours = readOurs(image, region, owner, deployment);
    if (ours && owner === account) history.set(id, { ...ours, availableAt });
    else if (ours && vaults.includes(owner)) inVaults.set(id, { ...ours, availableAt });
    else foreign.add(id);
  }
  const everywhere = [account, ...vaults].flatMap((owner) => sandbox.ec2.inspect.images({ account: owner }));
  return {
    images: now.flatMap(({ image, region }) => readOurs(image, region, account, deployment) ?? []),
    history,
    inVaults,
    failures: new Map(
      [...witness.failed].flatMap(([id, { image, region }]): [string, OurImage][] => {
        const ours = readOurs(image, region, account, deployment);
        return ours ? [[id, ours]] : [];
      }),
    ),
    foreign,
    registered: new Set(everywhere.map(({ image }) => image.ImageId ?? '')),
    ...readLog(scene),
  };
}

/** An image that carries the deployment's tags, has a name of its form, and is where its tags say that it was made. */
function readOurs(image: Image, region: string, account: string, deployment: string): OurImage | undefined {
  const tags = tagsOf(image);
  const isOurs =
    tags['amikeep:deployment'] === deployment &&
    tags['amikeep:home'] === `${account}/${region}` &&
    image.Name?.startsWith(`${deployment}/`);
  if (!isOurs) return undefined;
  return {
    id: image.ImageId ?? '',
    region,
    state: image.State ?? '',
    policy: tags['amikeep:policy'] ?? '',
    lineage: tags['amikeep:lineage'] ?? '',
    instance: tags['amikeep:source-instance'] ?? '',
    sourceRegion: tags['amikeep:source-region'] ?? '',
    slot: Date.parse(tags['amikeep:slot'] ?? ''),
    version: tags['amikeep:version'] ?? '',
    createdAt: Date.parse(image.CreationDate ?? ''),
    tags,
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  };
}

const CHANGES = new Set(['CreateTags', 'DeleteTags', 'DeregisterImage', 'DeleteSnapshot', 'DisableImage']);

function readLog({ sandbox, peoplesRequests }: Scene): Pick<Evidence, 'calls' | 'templates'> {
  const calls: ChangingCall[] = [];
  const templates: TemplateUse[] = [];
  for (const { operation, input, time, requestId, outcome } of sandbox.calls.log) {
    if (outcome !== 'ok') continue;
    if (operation === 'CreateLaunchTemplate') {
      const [imageId] = textsAt(input, 'LaunchTemplateData', 'ImageId');
      if (imageId !== undefined) templates.push({ imageId, from: time });
    }
    if (!CHANGES.has(operation)) continue;
    calls.push({
      at: time,
      operation,
      byPeople: peoplesRequests.has(requestId),
      subjects: [...textsAt(input, 'Resources'), ...textsAt(input, 'ImageId'), ...textsAt(input, 'SnapshotId')],
      tagKeys: textsAt(input, 'Tags', 'Key'),
    });
  }
  return { calls, templates };
}
