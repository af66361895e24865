import { imageId, type Region } from '../../lib/model/ids.ts';
import type { Tags } from '../../lib/model/resources.ts';
import { sealed, type Word, wordText } from '../../lib/tagging/seal.ts';
import { type Drilled, drilledTag, type Pass, passedTag } from '../../lib/tagging/verdict.ts';
import { ACCOUNT, FRANKFURT, type World } from '../handlers/world.ts';
import { signedBy } from './seals.ts';

/** Writes on an image of a world what a drill has come to, under the deployment's seal. */
export async function drilledAs(
  world: World,
  id: string,
  { passed, drilled }: { readonly passed?: Pass; readonly drilled?: Drilled },
  place: Region = FRANKFURT,
): Promise<void> {
  const { deployment } = world.file;
  const about = { deployment, image: imageId(id), place: { account: ACCOUNT, region: place } };
  if (passed) await write(world, id, place, { kind: 'passed', ...about }, passedTag(passed));
  if (drilled) await write(world, id, place, { kind: 'drilled', ...about }, drilledTag(drilled));
}

async function write(world: World, id: string, place: Region, word: Word, tags: Tags): Promise<void> {
  for (const [key, said] of Object.entries(tags)) {
    await world.tag(id, { [key]: sealed(said, await signedBy(world, wordText(word, said))) }, place);
  }
}
