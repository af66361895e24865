import { expect, test } from 'vitest';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import { assumptionsOfDrills, drillsHere } from '../../sim/drills-here.ts';
import { withNetworks } from '../../sim/networks.ts';
import { reportOf } from '../../sim/report.ts';
import { aRehearsal, aSmallFleet, demoPolicies } from './rehearsal.ts';

test("the networks that the demo's policies name have the ids that are furnished", async () => {
  const file = demoPolicies();
  expect(await withNetworks(file, 1, '111122223333')).toEqual(file);
});

test('what is furnished bears out that nothing leads out of it: drills begin, and none is refused', async () => {
  const { journal } = await aRehearsal({ fleet: aSmallFleet(), days: 1, seed: 2 });
  expect(journal.drilled.map(({ verdict }) => verdict)).toContain('passed');
  expect(journal.totals.filter(({ decision }) => /network|no-type/.test(decision))).toEqual([]);
});

const TEXT = `
deployment: own
regions: [us-east-1]
policies:
  one:
    select: { tags: { Tier: web } }
    schedule: { expression: rate(12 hours), timeZone: UTC }
    image: { reboot: never }
    retention: { keepLast: 2 }
    retire: { mode: apply, endAfterSourceGoneDays: never }
    drill:
      every: { days: 7 }
      regions: [us-east-1]
      check: console
      console: 'shop is open'
      instanceType: [m7g.large]
      leaseMinutes: 30
      maxAgeDays: 14
      network: { us-east-1: { subnets: [subnet-0a1b2c3d, subnet-0b1c2d3e, subnet-0c1d2e3f], securityGroup: sg-0a1b2c3d } }
`;

test("a person's own policies drill as well, in networks that are made in the place of theirs", async () => {
  const parsed = parsePolicyFile(TEXT, 'policies.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const file = drillsHere(parsed.file);
  const simulation = await aRehearsal({ file, days: 2, eventful: false });
  const { drills, recount } = reportOf(simulation);
  expect(recount.disagreements).toEqual([]);
  expect(drills.map(({ title, passed }) => [title, passed])).toEqual([
    ['web-06', 1],
    ['web-07', 1],
    ['web-08', 1],
  ]);
  const [told] = assumptionsOfDrills(file);
  expect(told).toContain('a sealed network is made here in the place of each that drill.network names');
  expect(assumptionsOfDrills({ ...file, policies: [] })).toEqual([]);
});
