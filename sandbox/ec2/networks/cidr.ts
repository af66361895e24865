/** A block of IPv4 addresses. Addresses are numbers here: they are counted and compared. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  /** The bits that all of its addresses share. */
  readonly bits: number;
}

const BYTE = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ADDRESS = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);

/** @returns nothing for what is no address */
export function parseAddress(text: string): number | undefined {
  const bytes = ADDRESS.exec(text)?.slice(1).map(Number);
  return bytes?.reduce((address, byte) => address * 256 + byte, 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** The block that holds the address, whichever of its addresses is written. @returns nothing for what is no block */
export function parseCidr(text: string): Cidr | undefined {
  const [, written = '', length = ''] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  const address = parseAddress(written);
  if (address === undefined) return undefined;
  const bits = Number(length);
  const size = 2 ** (32 - bits);
  const first = address - (address % size);
  return { first, last: first + size - 1, bits };
}

export function cidrText({ first, bits }: Cidr): string {
  return `${addressText(first)}/${bits}`;
}

export function holds(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return one.first <= other.last && other.first <= one.last;
}
