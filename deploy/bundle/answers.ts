import { READ_MEMBERS } from './read-members.ts';

/** A structure's definition: all before the names of its members, these, their types, how many are required, the end. */
const DEFINITION =
  /^(export var (\w+)\$ = \[3, n0, _\w+,\s*(?:0|\{[^}]*\}),\s*)\[([^\]]*)\](,\s*)\[(.*?)\](?:, (\d+))?(\s*\];)$/gms;

/** A type, or a list of one and its traits. */
const TYPE = /\[(?:[^[\]]|\[[^\]]*\])*\]|[^,[\]\s][^,[\]]*/g;

/** The types of a structure's members, as they stand between the brackets. */
export function typesOf(types: string): string[] {
  return types.match(TYPE) ?? [];
}

/**
 * The text of a client's schemas in which structures have the members alone that `READ_MEMBERS` has of them.
 *
 * @param constants the names that the text has for names, and these
 * @param refuse told, as the end of a sentence, what is not as the table has it; throws
 */
export function withReadMembers(
  text: string,
  client: string,
  constants: ReadonlyMap<string, string>,
  refuse: (what: string) => never,
): string {
  const unmet = new Map(Object.entries(READ_MEMBERS[client] ?? {}));
  const pruned = text.replace(
    DEFINITION,
    (
      whole,
      start: string,
      structure: string,
      names: string,
      between: string,
      types: string,
      required = 0,
      end = '',
    ) => {
      const read = unmet.get(structure);
      if (!read) return whole;
      unmet.delete(structure);
      const members = names.split(/,\s*/).map((name) => ({ name, is: constants.get(name) ?? '' }));
      const ofMembers = typesOf(types);
      if (ofMembers.length !== members.length) refuse(`have ${structure} with members of another form`);
      const strange = read.filter((one) => !members.some(({ is }) => is === one));
      if (strange.length > 0) refuse(`have no ${strange.join(', ')} in ${structure}`);
      const kept = [...members.keys()].filter((at) => read.includes(members[at]?.is ?? ''));
      // Those that AWS's model requires come first.
      const stillRequired = kept.filter((at) => at < Number(required)).length;
      const list = (of: readonly (string | undefined)[]) => `[${kept.map((at) => of[at]).join(', ')}]`;
      const count = stillRequired > 0 ? `, ${stillRequired}` : '';
      return `${start}${list(members.map(({ name }) => name))}${between}${list(ofMembers)}${count}${end}`;
    },
  );
  if (unmet.size > 0) refuse(`have no ${[...unmet.keys()].join(', ')}`);
  return pruned;
}
