import type { Source } from './inventory.ts';
import { goesBack } from './known.ts';
import type { Wanted } from './request.ts';

/**
 * The user data that a new machine gets: those of the living one. Nobody knows what they were at the moment that a person goes
 * back to, and they are run as root: whoever broke in since may have changed them.
 */
export function userDataOf(wanted: Wanted, { attributes }: Pick<Source, 'attributes'>): string | undefined {
  return goesBack(wanted) ? undefined : attributes.value?.userData;
}

/** Whether there are some that a new machine does not get. */
export function isUserDataLeft(wanted: Wanted, { attributes }: Pick<Source, 'attributes'>): boolean {
  return goesBack(wanted) && attributes.value?.userData !== undefined;
}
