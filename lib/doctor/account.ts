import { MINUTE, SECOND } from '../model/time.ts';
import { foreignKeys } from '../planning/foreign-keys.ts';
import type { PolicyFile } from '../policy/policy.ts';
import type { Facts, KeyFact } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import type { Introduction } from './ports.ts';

/** AWS refuses what was signed more than five minutes away from its own time. */
const REFUSED_SKEW = 5 * MINUTE;
/** What no clock that is kept right ever shows; AWS tells its time to the second. */
const WORST_SKEW = 30 * SECOND;

/** Lines about whoever calls: its credentials, and its clock. */
export function callerLines({ identity, skew }: Introduction): Line[] {
  return [credentialsLine(identity), clockLine(skew)];
}

function credentialsLine(identity: Introduction['identity']): Line {
  const { ok, problem } = linesAbout('credentials', 'yours');
  if (identity.known) return ok(`they are those of ${identity.value.arn} in account ${identity.value.account}`);
  if (!identity.denied) {
    return problem(
      `AWS did not say whose they are: ${identity.problem}; nothing else could be looked at`,
      'this is no word about the credentials: check the region and the network, and run doctor again in a minute',
    );
  }
  return problem(
    `AWS does not take them: ${identity.problem}; nothing else could be looked at`,
    'sign in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; check the region and the network',
  );
}

function clockLine(skew: number | undefined): Line {
  const { ok, problem, unknown } = linesAbout('clock', "this machine's");
  if (skew === undefined) return unknown("no answer told AWS's time", 'check the network, and run doctor again');
  const seconds = Math.round(Math.abs(skew) / SECOND);
  if (Math.abs(skew) <= WORST_SKEW) return ok(`it agrees with AWS's to within ${WORST_SKEW / SECOND} seconds`);
  const direction = skew > 0 ? 'behind' : 'ahead of';
  return problem(
    `it is ${seconds} seconds ${direction} AWS's, which refuses calls at ${REFUSED_SKEW / SECOND}`,
    'set it, and let it be kept by NTP',
  );
}

/** A line for each region that the policies name. */
export function regionLines({ regions, file }: Pick<Facts, 'regions' | 'file'>): Line[] {
  if (!regions.known) {
    return [
      linesAbout('region', 'all').unknown(
        `which of them the account is in could not be read: ${regions.problem}`,
        'allow ec2:DescribeRegions',
      ),
    ];
  }
  return [...regions.value].map(([region, isIn]) => {
    const { ok, problem } = linesAbout('region', region);
    if (isIn) return ok('the account is in it');
    if (isIn === undefined) {
      const key = file.formerRegions.includes(region) ? 'formerRegions' : 'regions or copies';
      return problem('there is no such region for this account', `write another in ${key} of the policy file`);
    }
    return problem(
      'the account is not opted in to it; nothing else was looked at there',
      `aws account enable-region --region-name ${region}, which takes some minutes`,
    );
  });
}

/** By the state of a key, as KMS calls it. */
const REMEDIES: Readonly<Record<string, (which: string) => string>> = {
  Disabled: (which) => `aws kms enable-key ${which}`,
  PendingDeletion: (which) => `aws kms cancel-key-deletion ${which} && aws kms enable-key ${which}`,
};

/** A line for each key that copies, or what is restored, are encrypted with. */
export function keyLine({ region, name, key }: KeyFact): Line {
  const { ok, problem, unknown } = linesAbout('key', `${name} in ${region}`);
  if (!key.known) {
    const remedy = key.denied
      ? `allow kms:DescribeKey on it to who runs doctor, in ${region}`
      : 'run doctor again once KMS answers';
    return unknown(`it could not be read: ${key.problem}`, remedy);
  }
  if (!key.value) return problem('there is no such key', `make it in ${region}, or write another kmsKey`);
  const { id, state, usage, spec } = key.value;
  if (usage !== 'ENCRYPT_DECRYPT' || spec !== 'SYMMETRIC_DEFAULT') {
    return problem(
      `it is a key for ${usage}, ${spec}; EBS takes symmetric keys for ENCRYPT_DECRYPT`,
      'write another kmsKey',
    );
  }
  if (state !== 'Enabled') {
    const remedy = REMEDIES[state]?.(`--region ${region} --key-id ${id}`) ?? 'write another kmsKey, or finish this one';
    return problem(`its state is ${state}: EC2 would take requests under it, which would fail later`, remedy);
  }
  return ok('it is enabled; whether its key policy lets you use it shows only in use');
}

/** A line for each account whose keys volumes are under and that the policy file does not name. */
export function foreignKeyLines({ volumes, file }: Pick<Facts, 'volumes' | 'file'>): Line[] {
  const unread = volumes.flatMap((reading) => (reading.complete ? [] : [reading.problem]));
  return [
    ...foreignKeys(
      volumes.flatMap(({ value }) => value),
      file.keyAccounts,
    ).map(({ owner, text, remedy }) => linesAbout('key', `those of account ${owner}`).problem(text, remedy)),
    ...[...new Set(unread)].map((problem) =>
      linesAbout('key', 'those of volumes').unknown(
        `under whose keys volumes are could not be read: ${problem}`,
        'allow ec2:DescribeVolumes to who runs doctor',
      ),
    ),
  ];
}

/** A line for each key of a vault, of which only the vault's own account can tell. */
export function vaultKeyLines({ policies }: PolicyFile): Line[] {
  const named = policies.flatMap(({ copies }) =>
    copies.flatMap(({ region, account, kmsKey }) =>
      account === undefined || kmsKey === undefined ? [] : [`${kmsKey} in ${region} of ${account}`],
    ),
  );
  return [...new Set(named)].map((subject) =>
    linesAbout('key', subject).unknown(
      'it is in a vault, where doctor does not look',
      'describe it with credentials of the vault',
    ),
  );
}
