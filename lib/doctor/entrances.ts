import type { Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/** A line for each role that people have in a member account. Those of the functions trust the functions alone. */
export function entranceLines({ entrances }: Pick<Facts, 'entrances'>): Line[] {
  return entrances.map(({ account, role, permission }) => {
    const { ok, unknown } = linesAbout('account', `${role} in ${account}`);
    if (permission.kind === 'allowed') return ok('you may assume its role');
    // That you are not let in says nothing of the functions.
    return unknown(
      `you could not assume its role, and whether the functions may theirs does not show to people: ${permission.problem}`,
      "name yourself in OperatorPrincipals of that account's roles; what the functions report tells of theirs",
    );
  });
}
