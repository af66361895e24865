import type { Stamp } from '../../tagging/stamp.ts';
import { versionOf } from '../../tagging/version.ts';

/** Two of these and the words around them stay below the 255 characters that EC2 takes. */
const LONGEST_PART = 64;

/**
 * What EC2 shows as an image's description: `amikeep: deployment prod, policy nightly, version 2026.11.23-0200`. EC2 takes
 * ASCII only and refuses the whole call for any other character, so people's text, such as a lineage, stands in tags.
 */
export function descriptionOf({ deployment, policy, slot }: Pick<Stamp, 'deployment' | 'policy' | 'slot'>): string {
  return `amikeep: deployment ${inAscii(deployment)}, policy ${inAscii(policy)}, version ${versionOf(slot)}`;
}

/** Printable characters only: each other one becomes a dash, a whole emoji one dash. */
function inAscii(text: string): string {
  return text.replaceAll(/[^ -~]/gu, '-').slice(0, LONGEST_PART);
}
