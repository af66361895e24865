import { describe, expect, it } from 'vitest';
import { firstLaunched } from '../../../lib/aws/reads/drills.ts';
import { HOUR } from '../../../lib/model/time.ts';
import { NOW } from '../../planning/fleet.ts';

const at = (moment: number) => new Date(moment);
const attached = (DeviceIndex: number, moment: number) => ({ Attachment: { DeviceIndex, AttachTime: at(moment) } });

describe('P16: a drill was launched', () => {
  it('when its first interface came, which no start after a stop moves', () => {
    const NetworkInterfaces = [attached(1, NOW + HOUR), attached(0, NOW)];
    expect(firstLaunched({ LaunchTime: at(NOW + 2 * HOUR), NetworkInterfaces })).toBe(NOW);
  });

  it('when EC2 says, where it has no interface any more', () => {
    expect(firstLaunched({ LaunchTime: at(NOW), NetworkInterfaces: [] })).toBe(NOW);
    expect(firstLaunched({ LaunchTime: at(NOW) })).toBe(NOW);
  });
});
