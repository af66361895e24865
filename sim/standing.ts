import type { Row, RowVersion } from './rows.ts';

/** The versions that a row keeps; a failed image stays as well, but holds no version. */
export function keptOf({ versions }: Row): readonly RowVersion[] {
  return versions.filter(isKept);
}

/** What a row has beside its versions: what failed, waits out its mark, is proposed, or may not go. */
export function besidesOf({ versions }: Row): readonly RowVersion[] {
  return versions.filter((version) => !isKept(version));
}

/**
 * `kept as daily, oldest weekly` names rules, of which `oldest` says that the oldest version of all fills a rule's
 * count up. What is kept for another reason than a rule names none.
 */
export function rulesOf({ code, why }: RowVersion): readonly string[] {
  return code === 'keep-rule' ? why.replace(/^kept as /, '').split(', ') : [];
}

function isKept({ action, code }: RowVersion): boolean {
  return action === 'keep' && code !== 'failed';
}
