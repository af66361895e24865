import { describe, expect, it } from 'vitest';
import { createClients } from '../../lib/aws/calls/clients.ts';
import { region } from '../../lib/model/ids.ts';

describe('the clients of the SDK', () => {
  it('do not retry by themselves: that would wait in real time, and send a new token', async () => {
    const clients = createClients({ region: 'eu-central-1' });
    const here = region('eu-central-1');
    const all = [clients.ec2(here), clients.autoScaling(here), clients.ssm(here), clients.events()];
    expect(await Promise.all(all.map((client) => client.config.maxAttempts()))).toEqual([1, 1, 1, 1]);
    clients.close();
  });

  it('are one a service and region', () => {
    const clients = createClients({ region: 'eu-central-1' });
    const there = region('eu-west-1');
    for (const clientFor of [clients.ec2, clients.autoScaling, clients.ssm]) {
      expect(clientFor(there)).toBe(clientFor(there));
      expect(clientFor(there)).not.toBe(clientFor(region('eu-central-1')));
    }
    clients.close();
  });
});
