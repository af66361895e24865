/** How often one slot's image or copy is tried. What failed this often fails for a reason that a person must remove. */
export const MAX_ATTEMPTS = 3;
