import { unfitting } from './errors.ts';

const characters = '[\\w+=,.@-]+';
const nameForm = new RegExp(`^${characters}$`);

/** A path is `/`, or begins and ends with one (IAM API reference, pathType). */
const pathForm = /^(?:\/|\/[\u0021-\u007e]+\/)$/;

/** @throws ValidationError for an empty name, one that is too long, or has other characters than names have. */
export function checkedName(member: string, name: string, most: number): string {
  if (name.length > most) throw unfitting(member, name, `have length less than or equal to ${most}`);
  if (!nameForm.test(name)) throw unfitting(member, name, `satisfy regular expression pattern: ${characters}`);
  return name;
}

/** @throws ValidationError */
export function checkedPath(path = '/'): string {
  if (pathForm.test(path) && path.length <= 512) return path;
  throw unfitting('path', path, 'satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)');
}
