import { accountId } from '../../lib/model/ids.ts';
import { RealClock } from '../../sandbox/clock.ts';
import { serve } from '../../sandbox/http.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Account, accountAt } from './account.ts';
import { drillsIn } from './drills.ts';
import { FRANKFURT, history, SEAL_KEYS } from './history.ts';
import { type Credentials, type Ministack, startMinistack } from './ministack.ts';
import { POLICY_FILES } from './policies.ts';
import { relayEvents } from './relay.ts';
import { Stack } from './stack.ts';

export const ACCOUNT = accountId('111122223333');

/** ministack takes an account's number for the access key of its root user, and so does the sandbox. */
const ROOT_USER: Credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'e2e' };

/** Everything is there as soon as it is asked for: nothing here is about how long it takes. */
const QUICK = {
  snapshotBaseMs: 1,
  snapshotMsPerGiB: 0,
  snapshotIntervalPerVolumeMs: 0,
  copyBaseMs: 1,
  copyMsPerGiB: 0,
  instanceStartMs: 1,
  statusCheckMs: 1,
  instanceTerminateMs: 1,
  // What has run somewhere goes on telling where that was.
  terminatedInstanceNetwork: 'kept',
} as const;

/** An account of AWS, with EC2 and what stands beside it from the sandbox, and everything else from ministack. */
export interface World {
  readonly sandbox: Sandbox;
  readonly ministack: Ministack;
  /** As its root user sees it, in the home region of the deployments. */
  readonly account: Account;
  readonly stacks: Readonly<Record<keyof typeof POLICY_FILES, Stack>>;
  close(): Promise<void>;
}

/** A world in which the deployments have a past, but are not deployed yet. */
export async function aWorld(): Promise<World> {
  const sandbox = createSandbox({ clock: new RealClock(), seed: 1, ec2: SEAL_KEYS });
  sandbox.load(await history(ACCOUNT, [POLICY_FILES.shop, POLICY_FILES.office], Date.now()));
  // What was left running never comes up, so that nothing but the end of its lease ends it.
  const statusCheckRules = drillsIn(sandbox).map(({ InstanceId }) => ({
    instanceId: InstanceId,
    outcome: 'never' as const,
  }));
  sandbox.ec2.setBehaviour({ ...QUICK, statusCheckRules });
  const server = await serve(sandbox);
  const ministack = await startMinistack(ROOT_USER, server.url);
  const account = accountAt(ministack.url, FRANKFURT, ROOT_USER);
  const endRelay = relayEvents(sandbox, FRANKFURT, account);
  const destination = { url: ministack.url, credentials: ROOT_USER, home: ministack.folder };
  const stack = (name: keyof typeof POLICY_FILES) => new Stack(destination, POLICY_FILES[name]);
  return {
    sandbox,
    ministack,
    account,
    stacks: {
      shop: stack('shop'),
      shopWithoutGolden: stack('shopWithoutGolden'),
      shopInvalid: stack('shopInvalid'),
      shopWithoutKey: stack('shopWithoutKey'),
      office: stack('office'),
    },
    close: async () => {
      await endRelay();
      await ministack.close();
      await server.close();
    },
  };
}
