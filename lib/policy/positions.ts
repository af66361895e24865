import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';

/** A place in a text; both count from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly PropertyKey[];

/** Where the parts of a YAML document stand in its text. */
export class Positions {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** The position of an offset in the text. */
  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  /**
   * Where a person would look for the value at a path: the value itself if it is a scalar, else the key that it
   * stands under. What is not there, such as a key that is missing, is looked for where the nearest thing around it is.
   */
  of(path: Path): Position {
    const { node, offset } = this.#find(path);
    return this.at((isScalar(node) && node.value !== null ? startOf(node) : undefined) ?? offset);
  }

  /** Where the key at the end of a path stands, or what is nearest to it. */
  ofKey(path: Path): Position {
    return this.at(this.#find(path).offset);
  }

  /** The last thing on a path that is there, and the offset of its key or, in a list, of itself. */
  #find(path: Path): Found {
    const { contents } = this.#document;
    let found: Found = { node: contents, offset: startOf(contents) ?? 0 };
    for (const step of path) {
      const child = this.#child(found.node, step);
      if (child === undefined) break;
      found = child;
    }
    return found;
  }

  #child(parent: unknown, step: PropertyKey): Found | undefined {
    const around = isAlias(parent) ? parent.resolve(this.#document) : parent;
    if (isMap(around)) {
      const pair = around.items.find(({ key }) => isScalar(key) && key.value === step);
      return pair && { node: pair.value, offset: startOf(pair.key) ?? 0 };
    }
    const item = isSeq(around) ? around.items[Number(step)] : undefined;
    return item === undefined ? undefined : { node: item, offset: startOf(item) ?? 0 };
  }
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
