import { accountId } from '../../lib/model/ids.ts';
import { DAY } from '../../lib/model/time.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { AffairPorts } from './affair.ts';
import type { Chance } from './chance.ts';
import { rolesOfMembers } from './members.ts';
import { type Site, STACK_IN } from './site.ts';
import { type WrittenCopy, type WrittenFile, writeRules } from './written-policies.ts';

/** The account that takes copies, and that the first deployment can't delete in. */
export const VAULT = accountId('555566667777');
/** Where its copies are: a region in which nobody else has any. */
const VAULT_REGION = 'eu-north-1';
const VAULT_KEY = 'alias/vault';
const SHARE_WITH_VAULT = 0.2;

/** The key of people's own that their volumes are under: what is under EBS's own can't be copied into another account. */
export function volumeKeyOf(account: string, region: string): string {
  return `arn:aws:kms:${region}:${account}:key/0d1e2f30-0000-4000-8000-000000000001`;
}

/** The vault's copies, where a trial has one. */
export function aVaultsCopy(chance: Chance): WrittenCopy | undefined {
  if (!chance.hits(SHARE_WITH_VAULT)) return undefined;
  // Of any zone that a policy may be in: without a span of days, which are not all of one length.
  const retention = writeRules(chance, 'America/New_York');
  return { region: VAULT_REGION, account: VAULT, kmsKey: VAULT_KEY, retention };
}

/** The same policies, each of which copies into the vault as well. */
export function withVault(file: WrittenFile, copy: WrittenCopy | undefined): WrittenFile {
  if (!copy) return file;
  const policies = Object.entries(file.policies).map(([name, policy]) => {
    const others = policy.copies.filter(({ account }) => account === undefined);
    return [name, { ...policy, copies: [...others, copy] }] as const;
  });
  return {
    ...file,
    accounts: [
      ...(file.accounts ?? []).filter(({ id }) => id !== VAULT),
      { id: VAULT, rolePrefix: 'amikeep', vault: true },
    ],
    policies: Object.fromEntries(policies),
  };
}

/** What the vault has for a policy file of its own: no policy, and the public half of the key that its copies are sealed with. */
export async function fileOfVault(sandbox: Sandbox, account: string, deployment: string): Promise<WrittenFile> {
  const input = { KeyId: `alias/amikeep-${deployment}` };
  const place = { region: STACK_IN, account, caller: 'people' };
  const answer = await sandbox.call({ service: 'kms', operation: 'GetPublicKey', ...place, input });
  const half: unknown = Object(answer).PublicKey;
  if (!(half instanceof Uint8Array)) throw new Error('KMS has no public key for the vault to trust');
  const trustedKeys = [Buffer.from(half).toString('base64')];
  return { deployment, regions: [VAULT_REGION], formerRegions: [], policies: {}, trustedKeys };
}

/** What goes wrong with it: nobody can enter it, its key can't be used, or its own sweeps do not come, for a day or some. */
export async function troubleVault(
  { sandbox, account, clock, chance, until, tell }: Omit<AffairPorts, 'site'>,
  vault: Site,
  lives: number,
): Promise<void> {
  const usual = sandbox.ec2.behaviour().settings;
  const troubles: readonly (readonly [text: string, begin: () => void, end: () => void])[] = [
    [
      'nobody can enter the vault',
      () => sandbox.ec2.setBehaviour({ roles: rolesOfMembers(account) }),
      () => sandbox.ec2.setBehaviour({ roles: usual.roles }),
    ],
    [
      'the key of the vault can’t be used',
      () => sandbox.ec2.setBehaviour({ unusableKmsKeys: [VAULT_KEY] }),
      () => sandbox.ec2.setBehaviour({ unusableKmsKeys: usual.unusableKmsKeys }),
    ],
    ['the sweeps of the vault do not come', () => vault.schedule(clock.now()), () => vault.schedule(lives)],
  ];
  for (;;) {
    const [pause, lasts] = [chance.pause(15 * DAY), chance.from(1, 3) * DAY];
    if (clock.now() + pause + lasts >= until) return;
    await clock.sleep(pause);
    const [text, begin, end] = chance.pick(troubles);
    tell(`${text} for ${lasts / DAY} days`);
    begin();
    await clock.sleep(lasts);
    end();
  }
}
