import { accountId } from '../../lib/model/ids.ts';
import { RealClock } from '../../sandbox/clock.ts';
import { serve } from '../../sandbox/http.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Account, accountAt } from './account.ts';
import { FRANKFURT, history, SEAL_KEYS } from './history.ts';
import { type Credentials, type Ministack, startMinistack } from './ministack.ts';
import { relayEvents } from './relay.ts';
import { Stack } from './stack.ts';

export const ACCOUNT = accountId('111122223333');

/** ministack takes an account's number for the access key of its root user, and so does the sandbox. */
const ROOT_USER: Credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'e2e' };

/** What is deployed, by what is the matter with it. The paths are seen from the root of the project. */
const POLICY_FILES = {
  shop: 'test/e2e/policies/shop.yml',
  shopWithoutGolden: 'test/e2e/policies/shop-without-golden.yml',
  shopInvalid: 'test/e2e/policies/shop-invalid.yml',
  shopWithoutKey: 'test/e2e/policies/shop-without-key.yml',
  office: 'test/e2e/policies/office.yml',
} as const;

/** Images are there as soon as they are asked for: nothing here is about how long they take. */
const QUICK = {
  snapshotBaseMs: 1,
  snapshotMsPerGiB: 0,
  snapshotIntervalPerVolumeMs: 0,
  copyBaseMs: 1,
  copyMsPerGiB: 0,
};

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
  sandbox.ec2.setBehaviour(QUICK);
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
