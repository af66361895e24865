import type { Difference } from './compare.ts';
import type { Disagreement } from './disagreement.ts';

/**
 * What is to be said of a step: differences that nobody listed, and listed ones that are not there any more. A
 * listed one that has become another is both.
 *
 * @param step with its scenario, as sightings have it
 * @returns nothing where the list and the step agree
 */
export function problemOf(
  step: string,
  found: readonly Difference[],
  disagreements: readonly Disagreement[],
): string | undefined {
  const listed = new Set(
    disagreements.flatMap(({ seen }) => seen.filter((sighting) => sighting.step === step).map(textOf)),
  );
  const texts = new Set(found.map(textOf));
  const problems = [
    ...[...texts].filter((text) => !listed.has(text)).map((text) => `not listed: ${text}`),
    ...[...listed].filter((text) => !texts.has(text)).map((text) => `listed, and gone: ${text}`),
  ];
  return problems.length > 0 ? problems.join('\n') : undefined;
}

/** The steps that are listed and that no scenario has. */
export function unknownSteps(steps: ReadonlySet<string>, disagreements: readonly Disagreement[]): readonly string[] {
  const listed = new Set(disagreements.flatMap(({ seen }) => seen.map(({ step }) => step)));
  return [...listed].filter((step) => !steps.has(step));
}

/** In the words of a sighting, so that it can be put on the list as it is. */
function textOf({ field, sandbox, moto }: Difference): string {
  return `field: ${JSON.stringify(field)}, sandbox: ${JSON.stringify(sandbox)}, moto: ${JSON.stringify(moto)}`;
}
