/** How often one slot's image or copy is tried. What failed this often fails for a reason that a person must remove. */
export const MAX_ATTEMPTS = 3;

/**
 * As far as the attempts at a copy are numbered. Who may tag can have the first one begin at the third number; that many have
 * to fail all the same before it is given up.
 */
export const HIGHEST_ATTEMPT = 2 * MAX_ATTEMPTS;
