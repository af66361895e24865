/** The families of types that are not built on the Nitro System (EC2 User Guide, Instance types: Xen-based instances). */
const xenFamilies: ReadonlySet<string> = new Set([
  'c1',
  'c3',
  'c4',
  'd2',
  'f1',
  'g2',
  'g3',
  'g3s',
  'h1',
  'i2',
  'i3',
  'm1',
  'm2',
  'm3',
  'm4',
  'p2',
  'p3',
  'r3',
  'r4',
  't1',
  't2',
  'x1',
  'x1e',
]);

/** Bare metal is of Nitro in every family. */
export function isOfNitro(type: string | undefined = ''): boolean {
  const [family = '', size] = type.split('.');
  return size === 'metal' || !xenFamilies.has(family);
}
