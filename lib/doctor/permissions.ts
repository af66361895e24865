import { assertNever } from '../model/assert-never.ts';
import type { Region } from '../model/ids.ts';
import type { Image } from '../model/resources.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { DEPLOYMENT } from '../tagging/tag-keys.ts';
import type { Facts, PermissionFact } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import type { TriedAction } from './rights.ts';

/** Lines for each function and region: those that may not or could not be, each for itself, and those that may, as one. */
export function permissionLines(facts: Facts): Line[] {
  const groups = Map.groupBy(facts.permissions, ({ action, region }) => placeOf(action, region));
  return [...groups].flatMap(([place, all]) => {
    const { ok } = linesAbout('permission', place);
    const allowed = all.filter(({ permission }) => permission.kind === 'allowed');
    const others = all.filter(({ permission }) => permission.kind !== 'allowed' && permission.kind !== 'untried');
    return [
      ...others.flatMap(failedLine),
      ...untriedLines(place, all, facts),
      ...(allowed.length > 0 ? [ok(`${share(allowed.length, all.length)} that can be tried are allowed to you`)] : []),
    ];
  });
}

function share(part: number, whole: number): string {
  return part === whole ? `all of its ${whole} calls` : `${part} of its ${whole} calls`;
}

function placeOf(action: TriedAction, region: Region): string {
  return action === 'copy' ? `copy to ${region}` : `${action} in ${region}`;
}

function failedLine({ action, region, right, permission }: PermissionFact): Line[] {
  const { problem, unknown } = linesAbout('permission', placeOf(action, region));
  switch (permission.kind) {
    case 'denied':
      return [problem(`you may not call ${right.right}: ${permission.problem}`, `allow ${right.right} in ${region}`)];
    case 'unclear':
      return [
        unknown(`whether you may call ${right.right} did not show: ${permission.problem}`, 'run doctor again later'),
      ];
    case 'allowed':
    case 'untried':
      return [];
    default:
      return assertNever(permission);
  }
}

/** One line for each reason for which there was nothing to try calls on. */
function untriedLines(place: string, all: readonly PermissionFact[], facts: Facts): Line[] {
  const { unknown } = linesAbout('permission', place);
  const untried = all.filter(({ permission }) => permission.kind === 'untried');
  const byReason = Map.groupBy(untried, (fact) => missing(fact, facts));
  return [...byReason].map(([missed, those]) => {
    const [first, ...more] = those.map(({ right }) => right.right);
    const calls = more.length === 0 ? first : `${those.length} calls, from ${first} to ${more.at(-1)},`;
    return unknown(`${calls} could not be tried, since ${missed}`, 'run doctor again once that is otherwise');
  });
}

/** What there is not, as far as it could be read. */
function missing({ right: { needs }, region }: PermissionFact, { file, instances, images }: Facts): string {
  const unreadImages = (regions: readonly Region[]) => regions.some((each) => images.get(each)?.complete === false);
  const noneAvailable = (regions: readonly Region[], where: string) =>
    regions.some((each) => images.get(each)?.value.some((image) => isPending(image, file)))
      ? `an image of ${file.deployment} ${where} is pending, and none is available yet`
      : `there is no image of ${file.deployment} ${where} yet`;
  switch (needs) {
    case 'instance':
      return instances.get(region)?.complete === false
        ? 'the instances here could not be read'
        : 'no policy selects an instance here of which EC2 makes images';
    case 'source':
      return unreadImages(file.regions)
        ? 'the images of a source region could not be read'
        : noneAvailable(file.regions, 'in a source region');
    case 'image':
    case 'snapshot':
    case undefined:
      return unreadImages([region]) ? 'the images here could not be read' : noneAvailable([region], 'here');
    default:
      return assertNever(needs);
  }
}

function isPending({ state, tags }: Image, { deployment }: PolicyFile): boolean {
  return state === 'pending' && tags[DEPLOYMENT] === deployment;
}
