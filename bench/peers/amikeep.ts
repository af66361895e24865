import { SeededRandom } from '../../sandbox/seeded.ts';
import { deploy } from '../../sim/deployment.ts';
import { HOME, NEWEST } from '../inventory.ts';
import type { Tool } from './tool.ts';

/** amikeep's functions. What EC2 tells of images reaches none of them, so that sweeps do the work. */
export const amikeep: Tool = {
  name: 'amikeep',
  actions: ['snapshot', 'copy', 'retire'],
  held: true,
  newest: NEWEST,
  run: async (action, { sandbox, clock, file }) => {
    const random = new SeededRandom(1);
    const functions = deploy({ sandbox, file, account: HOME.account, random: () => random.next() });
    const slot = { policy: 'nightly', slot: 'current' };
    const payload = { action, target: HOME, ...(action === 'snapshot' && slot) };
    try {
      const [run] = await clock.run(() => Promise.allSettled([functions.invoke(action, payload)]));
      const errors = await clock.run(() => functions.deliver());
      return run?.status === 'fulfilled' && errors.length === 0;
    } finally {
      functions.close();
    }
  },
};
