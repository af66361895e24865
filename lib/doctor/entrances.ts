import type { Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/** A line for each role in a member account. */
export function entranceLines({ entrances }: Pick<Facts, 'entrances'>): Line[] {
  return entrances.map(({ account, action, permission }) => {
    const { ok, unknown } = linesAbout('account', `${action} in ${account}`);
    if (permission.kind === 'allowed') return ok('you may assume its role');
    // A role may well trust the functions alone: that you are not let in is no proof that they are not.
    return unknown(
      `you could not assume its role, and whether the function may did not show: ${permission.problem}`,
      'see whether the function reports the account, or let yourself assume the role',
    );
  });
}
