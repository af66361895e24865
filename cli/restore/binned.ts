import type { ImageId } from '../../lib/model/ids.ts';
import { formatInstant } from '../../lib/model/time.ts';
import { concurrently } from '../../lib/run/concurrently.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import { expandEvent } from '../../lib/run/expand.ts';
import type { ListPorts } from '../list/list.ts';

const WIDTH = 4;

/**
 * Of an image that is nowhere, that it is in the Recycle Bin of a region, and what to do then: EC2 shows of what is in there
 * neither tags nor blocks, so that nothing can be planned with it.
 */
export async function binnedProblems(
  image: ImageId,
  event: RunEvent,
  { file, connection, clock }: ListPorts,
): Promise<readonly string[]> {
  const events = expandEvent(event, file, connection.account, clock.now());
  const found = await concurrently(events, WIDTH, async (targeted): Promise<readonly string[]> => {
    const { target } = targeted;
    const { value } = await connection.aws(targeted, Number.POSITIVE_INFINITY).reads.binnedImage(target, image);
    if (!value) return [];
    const { region } = target;
    return [
      `blocked: ${image} is in the Recycle Bin of ${region} until ${formatInstant(value.until)}: amikeep undo ${image} --region ${region} brings it back`,
    ];
  });
  return found.flat();
}
