import { expect, it } from 'vitest';
import type { RecycleBinRule } from '../../../lib/model/recycle-bin.ts';
import { HOUR } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { ADOPTED } from '../../../lib/tagging/tag-keys.ts';
import { aPolicy, aPolicyFile, RETIRE_RULES } from '../../builders.ts';
import { about, ami, cutShort, imageOfDay, imagesOfDays, marked, NOW, read, retireInventory, snap } from '../fleet.ts';

const rule = (resource: RecycleBinRule['resource'], retentionDays: number): RecycleBinRule => ({
  id: `${resource}-rule`,
  resource,
  retentionDays,
  tags: [{ key: 'amikeep:policy', value: 'nightly' }],
  excludeTags: [],
});

const going = [...imagesOfDays(3), marked(imageOfDay(3), NOW - 30 * HOUR)];
const plan = (rules: readonly RecycleBinRule[]) =>
  planRetirement(aPolicyFile(), retireInventory(going, { binRules: read(rules) }), NOW);

it.each([
  [[], 'no keep rule wants it (last=3 zone=UTC)'],
  [[rule('snapshot', 9)], 'no keep rule wants it (last=3 zone=UTC)'],
  [
    [rule('image', 9)],
    'no keep rule wants it (last=3 zone=UTC); the Recycle Bin keeps the image, but no rule of it keeps its snapshots, without which it cannot come back',
  ],
  [
    [rule('image', 9), rule('snapshot', 7)],
    `no keep rule wants it (last=3 zone=UTC); the Recycle Bin keeps it for 7 days, and amikeep undo ${ami(4)} brings it back`,
  ],
] as const)('with the rules %j an image goes as: %s', (rules, text) => {
  expect(about(plan(rules), ami(4))).toMatchObject({ action: 'deregister', reason: { code: 'expired', text } });
});

it('is told before anything is done: with the mark, which does not hold it, and with what is only proposed', () => {
  const images = imagesOfDays(4);
  const overrides = { binRules: read([rule('image', 9), rule('snapshot', 7)]) };
  const back = `; the Recycle Bin keeps it for 7 days, and amikeep undo ${ami(4)} brings it back`;
  expect(about(planRetirement(aPolicyFile(), retireInventory(images, overrides), NOW), ami(4))).toMatchObject({
    action: 'mark',
    reason: { code: 'expired', text: `no keep rule wants it (last=3 zone=UTC)${back}` },
    change: { text: 'no keep rule wants it (last=3 zone=UTC)' },
  });
  const retire = { ...RETIRE_RULES, maxPerDay: { percent: 100 }, mode: 'plan' as const };
  const file = aPolicyFile({ policies: [aPolicy({ retire })] });
  expect(about(planRetirement(file, retireInventory(images, overrides), NOW), ami(4))).toMatchObject({
    action: 'propose',
    reason: {
      code: 'policy-in-plan-mode',
      text: `no keep rule wants it (last=3 zone=UTC); it would be retired, but policy nightly says retire.mode: plan${back}`,
    },
  });
});

it('an adopted image, whose name undo would not know in the bin, comes back by hand', () => {
  const adopted = going.map((image) => ({ ...image, name: 'golden', tags: { ...image.tags, [ADOPTED]: image.id } }));
  const inventory = retireInventory(adopted, { binRules: read([rule('image', 9), rule('snapshot', 7)]) });
  const { reason } = about(planRetirement(aPolicyFile(), inventory, NOW), ami(4));
  expect(reason.text).toBe(
    'no keep rule wants it (last=3 zone=UTC); the Recycle Bin keeps it for 7 days, and, as its name is none of ours, ' +
      `this brings it back: aws ec2 restore-snapshot-from-recycle-bin --region eu-central-1 --snapshot-id ${snap(4)}` +
      ` && aws ec2 restore-image-from-recycle-bin --region eu-central-1 --image-id ${ami(4)}; then amikeep undo ${ami(4)} holds it`,
  );
});

it('P15: rules that could not be read are told, and fail nothing', () => {
  const inventory = retireInventory(going, { binRules: cutShort([], 'Recycle Bin rules') });
  const { problems, warnings, decisions } = planRetirement(aPolicyFile(), inventory, NOW);
  expect([problems, warnings]).toEqual([
    [],
    ['what the Recycle Bin in eu-central-1 would keep could not be read: UnauthorizedOperation'],
  ]);
  expect(decisions.map(({ action }) => action)).toContain('deregister');
});

it('P6: rules that could not be read may keep it: it bears the word by which it stays once a person has restored it', () => {
  const inventory = retireInventory(going, { binRules: cutShort([], 'Recycle Bin rules') });
  expect(about(planRetirement(aPolicyFile(), inventory, NOW), ami(4))).toMatchObject({
    action: 'deregister',
    change: { binned: [ami(4), snap(4)] },
  });
});
