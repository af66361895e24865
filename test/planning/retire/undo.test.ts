import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { type BinnedImage, planUndo, type UndoInventory } from '../../../lib/planning/retire/undo.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, aPolicyFile, HERE } from '../../builders.ts';
import {
  about,
  ami,
  cutShort,
  deprecated,
  disabled,
  ended,
  imageOfDay,
  marked,
  NOW,
  read,
  retireInventory,
  snap,
  tagged,
} from '../fleet.ts';

const ago = (days: number) => NOW - days * DAY;
const undo = (image: Image | undefined, overrides: Partial<UndoInventory> = {}) =>
  planUndo('prod', ami(1), { target: HERE, image: read(image), binned: read(undefined), ...overrides }, NOW);
const decided = (image: Image | undefined, overrides: Partial<UndoInventory> = {}) =>
  about(undo(image, overrides), ami(1));

const plain = imageOfDay(0);
const going = marked(plain, ago(20));

describe('an image on its way out that a person wants back', () => {
  it('loses its mark, and is held so that the rules do not send it there again', () => {
    expect(undo(going)).toEqual({
      decisions: [
        {
          subject: { kind: 'image', id: ami(1), region: HERE.region },
          policy: 'nightly',
          lineage: AN_INSTANCE_ID,
          version: '2026.11.23-0200',
          action: 'bring-back',
          reason: { code: 'undone', text: 'its mark comes off, and it is held' },
          change: {
            kind: 'bring-back',
            region: HERE.region,
            image: ami(1),
            snapshots: [snap(1)],
            tagKeys: ['amikeep:retire'],
            hold: 'undone by hand 2026-11-23T05:00:00Z',
            enable: false,
            undeprecate: false,
          },
        },
      ],
      warnings: [],
      problems: [],
    });
  });

  it('comes back from all of its stages', () => {
    expect(decided(ended(disabled(going, ago(2)), 'policy'))).toMatchObject({
      reason: { text: 'it is enabled, its deprecation is lifted, its mark comes off, and it is held' },
      change: { enable: true, undeprecate: true, tagKeys: ['amikeep:retire', 'amikeep:ended'] },
    });
  });

  it.each<[string, Image, boolean]>([
    ['is lifted where it is of after its mark, as ours is', deprecated(going, ago(5)), true],
    ['stays where it is of before its mark', deprecated(going, ago(100)), false],
    ['stays where it is still to come', deprecated(going, NOW + DAY), false],
  ])('its deprecation %s', (_, image, undeprecate) => {
    expect(decided(image)).toMatchObject({
      action: 'bring-back',
      reason: {
        code: 'undone',
        text: `${undeprecate ? 'its deprecation is lifted, ' : ''}its mark comes off, and it is held`,
      },
      change: { enable: false, undeprecate },
    });
  });

  it('is ended no more, although it bears nothing else', () => {
    expect(decided(ended(plain, 'hand'))).toMatchObject({ change: { tagKeys: ['amikeep:ended'] } });
  });
});

describe('an image that is not on its way out', () => {
  it.each<[string, Image, string]>([
    ['is left as it is', plain, 'it is not on its way out'],
    [
      'is left disabled where that was not ours',
      { ...plain, state: 'disabled' },
      'it is not on its way out, and what was done to it was not done by amikeep',
    ],
    [
      'is left deprecated where that was not ours',
      { ...plain, deprecatedAt: ago(1) },
      'it is not on its way out, and what was done to it was not done by amikeep',
    ],
  ])('%s', (_, image, text) => {
    expect(decided(image)).toMatchObject({
      action: 'skip',
      policy: 'nightly',
      reason: { code: 'nothing-to-undo', text },
    });
  });
});

const bin = (binned: Partial<BinnedImage> = {}) =>
  read({ id: ami(1), name: plain.name, snapshots: [snap(1), snap(2)], present: [], until: NOW + DAY, ...binned });

describe('P1: an image that is not ours', () => {
  it('is refused', () => {
    expect(decided({ ...going, name: 'my copy' })).toMatchObject({
      action: 'refuse',
      reason: { code: 'not-ours', text: expect.stringContaining("its name is 'my copy'") },
    });
  });

  it('is refused in the Recycle Bin as well, with the way back for one that was adopted', () => {
    expect(decided(undefined, { binned: bin({ name: 'golden' }) })).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'not-ours',
        text:
          "it is in the Recycle Bin until 2026-11-24T05:00:00Z, and its name 'golden' is not one of deployment prod; " +
          'EC2 does not show the tags of what is in the bin, by which an adopted image is known. If it is yours, ' +
          `restore it by hand: aws ec2 restore-snapshot-from-recycle-bin --region eu-central-1 --snapshot-id ${snap(1)}` +
          ` && aws ec2 restore-snapshot-from-recycle-bin --region eu-central-1 --snapshot-id ${snap(2)}` +
          ` && aws ec2 restore-image-from-recycle-bin --region eu-central-1 --image-id ${ami(1)}` +
          `; if it was adopted, amikeep undo ${ami(1)} holds it then`,
      },
    });
  });
});

describe('an image in the Recycle Bin', () => {
  it('is restored after its snapshots, and held', () => {
    expect(decided(undefined, { binned: bin() })).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      action: 'restore',
      reason: {
        code: 'undone',
        text: `in the Recycle Bin until 2026-11-24T05:00:00Z: its snapshots ${snap(1)}, ${snap(2)} come back first, then the image comes back and is held, unless it had another snapshot that is gone, which only EC2 knows; what else was done to it the next sweep takes back`,
      },
      change: {
        kind: 'restore',
        region: HERE.region,
        image: ami(1),
        snapshots: [snap(1), snap(2)],
        tagKeys: ['amikeep:ended', 'amikeep:binned'],
        hold: 'undone by hand 2026-11-23T05:00:00Z',
      },
    });
  });

  it.each<[string, Partial<BinnedImage>, string]>([
    ['never deleted', { snapshots: [], present: [snap(3)] }, `: its snapshots ${snap(3)} are still there, then`],
    [
      'deleted in part',
      { snapshots: [snap(1)], present: [snap(3)] },
      `: its snapshots ${snap(1)} come back first, its snapshots ${snap(3)} are still there, then`,
    ],
  ])('is restored where its snapshots were %s', (_, binned, text) => {
    const decision = decided(undefined, { binned: bin(binned) });
    expect(decision).toMatchObject({ action: 'restore', reason: { text: expect.stringContaining(text) } });
  });

  it('is refused where none of its snapshots is left', () => {
    expect(decided(undefined, { binned: bin({ snapshots: [] }) })).toMatchObject({
      action: 'refuse',
      reason: {
        code: 'snapshots-gone',
        text:
          "it is in the Recycle Bin until 2026-11-24T05:00:00Z, but it can't come back: no snapshot that was made for " +
          'it is in the bin, and none is listed in eu-central-1; no rule of the bin kept them, and an image is nothing ' +
          'without them. The log of the run that deregistered it has their ids',
      },
    });
  });
});

it('an image that is restored comes back from its stages with the next sweep, by its mark and its hold', () => {
  const gone = disabled(going, ago(2));
  const restored = tagged(gone, { [HOLD]: 'undone by hand' });
  const plan = planRetirement(aPolicyFile(), retireInventory([restored]), NOW);
  expect(about(plan, ami(1))).toMatchObject({
    action: 'bring-back',
    change: { enable: true, undeprecate: true, tagKeys: ['amikeep:retire'] },
  });
});

describe('an image that is nowhere', () => {
  it('cannot come back', () => {
    expect(decided(undefined)).toMatchObject({
      action: 'skip',
      reason: {
        code: 'no-such-image',
        text: "neither listed in eu-central-1 nor in its Recycle Bin: what is deregistered without a rule of the bin can't come back",
      },
    });
  });

  it.each<[string, Partial<UndoInventory>]>([
    ['images', { image: cutShort(undefined) }],
    ['the bin', { binned: cutShort(undefined) }],
  ])('P4: is not called so where %s could not be read', (_, overrides) => {
    const plan = undo(undefined, overrides);
    expect(about(plan, ami(1))).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: 'it could not be looked for' },
    });
    expect(plan.problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
  });

  it('is brought back where it is listed, whatever else could not be read', () => {
    expect(decided(going, { binned: cutShort(undefined) }).action).toBe('bring-back');
  });
});
