/** Eight hexadecimal digits are the old form of an id, which stays valid; seventeen are today's. */
const forms = {
  ami: /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  amiur: /^amiur-[0-9a-f]{17}$/,
  eipalloc: /^eipalloc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  eni: /^eni-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  i: /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  key: /^key-[0-9a-f]{17}$/,
  lt: /^lt-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  rtb: /^rtb-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  sg: /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  replacevol: /^replacevol-[0-9a-f]{17}$/,
  snap: /^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  subnet: /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  vol: /^vol-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  vpce: /^vpce-[0-9a-f]{17}$/,
  vpc: /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
} as const;

export type IdPrefix = keyof typeof forms;

export function isId(prefix: IdPrefix, text: string): boolean {
  return forms[prefix].test(text);
}

/** The prefix of a well-formed id, nothing for any other text. */
export function prefixOf(id: string): IdPrefix | undefined {
  const prefix = id.slice(0, id.indexOf('-'));
  return isPrefix(prefix) && isId(prefix, id) ? prefix : undefined;
}

function isPrefix(text: string): text is IdPrefix {
  return Object.hasOwn(forms, text);
}
