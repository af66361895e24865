import { describe, expect, it } from 'vitest';
import { descriptionOf } from '../../../lib/aws/writes/description.ts';

const slot = Date.parse('2026-11-23T02:00:00Z');

describe('the description of an image', () => {
  it('names its deployment, its policy and its version', () => {
    expect(descriptionOf({ deployment: 'prod', policy: 'nightly', slot })).toBe(
      'amikeep: deployment prod, policy nightly, version 2026.11.23-0200',
    );
  });

  it('has a dash for every character that is no printable ASCII', () => {
    expect(descriptionOf({ deployment: 'größe\n', policy: 'a😀b', slot })).toBe(
      'amikeep: deployment gr--e-, policy a-b, version 2026.11.23-0200',
    );
  });

  it.each(['x', '😀', 'ü'])('stays within what EC2 takes, however many %s there are', (letter) => {
    const long = letter.repeat(500);
    const text = descriptionOf({ deployment: long, policy: long, slot });
    expect(text).toMatch(/^[ -~]{1,255}$/);
    expect(text).toContain('version 2026.11.23-0200');
  });
});
