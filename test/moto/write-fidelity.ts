/** `npm run fidelity`: writes the list of disagreements into docs/fidelity.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { DISAGREEMENTS } from './disagreements.ts';
import { FIDELITY, withDisagreements } from './fidelity-document.ts';

await writeFile(FIDELITY, withDisagreements(await readFile(FIDELITY, 'utf8'), DISAGREEMENTS));
