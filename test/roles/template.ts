import type { Resources } from '../../deploy/template.ts';
import { policyDocument, type Statement } from './iam.ts';

/** What CloudFormation knows when it makes a stack: parameters, its own `AWS::...`, and the attributes of resources. */
export interface Known {
  readonly refs: Readonly<Record<string, string | readonly string[]>>;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly conditions?: Readonly<Record<string, boolean>>;
}

/** A value of a template with all that CloudFormation fills in. */
function filledIn(value: unknown, known: Known): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => filledIn(one, known)).filter((one) => one !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = []] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? undefined : known.refs[String(argument)];
    case 'Fn::Sub':
      return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_, key: string) => String(known.refs[key] ?? fail(key)));
    case 'Fn::GetAtt': {
      const attribute = (argument as string[]).join('.');
      return known.attributes?.[attribute] ?? fail(attribute);
    }
    case 'Fn::Join': {
      const [between, parts] = argument as [string, unknown];
      return (filledIn(parts, known) as string[]).join(between);
    }
    case 'Fn::Split': {
      const [at, text] = argument as [string, unknown];
      return String(filledIn(text, known)).split(at);
    }
    case 'Fn::If': {
      const [condition = '', yes, no] = argument as [string, unknown, unknown];
      return filledIn(known.conditions?.[condition] ? yes : no, known);
    }
  }
  const entries = Object.entries(value).map(([key, one]) => [key, filledIn(one, known)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function fail(what: string): never {
  throw new TypeError(`nobody has said what ${what} is`);
}

export interface Role {
  readonly name: string;
  readonly trust: readonly Statement[];
  readonly statements: readonly Statement[];
}

/** A role as IAM gets it. */
export function roleIn(resources: Resources, id: string, known: Known): Role {
  const {
    RoleName,
    AssumeRolePolicyDocument,
    Policies = [],
    ManagedPolicyArns = [],
  } = resources[id]?.Properties ?? fail(id);
  // What a managed policy is called here is what it is under.
  const refs = { ...known.refs, ...Object.fromEntries(Object.keys(resources).map((name) => [name, name])) };
  const managed = filledIn(ManagedPolicyArns, { ...known, refs }) as string[];
  const documents = [
    ...(filledIn(Policies, known) as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument),
    ...managed.map((name) => filledIn(resources[name]?.Properties.PolicyDocument, known)),
  ];
  return {
    name: String(filledIn(RoleName, known)),
    trust: policyDocument.parse(filledIn(AssumeRolePolicyDocument, known)).Statement,
    statements: documents.flatMap((document) => policyDocument.parse(document).Statement),
  };
}
