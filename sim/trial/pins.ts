import type { Chance } from './chance.ts';
import type { Company, Found, Named } from './company.ts';

/** A way in which an image comes into use, and out of use again. */
export interface Pin {
  readonly name: string;
  /** Only in these regions may it be used in this way; in any, if absent. */
  readonly instancesOnly: boolean;
  set(company: Company, found: Found, chance: Chance): Promise<string>;
  /** Takes one of this kind off again, if there is any. */
  lift(company: Company, chance: Chance): Promise<string | undefined>;
}

/** Of the instances that stand for a use of an image and for nothing else. */
const USER = { Purpose: 'restored' };

const byInstance: Pin = {
  name: 'instance',
  instancesOnly: true,
  set: async (company, { region, image }, chance) => {
    const member = await company.launch({ region, tags: USER, volumes: [] }, image.ImageId);
    // A stopped instance needs its image as much as one that runs.
    if (chance.hits(0.5)) await company.stop(member);
    return `${member.id} is launched from ${image.ImageId}${member.state === 'stopped' ? ' and stopped' : ''}`;
  },
  lift: async (company, chance) => {
    const users = company.live.filter(({ server }) => server.tags === USER);
    if (users.length === 0) return undefined;
    const member = chance.pick(users);
    await company.terminate(member);
    return `${member.id} is terminated`;
  },
};

const byTemplate: Pin = {
  name: 'launch template',
  instancesOnly: false,
  set: async (company, found, chance) => {
    const here = company.templates.filter(({ region }) => region === found.region);
    if (here.length === 0 || chance.hits(0.3)) {
      await company.createTemplate(found);
      return `a new launch template names ${found.image.ImageId}`;
    }
    // What the versions before named stays in use.
    const { id } = chance.pick(here);
    await company.addTemplateVersion(id, found);
    return `a new version of ${id} names ${found.image.ImageId}`;
  },
  lift: async (company, chance) => {
    if (company.templates.length === 0) return undefined;
    const template = chance.pick(company.templates);
    await company.deleteTemplate(template);
    return `${template.id} is deleted with all its versions`;
  },
};

const byGroup: Pin = {
  name: 'group',
  instancesOnly: false,
  set: async (company, found) => {
    const { id } = await company.createGroup(found);
    return `group ${id}, which wants no instance now, names ${found.image.ImageId} in one of its overrides`;
  },
  lift: (company, chance) =>
    oneOf(company.groups, chance, async (group) => {
      await company.deleteGroup(group);
      return `group ${group.id} is deleted`;
    }),
};

const byConfiguration: Pin = {
  name: 'launch configuration',
  instancesOnly: false,
  set: async (company, found) => {
    const { id } = await company.createConfiguration(found);
    return `launch configuration ${id} names ${found.image.ImageId}`;
  },
  lift: (company, chance) =>
    oneOf(company.configurations, chance, async (configuration) => {
      await company.deleteConfiguration(configuration);
      return `launch configuration ${configuration.id} is deleted`;
    }),
};

const byParameter: Pin = {
  name: 'parameter',
  instancesOnly: false,
  set: async (company, found, chance) => {
    const here = company.parameters.filter(({ region }) => region === found.region);
    const known = here.length > 0 && chance.hits(0.5) ? chance.pick(here) : undefined;
    const { id } = await company.putParameter(found, known);
    return `parameter ${id} names ${found.image.ImageId}${known ? ', and another no longer' : ''}`;
  },
  lift: (company, chance) =>
    oneOf(company.parameters, chance, async (parameter) => {
      await company.deleteParameter(parameter);
      return `parameter ${parameter.id} is deleted`;
    }),
};

const byAnotherAccount: Pin = {
  name: 'another account',
  instancesOnly: false,
  set: async (company, found, chance) => {
    // What EC2 reported before an image is launched for the first time, or is shared once more, tells of no use.
    const shared = company.images().filter(({ image }) => company.sharedImages.has(image.ImageId));
    if (shared.length > 0 && chance.hits(0.3)) {
      const known = chance.pick(shared);
      const { id } = await company.launchElsewhere(known);
      return `${id} of another account is launched from ${known.image.ImageId}, which was shared before`;
    }
    await company.share(found);
    if (chance.hits(0.3)) return `${found.image.ImageId} is shared`;
    const { id } = await company.launchElsewhere(found);
    return `${found.image.ImageId} is shared, and ${id} of another account is launched from it`;
  },
  lift: (company, chance) =>
    oneOf(company.neighbours, chance, async (instance) => {
      await company.terminateElsewhere(instance);
      return `${instance.id} of another account is terminated`;
    }),
};

async function oneOf(
  list: readonly Named[],
  chance: Chance,
  work: (one: Named) => Promise<string>,
): Promise<string | undefined> {
  return list.length === 0 ? undefined : await work(chance.pick(list));
}

export const PINS: readonly Pin[] = [byInstance, byTemplate, byGroup, byConfiguration, byParameter, byAnotherAccount];
