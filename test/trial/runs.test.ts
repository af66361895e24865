import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { accountId } from '../../lib/model/ids.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import type { Watcher } from '../../sandbox/watcher.ts';
import { Chance } from '../../sim/trial/chance.ts';
import { Journal } from '../../sim/trial/journal.ts';
import { Observer } from '../../sim/trial/observer/observer.ts';
import { Runs } from '../../sim/trial/runs.ts';
import { fairWeather } from '../../sim/trial/weather.ts';

const ACCOUNT = accountId('111122223333');

function aTrial(watcher: Watcher) {
  const clock = new VirtualClock(0);
  const sandbox = createSandbox({ clock, seed: 1, watcher });
  const runs = new Runs({
    sandbox,
    clock,
    journal: new Journal(),
    observer: new Observer({ account: ACCOUNT, lag: 0, transit: 0 }),
    weather: fairWeather(),
    chance: new Chance(1, 'runs'),
  });
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  const client = new EC2Client({ region: 'eu-central-1', credentials, maxAttempts: 1 });
  connectInProcess(runs.answering, client, { account: ACCOUNT });
  return { runs, client };
}

describe('what is thrown where a run takes it for a call that failed', () => {
  it('by whoever looks on is the trial’s defect', async () => {
    const mistake = () => {
      throw new RangeError('a mistake of the observer');
    };
    const { runs, client } = aTrial({ effect: mistake });
    await expect(client.send(new DescribeImagesCommand())).rejects.toThrow('a mistake of the observer');
    expect(runs.defect).toContain('RangeError: a mistake of the observer');
  });

  it('is one only where it was thrown, and the first of them', async () => {
    const { runs, client } = aTrial({});
    await client.send(new DescribeImagesCommand());
    await client.send(new DescribeImagesCommand({ ImageIds: ['ami-0123456789abcdef0'] })).catch(() => {});
    expect(runs.defect).toBeUndefined();
    runs.stumble(new Error('the first'));
    runs.stumble(new Error('the second'));
    expect(runs.defect).toContain('Error: the first');
  });
});
