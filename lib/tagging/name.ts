import { memoise } from './memoise.ts';
import type { Stamp } from './stamp.ts';
import { HASH_LENGTH, shortHash } from './text.ts';
import { versionOf } from './version.ts';

/**
 * The name of an image: `prod/nightly/i-0123456789abcdef0/2026.11.23-0200/1`. EC2 lets one owner have one image of a
 * name in a region, so the name is the lock that makes a slot yield one image, and it has to be a function of
 * nothing but the stamp. A copy's name has the same form, with the copy's own attempt.
 *
 * EC2 allows 3 to 128 characters (the console 127): the parts that are not people's text take 54 at most, slashes
 * included and with an attempt of sixteen digits, which leaves 36 each for the deployment and the policy.
 */
export function imageName(stamp: Pick<Stamp, 'deployment' | 'policy' | 'source' | 'slot' | 'attempt'>): string {
  const { deployment, policy, source, slot, attempt } = stamp;
  return `${namePart(deployment)}/${namePart(policy)}/${source.instance}/${versionOf(slot)}/${attempt}`;
}

/**
 * Whether a name is the one that a stamp has: {@link imageName} without making it, piece by piece, since a run asks it of
 * every image that there is.
 */
export function isNameOf(
  name: string,
  { deployment, policy, source, slot, attempt }: Pick<Stamp, 'deployment' | 'policy' | 'source' | 'slot' | 'attempt'>,
): boolean {
  let at = 0;
  const next = (piece: string): boolean => {
    const fits = name.startsWith(piece, at);
    at += piece.length;
    return fits;
  };
  const slash = (): boolean => name[at++] === '/';
  return (
    next(namePart(deployment)) &&
    slash() &&
    next(namePart(policy)) &&
    slash() &&
    next(source.instance) &&
    slash() &&
    next(versionOf(slot)) &&
    slash() &&
    next(String(attempt)) &&
    at === name.length
  );
}

/** What the name of an image says, which EC2 keeps unique and nobody changes. */
export interface NamedImage {
  /** The policy as {@link namePart} writes it. */
  readonly policyPart: string;
  readonly instance: string;
  readonly version: string;
  readonly attempt: number;
}

/** What a name says of an image of a deployment; undefined where it is not the name of one. */
export function readName(name: string, deployment: string): NamedImage | undefined {
  const prefix = `${namePart(deployment)}/`;
  if (!name.startsWith(prefix)) return undefined;
  const [policyPart = '', instance = '', version = '', attempt = '', ...more] = name.slice(prefix.length).split('/');
  const number = Number(attempt);
  if (more.length > 0 || !Number.isSafeInteger(number) || String(number) !== attempt) return undefined;
  return { policyPart, instance, version, attempt: number };
}

/** How the name of each image of a deployment, or of one of its policies, begins. */
export function nameStart(deployment: string, policy?: string): string {
  return `${namePart(deployment)}/${policy === undefined ? '' : `${namePart(policy)}/`}`;
}

const LONGEST_PART = 36;

/** What EC2 allows, without the slash, which parts the parts, the space, and the `@`, which marks a hash. */
const LITERAL = /^[A-Za-z0-9()[\].'_-]{1,36}$/;

/**
 * A text as a part of a name. One that can't be written out is cut, sanitised and told apart by a hash after an `@`.
 * No text with an `@` is written out, so what one text is turned into is never what another one is.
 */
export const namePart: (text: string) => string = memoise(1_000, (text) => {
  if (LITERAL.test(text)) return text;
  const readable = text.replaceAll(/[^A-Za-z0-9()[\].'_-]+/g, '-').slice(0, LONGEST_PART - HASH_LENGTH - 1);
  return `${readable}@${shortHash(text)}`;
});
