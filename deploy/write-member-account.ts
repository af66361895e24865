import { writeFileSync } from 'node:fs';
import { memberAccountTemplate } from './member-account.ts';

/** `npm run schema`: writes what other accounts are made ready with. */
writeFileSync(new URL('member-account.yml', import.meta.url), memberAccountTemplate());
