import { describe, expect, it } from 'vitest';
import { accountId } from '../../lib/model/ids.ts';
import type { Image } from '../../lib/model/resources.ts';
import { DAY } from '../../lib/model/time.ts';
import { planCopies } from '../../lib/planning/copy/copy.ts';
import { planEndings } from '../../lib/planning/retire/end-lineages.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import { planUndo } from '../../lib/planning/retire/undo.ts';
import { keysBorne } from '../../lib/tagging/authenticate.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, DR, HERE, RETIRE_RULES } from '../builders.ts';
import {
  about,
  ami,
  copyInventory,
  copyOfDay,
  imageOfDay,
  imagesOfDays,
  inShort,
  instancesHere,
  leftOverSnapshot,
  marked,
  NOW,
  read,
  retireInventory,
  tagged,
} from './fleet.ts';

/** An image that people have given tags until it has so many in all, and some of AWS's, which do not count. */
function filled(image: Image, upTo: number): Image {
  const room = upTo - keysBorne(image).length;
  const theirs = Object.fromEntries(Array.from({ length: room }, (_, index) => [`More${index}`, 'x']));
  return tagged(image, { ...theirs, 'aws:backup': 'x' });
}

const full = (image: Image) => filled(image, 50);
const retire = (image: Image, file = aPolicyFile(), overrides = {}) =>
  about(planRetirement(file, retireInventory([...imagesOfDays(3), image], overrides), NOW), image.id);

describe('what is to be written on an image that people have filled with tags is refused before the call', () => {
  it('with the tag that was to be written, and with what to take off', () => {
    expect(retire(full(imageOfDay(3)))).toEqual(
      expect.objectContaining({
        action: 'refuse',
        reason: {
          code: 'too-many-tags',
          text: `amikeep:retire is to be written on ${ami(4)}, which has 50 tags, and EC2 allows 50: take 1 off it, such as More0`,
        },
      }),
    );
    expect(retire(filled(imageOfDay(3), 49))).toMatchObject({ action: 'mark' });
  });

  it('counting words that nobody believes, but not one that it takes the place of', () => {
    const image = imageOfDay(3);
    const forged = (...ignored: string[]) => filled({ ...image, ignored }, 50);
    expect(retire(forged('amikeep:lent:111122223333'))).toMatchObject({ action: 'refuse' });
    expect(retire(forged('amikeep:retire'))).toMatchObject({ action: 'mark' });
  });

  it('where it is a snapshot of it that is full, which takes no place of another under the cap', () => {
    const cap = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, maxPerDay: { count: 1 } } })] });
    const images = [...imagesOfDays(3), imageOfDay(3), imageOfDay(4)];
    const snapshot = { ...leftOverSnapshot(5, NOW), tags: full(imageOfDay(4)).tags };
    const plan = planRetirement(cap, retireInventory(images, { snapshots: read([snapshot]) }), NOW);
    expect(inShort(plan)).toMatchObject({ 4: 'mark expired', 5: 'refuse too-many-tags' });
  });

  it.each([['a hold', full(imageOfDay(3)), aPolicyFile(), instancesHere(anInstance({ tags: { [HOLD]: 'audit' } }))]])(
    'where it is %s',
    (_, image, file, overrides) => {
      expect(retire(image, file, overrides)).toMatchObject({ action: 'refuse', reason: { code: 'too-many-tags' } });
    },
  );

  it('where it is a word of a person: an end, or the hold of an undo', () => {
    const image = full(imageOfDay(0));
    const instances = instancesHere(anInstance({ state: 'terminated' }));
    const gone = { target: HERE, images: read([image]), ...instances, sources: new Map() };
    expect(inShort(planEndings(aPolicyFile(), gone, { lineages: [AN_INSTANCE_ID] }, true))).toMatchObject({
      1: 'refuse too-many-tags',
    });
    const undone = { target: HERE, image: read(full(marked(image, NOW - DAY))), binned: read(undefined) };
    expect(inShort(planUndo('prod', image.id, undone, NOW))).toEqual({ 1: 'refuse too-many-tags' });
  });

  it('where it is the next attempt at a copy, which takes no other’s turn', () => {
    const failed = copyOfDay(0, {}, { state: 'failed' });
    const policies = [aPolicy({ copies: [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 2 } }] })];
    // Tags of ours are not copied, so that the copy itself has room.
    const loans = Object.fromEntries(
      Array.from({ length: 50 - Object.keys(imageOfDay(0).tags).length }, (_, index) => [
        `amikeep:lent:${accountId(String(100_000_000_000 + index))}`,
        '2026-11-23T02:00:00Z',
      ]),
    );
    const source = tagged(imageOfDay(0), loans);
    const plan = planCopies(
      { deployment: 'prod', policies, maxInFlight: 1, maxStarted: 1 },
      copyInventory([source, imageOfDay(1)], [failed]),
      NOW,
    );
    const copies = plan.decisions.filter(({ copyRegion }) => copyRegion === DR.region);
    expect(copies.map(({ action, reason }) => `${action} ${reason.code}`)).toContain('refuse too-many-tags');
  });

  it('and takes nothing of the day’s cap', () => {
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...RETIRE_RULES, maxPerDay: { count: 1 } } })] });
    const images = [...imagesOfDays(4), full(imageOfDay(4))];
    expect(inShort(planRetirement(file, retireInventory(images), NOW))).toMatchObject({
      4: 'mark expired',
      5: 'refuse too-many-tags',
    });
  });
});
