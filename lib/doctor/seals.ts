import type { Image } from '../model/resources.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { DEPLOYMENT, SOURCE_ACCOUNT } from '../tagging/tag-keys.ts';
import type { Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

/** Lines about the key that seals, and about what bears a seal that does not hold. */
export function sealLines({ file, sealKey, images }: Pick<Facts, 'file' | 'sealKey' | 'images'>): Line[] {
  const own = [...images.values()].flatMap(({ value }) => value.filter(isOf(file)));
  if (!sealKey.known || !sealKey.value) return [keyLine(file, sealKey)];
  return [keyLine(file, sealKey), ...disasterLines(file, sealKey.value), ...imageLines(own)];
}

function isOf({ deployment }: PolicyFile) {
  return ({ tags }: Image) => tags[DEPLOYMENT] === deployment;
}

function keyLine({ deployment }: PolicyFile, sealKey: Facts['sealKey']): Line {
  const { ok, unknown, problem } = linesAbout('seal', `alias/amikeep-${deployment}`);
  if (!sealKey.known) {
    return sealKey.denied
      ? unknown(`it could not be read: ${sealKey.problem}`, 'allow kms:GetPublicKey on it to who runs doctor')
      : problem(
          `it cannot be used: ${sealKey.problem}; until it can nothing is retired`,
          'enable the key that the alias names, or let the alias name one of the kind ECC_NIST_EDWARDS25519',
        );
  }
  if (sealKey.value === undefined) return unknown('it is not there yet', 'deploy the stack, which makes it');
  return ok(`it is there; for trustedKeys elsewhere its public half is ${sealKey.value}`);
}

/** The key is in the first region alone: while that is out, only who has its public half can tell whose images copies are. */
function disasterLines({ regions: [home], policies, trustedKeys }: PolicyFile, publicHalf: string): Line[] {
  const copied = policies.flatMap(({ copies }) => copies.flatMap(({ region, account }) => (account ? [] : [region])));
  const elsewhere = [...new Set(copied.filter((region) => region !== home))].sort();
  if (elsewhere.length === 0 || trustedKeys.includes(publicHalf)) return [];
  const text = `while ${home} is out nothing can be restored from the copies in ${elsewhere.join(', ')}: their seals are checked by the key there`;
  const remedy = `write its public half, ${publicHalf}, under trustedKeys of the policy file, and keep a copy of the file elsewhere`;
  return [linesAbout('seal', 'trustedKeys').problem(text, remedy)];
}

/** What a hub has sealed is told apart: that is believed by its key alone. */
function imageLines(own: readonly Image[]): Line[] {
  const fromElsewhere = ({ account, tags }: Image) => tags[SOURCE_ACCOUNT] !== account;
  const copies = own.filter(fromElsewhere);
  const { ok, problem } = linesAbout('seal', 'images');
  const lines: Line[] = [];
  const [badCopies, bad] = [copies, own.filter((image) => !fromElsewhere(image))].map(unsealed);
  if (copies.length > 0) {
    lines.push(
      badCopies
        ? problem(
            `${badCopies} of ${copies.length} copies from other accounts bear no seal that is believed, and stay`,
            "write the public half of the hub's key, which doctor prints there, in trustedKeys of the policy file",
          )
        : ok(`the keys of the accounts that ${copies.length} copies here come from are trusted`),
    );
  }
  if (bad) {
    lines.push(
      problem(`${bad} bear no seal that holds, and stay until a person has them sealed`, 'amikeep adopt --unsealed'),
    );
  }
  return lines;
}

function unsealed(images: readonly Image[]): number {
  return images.filter(({ seal }) => seal !== 'valid').length;
}
