import { describe, expect, it } from 'vitest';
import { accountId, imageId, snapshotId } from '../../lib/model/ids.ts';
import { HOUR } from '../../lib/model/time.ts';
import { fitsLoan, loanTag, readLoans, sharesOfOthers } from '../../lib/tagging/loans.ts';
import { sealed } from '../../lib/tagging/seal.ts';

const VAULT = accountId('444455556666');
const image = imageId('ami-0123456789abcdef0');
const snapshot = snapshotId('snap-0123456789abcdef0');
const since = Date.UTC(2026, 10, 23, 2);

describe('what is shared for a copy', () => {
  it.each([
    [[], '2026-11-23T02:00:00Z'],
    [[image, snapshot], '2026-11-23T02:00:00Z but ami-0123456789abcdef0 snap-0123456789abcdef0'],
  ])('is written with what others share, %j', (theirs, value) => {
    const tags = loanTag(VAULT, { since, theirs });
    expect(tags).toEqual({ 'amikeep:lent:444455556666': value });
    expect(readLoans({ Name: 'web', ...tags })).toEqual(new Map([[VAULT, { since, theirs }]]));
  });

  it('P12: is read back with as much of others as the tag has room for, and said where there is no room', () => {
    const theirs = Array.from({ length: 6 }, () => snapshot);
    expect(fitsLoan(theirs)).toBe(true);
    const said = loanTag(VAULT, { since, theirs })['amikeep:lent:444455556666'] ?? '';
    expect(sealed(said, 'x'.repeat(86)).length).toBeLessThanOrEqual(256);
    expect(fitsLoan([...theirs, snapshot])).toBe(false);
  });

  it.each(['yesterday', '2026-11-23T02:00:00Z but', '2026-11-23T02:00:00Z but i-0123456789abcdef0', ''])(
    'is none where it says %j',
    (value) => {
      const good = loanTag(accountId('777788889999'), { since, theirs: [] });
      const loans = readLoans({ 'amikeep:lent:444455556666': value, ...good });
      expect([...loans.keys()]).toEqual(['777788889999']);
    },
  );

  it('is of an account, whatever stands behind its key', () => {
    expect(readLoans({ 'amikeep:lent:somebody': '2026-11-23T02:00:00Z' })).toEqual(new Map());
  });
});

describe('P3: who uses an image for good', () => {
  const loans = new Map([[VAULT, { since, theirs: [snapshot] }]]);

  it.each([
    { of: image, sharedWith: [VAULT, '777788889999'], others: ['777788889999'] },
    { of: image, sharedWith: [VAULT], others: [] },
    { of: snapshot, sharedWith: [VAULT], others: [VAULT] },
  ])('is not whom we share $of with ourselves', ({ of, sharedWith, others }) => {
    expect(sharesOfOthers(of, sharedWith, loans, since)).toEqual(others);
  });

  it('P23: is also whom we shared it with two days ago: the word for it may have been put back since', () => {
    expect(sharesOfOthers(image, [VAULT], loans, since + 48 * HOUR - 1)).toEqual([]);
    expect(sharesOfOthers(image, [VAULT], loans, since + 48 * HOUR)).toEqual([VAULT]);
  });
});
