import type { Chance } from './chance.ts';
import type { Company, Found, Member, Named } from './company.ts';
import { aRole, aServer } from './fleet.ts';
import { PINS } from './pins.ts';

export interface ActPorts {
  readonly company: Company;
  readonly chance: Chance;
  /** Where instances are. */
  readonly regions: readonly string[];
  /** What policies select instances by, in their tag `Backup`. */
  readonly backups: readonly string[];
  /** Where copies may be. */
  readonly copyRegions: readonly string[];
}

/** Something that people do; it gives what they did in words, or nothing where there was no occasion for it. */
type Act = (ports: ActPorts) => Promise<string | undefined>;

const HOLD = 'amikeep:hold';
const STAMPED = ['amikeep:deployment', 'amikeep:slot', 'amikeep:policy', 'amikeep:home'] as const;

/** What people do, and how often each is done compared with the others. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  // The fleet.
  [
    4,
    async ({ company, chance, regions, backups }) => {
      const { id, server } = await company.launch(aServer(chance, regions, backups));
      return `${id} is launched in ${server.region}: ${JSON.stringify(server.tags)}`;
    },
  ],
  [
    8,
    withMember(async (member, { company }) => {
      if (company.servers.length < 3) return undefined;
      await company.terminate(member);
      return `${member.id} is terminated`;
    }),
  ],
  [
    6,
    withMember(async (member, { company, chance }) => {
      await company.terminate(member);
      const images = company
        .images()
        .filter(({ image }) => image.SourceInstanceId === member.id && image.State === 'available');
      const from = images.length > 0 && chance.hits(0.4) ? chance.pick(images).image.ImageId : undefined;
      const { id } = await company.launch(member.server, from);
      return `${member.id} is terminated, and ${id} takes its place${from === undefined ? '' : `, launched from ${from}`}`;
    }),
  ],
  [
    5,
    withMember(async (member, { company }) => {
      await (member.state === 'running' ? company.stop(member) : company.start(member));
      return `${member.id} is ${member.state} now`;
    }),
  ],
  [
    5,
    withMember(async ({ id, server }, { company, chance, backups }) => {
      const Backup = chance.hits(0.2) ? 'none' : chance.pick(backups);
      await company.tag(server.region, id, { Backup });
      return `${id} is tagged Backup=${Backup}`;
    }),
  ],
  [
    3,
    withMember(async ({ id, server }, { company, chance }) => {
      const Role = aRole(chance);
      const isLost = chance.hits(0.4);
      if (isLost) await company.untag(server.region, id, 'Role');
      else await company.tag(server.region, id, { Role });
      return `${id} ${isLost ? 'loses its role' : `is ${Role} now`}`;
    }),
  ],
  [
    2,
    withMember(async ({ id, server }, { company, chance }) => {
      if (chance.hits(0.3)) await company.tag(server.region, id, { Environment: 'scratch' });
      else await company.untag(server.region, id, 'Environment');
      return `${id} is scratch, or no longer`;
    }),
  ],

  // Uses.
  [
    9,
    withImage(async (found, { company, chance, regions }) => {
      const pins = PINS.filter(({ instancesOnly }) => !instancesOnly || regions.includes(found.region));
      return await chance.pick(pins).set(company, found, chance);
    }),
  ],
  [5, async ({ company, chance }) => await chance.pick(PINS).lift(company, chance)],

  // Holds.
  [
    6,
    withImage(async ({ region, image }, { company }) => {
      await company.tag(region, image.ImageId, { [HOLD]: 'audit' });
      return `${image.ImageId} is held`;
    }),
  ],
  [
    4,
    async ({ company, chance }) => {
      const held = company.images().filter(({ image }) => image.Tags?.some(({ Key }) => Key === HOLD));
      if (held.length === 0) return undefined;
      const { region, image } = chance.pick(held);
      await company.untag(region, image.ImageId, HOLD);
      const snapshots = chance.hits(0.8) ? snapshotsOf(image) : [];
      for (const id of snapshots) await company.untag(region, id, HOLD);
      return `${image.ImageId} is no longer held${snapshots.length > 0 ? ', nor are its snapshots' : ''}`;
    },
  ],
  [
    3,
    withMember(async ({ id, server }, { company, chance }) => {
      const isHeld = chance.hits(0.4);
      if (isHeld) await company.tag(server.region, id, { [HOLD]: 'legal' });
      else await company.untag(server.region, id, HOLD);
      return `${id} is ${isHeld ? '' : 'no longer '}held`;
    }),
  ],

  [
    2,
    withImage(async (found, { company }) => {
      await company.protect(found);
      return `${found.image.ImageId} is protected against deregistration`;
    }),
  ],
  [
    2,
    async ({ company, chance }) => {
      if (company.protectedImages.length === 0) return undefined;
      const image = chance.pick(company.protectedImages);
      await company.unprotect(image);
      return `${image.id} is no longer protected`;
    },
  ],
  [
    1,
    withSnapshot(async ({ region, id }, { company }) => {
      await company.tag(region, id, { [HOLD]: 'audit' });
      return `${id} is held`;
    }),
  ],
  [
    1,
    withSnapshot(async (snapshot, { company }) => {
      await company.lockSnapshot(snapshot);
      return `${snapshot.id} is locked for five days`;
    }),
  ],
  [
    1,
    withSnapshot(async (snapshot, { company }) => {
      await company.shareSnapshot(snapshot);
      return `${snapshot.id} is shared`;
    }),
  ],

  // Behind our back.
  [
    4,
    withImage(async (found, { company, chance }) => {
      const withSnapshots = chance.hits(0.5);
      await company.deregister(found, withSnapshots);
      return `${found.image.ImageId} is deregistered by hand, its snapshots ${withSnapshots ? 'too' : 'stay'}`;
    }),
  ],
  [
    2,
    withImage(async (found, { company }) => {
      await company.disable(found);
      return `${found.image.ImageId} is disabled by hand`;
    }),
  ],
  [
    2,
    async ({ company, chance }) => {
      const disabled = company.images().filter(({ image }) => image.State === 'disabled');
      if (disabled.length === 0) return undefined;
      const found = chance.pick(disabled);
      await company.enable(found);
      return `${found.image.ImageId} is enabled by hand`;
    },
  ],
  [
    3,
    withImage(async ({ region, image }, { company }) => {
      await company.tag(region, image.ImageId, { Project: 'people write what they like' });
      return `${image.ImageId} gets a tag of people's`;
    }),
  ],
  [
    2,
    withImage(async ({ region, image }, { company }) => {
      await company.untag(region, image.ImageId, 'amikeep:retire');
      return `the mark of ${image.ImageId}, if it has one, is taken off by hand`;
    }),
  ],
  [
    2,
    withImage(async ({ region, image }, { company }) => {
      await company.untag(region, image.ImageId, STAMPED[0]);
      return `${image.ImageId} is taken away from its deployment`;
    }),
  ],
  [
    2,
    withImage(async ({ region, image }, { company, chance }) => {
      const key = chance.pick(STAMPED);
      await company.tag(region, image.ImageId, { [key]: 'written over' });
      return `${key} of ${image.ImageId} is written over`;
    }),
  ],

  // Look-alikes.
  [
    4,
    withImage(async (found, { company, chance, regions, copyRegions }) => {
      const to = chance.pick([found.region, ...regions, ...copyRegions]);
      await company.copyImage(found, to);
      return `${found.image.ImageId} is copied by hand to ${to}, with all its tags`;
    }),
  ],
  [
    3,
    withImage(async ({ image }, { company, chance }) => {
      const member = chance.pick(company.live);
      const tags = (image.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
      await company.createImage(member, Object.fromEntries(tags.filter(([key]) => !key.startsWith('aws:'))));
      return `an image of ${member.id} is made by hand, with the tags of ${image.ImageId}`;
    }),
  ],
];

/** Something that people do now, chosen by chance. */
export async function act(ports: ActPorts): Promise<string | undefined> {
  return await ports.chance.weighted(ACTS)(ports);
}

function withMember(work: (member: Member, ports: ActPorts) => Promise<string | undefined>): Act {
  return async (ports) => {
    const members = ports.company.servers;
    return members.length === 0 ? undefined : await work(ports.chance.pick(members), ports);
  };
}

/** With an image that carries the tag of a deployment. */
function withImage(work: (found: Found, ports: ActPorts) => Promise<string | undefined>): Act {
  return async (ports) => {
    const images = ports.company
      .images()
      .filter(({ image }) => image.State === 'available' && image.Tags?.some(({ Key }) => Key === STAMPED[0]));
    return images.length === 0 ? undefined : await work(ports.chance.pick(images), ports);
  };
}

/** With a snapshot of such an image. */
function withSnapshot(work: (snapshot: Named, ports: ActPorts) => Promise<string | undefined>): Act {
  return withImage(async ({ region, image }, ports) => {
    const ids = snapshotsOf(image);
    return ids.length === 0 ? undefined : await work({ region, id: ports.chance.pick(ids) }, ports);
  });
}

function snapshotsOf({ BlockDeviceMappings = [] }: Found['image']): string[] {
  return BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}
