/** Numbers that look random and are the same for the same seed (the generator sfc32). */
export class SeededRandom {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.trunc(seed / 2 ** 32) | 0;
    // The first numbers of neighbouring seeds are alike; after a dozen they are not.
    for (let i = 0; i < 12; i++) this.next32();
  }

  /** From 0 to 2^32 - 1. */
  next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, never including, 1. */
  next(): number {
    return this.next32() / 2 ** 32;
  }

  /** In the form of a version 4 UUID. */
  uuid(): string {
    const first = hex(this.next32());
    // The digits of the version and the variant stand where the form wants them.
    const second = hex((this.next32() & 0xffff0fff) | 0x4000);
    const third = hex((this.next32() & 0x0fffffff) | 0xa0000000);
    const fourth = hex(this.next32());
    return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${fourth}`;
  }
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits; ids are made for every call, and looking bytes up is many times faster than formatting numbers. */
function hex(word: number): string {
  return `${BYTES[word >>> 24]}${BYTES[(word >>> 16) & 255]}${BYTES[(word >>> 8) & 255]}${BYTES[word & 255]}`;
}
