import { accountId } from '../../lib/model/ids.ts';
import { DAY } from '../../lib/model/time.ts';
import { PERSONS_ROLES } from '../../lib/run/event.ts';
import { FUNCTION_ACTIONS } from '../../lib/run/event-schema.ts';
import type { AffairPorts } from './affair.ts';
import type { Chance } from './chance.ts';
import type { WrittenFile } from './written-policies.ts';

/** An account beside the first one whose servers are imaged as well, all of them in a region of its own. */
export interface MemberAccount {
  readonly id: string;
  readonly region: string;
}

/** Regions in which nobody else has servers: so a lineage is told by its region and by what it goes by. */
export const MEMBERS: readonly MemberAccount[] = [
  { id: accountId('666677778888'), region: 'ap-south-1' },
  { id: accountId('777788889999'), region: 'ap-northeast-1' },
];
const SHARE_WITH_MEMBERS = 0.1;
/** Each account more has a run for each region and sweep: few trials have both. */
const SHARE_WITH_BOTH = 0.3;

/** The member accounts of a trial, if it has any. */
export function someMembers(chance: Chance): readonly MemberAccount[] {
  if (!chance.hits(SHARE_WITH_MEMBERS)) return [];
  return chance.hits(SHARE_WITH_BOTH) ? MEMBERS : MEMBERS.slice(0, 1);
}

/** The same file with these accounts, each entered by roles of its own. */
export function withMembers(file: WrittenFile, members: readonly MemberAccount[]): WrittenFile {
  if (members.length === 0) return file;
  const accounts = members.map(({ id }) => ({ id, rolePrefix: `amikeep-${id}` }));
  const regions = [...file.regions, ...members.map(({ region }) => region)];
  return { ...file, regions, accounts: [...(file.accounts ?? []), ...accounts] };
}

/** The roles of the members, as the sandbox has them, where no other account but a deployment's own can be entered. */
export function rolesOfMembers(home: string) {
  const kinds = [...FUNCTION_ACTIONS, ...PERSONS_ROLES];
  const arns = MEMBERS.flatMap(({ id }) => kinds.map((kind) => `arn:aws:iam::${id}:role/amikeep-${id}-${kind}`));
  return Object.fromEntries(arns.map((arn) => [arn, { trusts: [home] }]));
}

/** Now and then nobody can enter any other account, for some hours or days. */
export async function troubleMembers({
  sandbox,
  clock,
  chance,
  until,
  tell,
}: Omit<AffairPorts, 'site'>): Promise<void> {
  const { roles } = sandbox.ec2.behaviour().settings;
  for (;;) {
    const [pause, lasts] = [chance.pause(20 * DAY), chance.pick([DAY / 4, DAY])];
    if (clock.now() + pause + lasts >= until) return;
    await clock.sleep(pause);
    tell(`nobody can enter another account for ${lasts / DAY} days`);
    sandbox.ec2.setBehaviour({ roles: {} });
    await clock.sleep(lasts);
    sandbox.ec2.setBehaviour({ roles });
  }
}
