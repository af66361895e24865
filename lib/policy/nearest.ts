import { distance } from 'fastest-levenshtein';

/** Two slips in a short word, one in three letters of a long one; beyond that, a likeness is more often chance. */
function mostSlips(word: string): number {
  return Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));
}

/** The known word that `word` most likely means, or undefined if none is near. Case counts for nothing. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart <= mostSlips(word) && apart < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { word: candidate, distance: apart };
    }
  }
  return best?.word;
}
