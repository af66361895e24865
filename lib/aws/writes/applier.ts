import { createHash } from 'node:crypto';
import { CreateImageUsageReportCommand } from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import { formatInstant, type Instant } from '../../model/time.ts';
import type { Applier } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { appliedOf } from './applied.ts';
import { copy, create } from './creations.ts';
import { ask, clearRemnant, endDrill, judge, launch } from './drill-calls.ts';
import { share, unshare } from './loan-calls.ts';
import { bringBack } from './rescue-calls.ts';
import { restore } from './restore-calls.ts';
import { takeStage } from './stage-calls.ts';
import { type PlaceOf, removeTags, writeTags } from './tag-calls.ts';

/** As many versions of a launch template as a report looks at: the newest so many. */
const ALL_VERSIONS = '10000';

/** One a day, and another for other accounts: a run that is doubled or repeated asks for the same report. */
function tokenOf(image: string, accounts: readonly string[] = [], now: Instant): string {
  const asked = [image, formatInstant(now).slice(0, 10), ...accounts].join(' ');
  return createHash('sha256').update(asked).digest('hex');
}

/** The only writer: carries out changes as decided. `account` is the one that the caller's clients act in. */
export function createApplier(caller: Caller, account: Target['account'], sealKey: SealKey): Applier {
  const at = (region: Target['region'], of = account): Target => ({ account: of, region });
  const placeOf: PlaceOf = ({ region, account: of }) => at(region, of);
  return {
    create: (change) => create(caller, sealKey, at(change.region), change),
    copy: (change) => copy(caller, sealKey, change.stamp.home, at(change.source.region), change),
    share: (change) => share(caller, sealKey, at(change.region), change),
    unshare: (change) => unshare(caller, at(change.region), change),
    tag: (changes) => writeTags(caller, sealKey, placeOf, changes),
    unmark: (changes) => removeTags(caller, placeOf, changes),
    bringBack: (change) => bringBack(caller, at(change.region), change),
    restore: (change) => restore(caller, at(change.region), change),
    askUsage: async ({ region, image, accounts }) => {
      const command = () =>
        new CreateImageUsageReportCommand({
          ImageId: image,
          ClientToken: tokenOf(image, accounts, caller.now()),
          ...(accounts && { AccountIds: [...accounts] }),
          ResourceTypes: [
            { ResourceType: 'ec2:Instance' },
            {
              ResourceType: 'ec2:LaunchTemplate',
              ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [ALL_VERSIONS] }],
            },
            { ResourceType: 'imagebuilder:ImageRecipe' },
            { ResourceType: 'imagebuilder:ContainerRecipe' },
          ],
        });
      return appliedOf(await caller.call(at(region), 'CreateImageUsageReport', (client) => client.send(command())));
    },
    launch: (change, tried) => launch(caller, sealKey, at(change.region), change, tried),
    judge: (change) => judge(caller, sealKey, at(change.region), change),
    endDrill: (change) => endDrill(caller, at(change.region), change),
    clearRemnant: (change) => clearRemnant(caller, at(change.region), change),
    ask: (change) => ask(caller, at(change.region), change),
    stage: (change, notAfter) => takeStage(caller, at(change.region), change, notAfter),
  };
}
