import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageName, isNameOf, namePart, nameStart, readName } from '../../lib/tagging/name.ts';
import { versionOf } from '../../lib/tagging/version.ts';
import { aStamp, DR } from '../builders.ts';
import { anyStamp, tagValue } from './arbitraries.ts';

/** What EC2's CreateImage documents of Name. */
const EC2_NAME = /^[A-Za-z0-9()[\] ./\-'@_]{3,127}$/;

describe("an image's name", () => {
  it('says deployment, policy, instance, slot and attempt', () => {
    expect(imageName(aStamp())).toBe('prod/nightly/i-0123456789abcdef0/2026.11.23-0200/1');
  });

  it("is of the same form on a copy, with the copy's own attempt", () => {
    expect(imageName(aStamp({ home: DR, attempt: 2 }))).toBe('prod/nightly/i-0123456789abcdef0/2026.11.23-0200/2');
  });

  it('is one that EC2 allows, whatever the deployment and the policy are called', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        expect(imageName(stamp)).toMatch(EC2_NAME);
      }),
    );
  });

  it('P12: is shared by no two stamps that differ in deployment, policy, instance, slot or attempt', () => {
    const similar = fc.oneof(
      tagValue,
      tagValue.map((text) => partOf(aStamp({ deployment: text }))),
    );
    fc.assert(
      fc.property(anyStamp, similar, similar, fc.constantFrom('deployment', 'policy'), (stamp, one, other, part) => {
        const [a, b] = [one, other].map((text) => imageName({ ...stamp, [part]: text }));
        expect(a === b).toBe(one === other);
      }),
    );
    fc.assert(
      fc.property(anyStamp, anyStamp, (a, b) => {
        const lock = ({ deployment, policy, source, slot, attempt }: typeof a) =>
          JSON.stringify([deployment, policy, source.instance, slot, attempt]);
        expect(imageName(a) === imageName(b)).toBe(lock(a) === lock(b));
      }),
    );
  });

  it('is not moved from one part into the next', () => {
    expect(imageName(aStamp({ deployment: 'a/b', policy: 'c' }))).not.toBe(
      imageName(aStamp({ deployment: 'a', policy: 'b/c' })),
    );
  });

  it('is told apart by a hash where a text is sanitised or cut, also from the text that is so called', () => {
    const sanitised = partOf(aStamp({ deployment: 'my shop/ä' }));
    expect(sanitised).toBe('my-shop-@a6ee976e35a878f5');
    const namesake = partOf(aStamp({ deployment: sanitised }));
    expect(namesake).toMatch(/^my-shop-/);
    expect(namesake).not.toBe(sanitised);
    expect(partOf(aStamp({ deployment: 'x'.repeat(36) }))).toBe('x'.repeat(36));
    expect(partOf(aStamp({ deployment: 'x'.repeat(37) }))).toMatch(/^x{19}@[0-9a-f]{16}$/);
    expect(partOf(aStamp({ deployment: '' }))).toMatch(/^@[0-9a-f]{16}$/);
  });

  function partOf(stamp: ReturnType<typeof aStamp>): string {
    return imageName(stamp).split('/')[0] ?? '';
  }
});

describe('whether a name is that of a stamp', () => {
  it('is told for every stamp as if the name were made', () => {
    fc.assert(
      fc.property(anyStamp, anyStamp, (stamp, other) => {
        expect(isNameOf(imageName(stamp), stamp)).toBe(true);
        expect(isNameOf(imageName(other), stamp)).toBe(imageName(other) === imageName(stamp));
      }),
    );
  });

  it.each(['/', '1', ' ', 'x'])('is told of a name that goes on with %j', (more) => {
    const stamp = aStamp();
    expect(isNameOf(`${imageName(stamp)}${more}`, stamp)).toBe(false);
    expect(isNameOf(`${more}${imageName(stamp)}`, stamp)).toBe(false);
    expect(isNameOf(imageName(stamp).slice(0, -1), stamp)).toBe(false);
  });
});

describe('what a name says', () => {
  it('is what it was made of, and nothing to another deployment', () => {
    fc.assert(
      fc.property(anyStamp, tagValue, (stamp, other) => {
        expect(readName(imageName(stamp), stamp.deployment)).toEqual({
          policyPart: namePart(stamp.policy),
          instance: stamp.source.instance,
          version: versionOf(stamp.slot),
          attempt: stamp.attempt,
        });
        expect(readName(imageName(stamp), other) !== undefined).toBe(other === stamp.deployment);
      }),
    );
  });

  it.each([
    '',
    'prod',
    'my copy',
    'prod/nightly/i-0123456789abcdef0/2026.11.23-0200',
    'prod/a/b/c/d/e',
    'prodx/a/b/c/1',
    'prod/nightly/i-0123456789abcdef0/2026.11.23-0200/01',
  ])('is nothing where it is none of the deployment: %j', (name) => {
    expect(readName(name, 'prod')).toBeUndefined();
  });

  it('begins with the deployment and the policy', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        const { deployment, policy } = stamp;
        expect(imageName(stamp).startsWith(nameStart(deployment, policy))).toBe(true);
        expect(nameStart(deployment, policy).startsWith(nameStart(deployment))).toBe(true);
      }),
    );
  });
});
