import { assertNever } from '../model/assert-never.ts';
import type { Region } from '../model/ids.ts';
import type { Facts, PermissionFact } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import type { TriedAction } from './rights.ts';

/** Lines for each function and region: those that may not or could not be, each for itself, and those that may, as one. */
export function permissionLines({ permissions, file }: Pick<Facts, 'permissions' | 'file'>): Line[] {
  const groups = Map.groupBy(permissions, ({ action, region }) => placeOf(action, region));
  return [...groups].flatMap(([place, all]) => {
    const { ok } = linesAbout('permission', place);
    const allowed = all.filter(({ permission }) => permission.kind === 'allowed');
    const others = all.filter(({ permission }) => permission.kind !== 'allowed' && permission.kind !== 'untried');
    return [
      ...others.flatMap(failedLine),
      ...untriedLines(place, all, file.deployment),
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

/** One line for each thing that there was none of to try calls on. */
function untriedLines(place: string, all: readonly PermissionFact[], deployment: string): Line[] {
  const { unknown } = linesAbout('permission', place);
  const untried = all.filter(({ permission }) => permission.kind === 'untried');
  const byReason = Map.groupBy(untried, ({ right }) => missing(right.needs, deployment));
  return [...byReason].map(([missed, those]) => {
    const [first, ...more] = those.map(({ right }) => right.right);
    const calls = more.length === 0 ? first : `${those.length} calls, from ${first} to ${more.at(-1)},`;
    return unknown(`${calls} could not be tried, since ${missed}`, 'run doctor again once there is one');
  });
}

function missing(needs: PermissionFact['right']['needs'], deployment: string): string {
  switch (needs) {
    case 'instance':
      return 'no policy selects an instance here';
    case 'source':
      return `there is no image of ${deployment} in a source region yet`;
    case 'image':
    case 'snapshot':
    case undefined:
      return `there is no image of ${deployment} here yet`;
    default:
      return assertNever(needs);
  }
}
