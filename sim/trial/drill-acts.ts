import {
  DetachVolumeCommand,
  type Instance,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../lib/aws/calls/clients.ts';
import { region as toRegion } from '../../lib/model/ids.ts';
import { HOUR, MINUTE } from '../../lib/model/time.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';

export interface DrillActPorts {
  readonly company: Company;
  readonly clients: Clients;
  readonly chance: Chance;
  readonly region: string;
  readonly id: string;
  /** The drill as it was when people came upon it. */
  readonly instance: Instance;
  /** Lets people do something more, after so many milliseconds. */
  readonly later: (after: number, text: string, work: () => Promise<unknown>) => void;
}

/** What people do to a drill that they come upon, and how often each is done compared with the others; in words. */
const ACTS: readonly (readonly [weight: number, act: (ports: DrillActPorts) => Promise<string>])[] = [
  [
    3,
    async ({ clients, region, id }) => {
      await clients.ec2(toRegion(region)).send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      return `drill ${id} is ended by hand`;
    },
  ],
  [
    3,
    async ({ clients, region, id }) => {
      await clients.ec2(toRegion(region)).send(new StopInstancesCommand({ InstanceIds: [id] }));
      return `drill ${id} is stopped by hand`;
    },
  ],
  [
    3,
    async ({ company, chance, region, id, instance, later }) => {
      const key = chance.pick(['amikeep:deployment', 'amikeep:drill']);
      const value = instance.Tags?.find((tag) => tag.Key === key)?.Value ?? '';
      await company.untag(region, id, key);
      const after = chance.pick([10 * MINUTE, 50 * MINUTE, 2 * HOUR]);
      later(after, `${key} is put back on drill ${id}`, () => company.tag(region, id, { [key]: value }));
      return `${key} is taken off drill ${id}`;
    },
  ],
  [
    2,
    async ({ company, region, instance }) => {
      const found = company.images().find(({ image }) => image.ImageId === instance.ImageId);
      if (!found) return `the image ${instance.ImageId} of a drill has gone`;
      await company.deregister(found, true);
      return `${instance.ImageId} is deregistered in ${region} by hand, while ${instance.InstanceId} is a drill of it`;
    },
  ],
  [
    1,
    async ({ clients, region, id, instance }) => {
      const others = (instance.BlockDeviceMappings ?? []).filter(
        ({ DeviceName }) => DeviceName !== instance.RootDeviceName,
      );
      const [volume] = others.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
      if (volume === undefined) return `nobody does anything to drill ${id}`;
      await clients.ec2(toRegion(region)).send(new DetachVolumeCommand({ VolumeId: volume }));
      return `${volume} is detached from drill ${id} by hand`;
    },
  ],
];

/** Lets people do something to a drill. */
export async function actOnDrill(ports: DrillActPorts): Promise<string> {
  return await ports.chance.weighted(ACTS)(ports);
}
