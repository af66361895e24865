import { describe, expect, it } from 'vitest';
import { createClients } from '../../lib/aws/clients.ts';
import { region } from '../../lib/model/ids.ts';

describe('the clients of the SDK', () => {
  it('do not retry by themselves: that would wait in real time, and send a new token', async () => {
    const clients = createClients({ region: 'eu-central-1' });
    const all = [clients.ec2(region('eu-central-1')), clients.ec2(region('eu-west-1')), clients.events()];
    expect(await Promise.all(all.map((client) => client.config.maxAttempts()))).toEqual([1, 1, 1]);
    clients.close();
  });

  it('are one a region', () => {
    const clients = createClients({ region: 'eu-central-1' });
    expect(clients.ec2(region('eu-west-1'))).toBe(clients.ec2(region('eu-west-1')));
    clients.close();
  });
});
