import { Caller } from '../../lib/aws/calls/caller.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { imageId, type Region } from '../../lib/model/ids.ts';
import type { Tags } from '../../lib/model/resources.ts';
import { sealed, type Word, wordText } from '../../lib/tagging/seal.ts';
import { type Drilled, drilledTag, type Pass, passedTag } from '../../lib/tagging/verdict.ts';
import { ACCOUNT, FRANKFURT, sealKeyOf, type World } from '../handlers/world.ts';

/** Writes on an image of a world what a drill has come to, under the deployment's seal. */
export async function drilledAs(
  world: World,
  id: string,
  { passed, drilled }: { readonly passed?: Pass; readonly drilled?: Drilled },
  place: Region = FRANKFURT,
): Promise<void> {
  const about = {
    deployment: world.file.deployment,
    image: imageId(id),
    place: { account: ACCOUNT, region: place },
  };
  if (passed) await write(world, id, place, { kind: 'passed', ...about }, passedTag(passed));
  if (drilled) await write(world, id, place, { kind: 'drilled', ...about }, drilledTag(drilled));
}

async function write(world: World, id: string, place: Region, word: Word, tags: Tags): Promise<void> {
  const { clients, clock } = world;
  const caller = new Caller(
    { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 },
    Number.POSITIVE_INFINITY,
    'ec2',
  );
  for (const [key, said] of Object.entries(tags)) {
    const signature = await clock.run(() => sealKeyOf(world).sign(caller, wordText(word, said)));
    if (!signature.ok) throw new Error(signature.failure.message);
    await world.tag(id, { [key]: sealed(said, signature.value) }, place);
  }
}
