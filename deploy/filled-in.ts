/**
 * What CloudFormation fills in for `Ref` and in `Fn::Sub`, as long as it can be. Whatever is not here is of another
 * resource of the template: its name or its ARN.
 */
export type Longest = Readonly<Record<string, string | readonly string[]>>;

/** An ARN of one of the stack's own resources, `arn:aws-us-gov:events:us-gov-west-1:111122223333:event-bus/amikeep-...`. */
const LONGEST_ARN = 'a'.repeat(128);

/**
 * What becomes of a value of a template, to see how long it gets. Of what a condition of the template decides on the
 * longer part counts, which is the first one.
 */
export function filledIn(value: unknown, longest: Longest): unknown {
  if (Array.isArray(value)) return value.map((one) => filledIn(one, longest));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = [], ...others] = Object.entries(value);
  if (others.length > 0 || name === undefined || !(name === 'Ref' || name.startsWith('Fn::'))) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, longest)]));
  }
  return ofIntrinsic(name, argument, longest);
}

function ofIntrinsic(name: string, argument: unknown, longest: Longest): unknown {
  const known = (key: string) => longest[key] ?? LONGEST_ARN;
  const parts = Array.isArray(argument) ? argument : [];
  switch (name) {
    case 'Ref':
      return known(String(argument));
    case 'Fn::Sub':
      return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_, key: string) => String(known(key)));
    case 'Fn::GetAtt':
      return LONGEST_ARN;
    case 'Fn::If':
      return filledIn(parts[1], longest);
    case 'Fn::Join': {
      const joined = filledIn(parts[1], longest);
      return Array.isArray(joined) ? joined.join(String(parts[0])) : String(joined);
    }
    case 'Fn::Split':
      return String(filledIn(parts[1], longest)).split(String(parts[0]));
    default:
      throw new TypeError(`nobody has said what becomes of ${name}`);
  }
}
