import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../lib/model/ids.ts';
import {
  attemptAt,
  type CopyPlace,
  copyAttemptKey,
  copyAttemptTag,
  readCopyAttempts,
} from '../../lib/tagging/copy-attempts.ts';

const IRELAND: CopyPlace = { region: region('eu-west-1') };
const VAULT: CopyPlace = { region: region('eu-west-1'), account: accountId('444455556666') };

describe('the attempts at copies', () => {
  it('are counted for each place, with why the one before failed', () => {
    expect(copyAttemptTag(IRELAND, 12, 'no luck')).toEqual({ 'amikeep:copy-attempts:eu-west-1': '12 no luck' });
    expect(copyAttemptTag(VAULT, 2, '')).toEqual({ 'amikeep:copy-attempts:444455556666/eu-west-1': '2' });
  });

  it('are read as they were written, and are at the first where nothing is', () => {
    const attempts = readCopyAttempts({ Name: 'web', ...copyAttemptTag(IRELAND, 12, 'no luck') });
    expect([attemptAt(attempts, IRELAND), attemptAt(attempts, VAULT)]).toEqual([12, 1]);
    const both = readCopyAttempts({ ...copyAttemptTag(IRELAND, 2, ''), ...copyAttemptTag(VAULT, 3, 'no luck') });
    expect([attemptAt(both, IRELAND), attemptAt(both, VAULT)]).toEqual([2, 3]);
  });

  it.each(['mars', '/eu-west-1', '4444/eu-west-1', ''])('at %j are of no place, and say nothing', (place) => {
    const tags = { ...copyAttemptTag(IRELAND, 3, ''), [`amikeep:copy-attempts:${place}`]: '2' };
    expect(readCopyAttempts(tags)).toEqual(new Map([['eu-west-1', 3]]));
  });

  it.each(['', 'two', ' 2'])('say nothing where they are %j', (attempt) => {
    const tags = { ...copyAttemptTag(IRELAND, 3, ''), [copyAttemptKey(VAULT)]: attempt };
    expect(readCopyAttempts(tags)).toEqual(new Map([['eu-west-1', 3]]));
  });
});
