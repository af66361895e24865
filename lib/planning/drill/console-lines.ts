import { type Context, createContext, Script } from 'node:vm';

/** In characters. The text is the guest's: it may be one line without an end. */
const LONGEST_LINE = 500;
/** In milliseconds. A pattern that needs longer for some kilobytes is one that may take for ever, such as `(.+)+ login:`. */
const LONGEST_MATCH = 250;

const MATCH = new Script('lines.some((line) => wanted.test(line))');
let context: Context | undefined;

/**
 * Whether a line of a console matches a pattern of the policy file; undefined where the pattern takes too long to tell. Unlike a plain
 * match it can be broken off, so that no pattern keeps a run from ending its drills.
 */
export function hasLine(console: string, pattern: string): boolean | undefined {
  const lines = console.split(/\r?\n/).map((line) => line.slice(0, LONGEST_LINE));
  context ??= createContext();
  Object.assign(context, { lines, wanted: new RegExp(pattern, 'u') });
  try {
    return MATCH.runInContext(context, { timeout: LONGEST_MATCH }) === true;
  } catch {
    // Only its end in time can break it off: the pattern was read before.
    return undefined;
  }
}
