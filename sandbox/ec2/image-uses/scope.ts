import { invalidValue, missingParameter } from '../errors.ts';

/** What a request asks of a type of resource that may refer to an image. */
interface ScopeRequest {
  readonly ResourceType?: string | undefined;
  readonly ResourceTypeOptions?:
    | readonly { readonly OptionName?: string | undefined; readonly OptionValues?: readonly string[] | undefined }[]
    | undefined;
}

export interface ScopeRules {
  readonly types: readonly string[];
  /** How many of a launch template's newest versions count where nothing is said. */
  readonly versionDepth: number;
  /** Whether instances can be told apart by their state. */
  readonly byState: boolean;
}

export interface Scope {
  /** The states of instances that count; all, if absent. */
  readonly states?: ReadonlySet<string>;
  readonly versionDepth: number;
}

const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'];
const deepest = 10_000;

/**
 * What to look at of each type that is asked for (API reference, ResourceTypeRequest and
 * ImageUsageResourceTypeRequest).
 *
 * @throws InvalidParameterValue for a type, option or value that there is not, MissingParameter.
 */
export function readScopes(requests: readonly ScopeRequest[], rules: ScopeRules): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const { ResourceType: type, ResourceTypeOptions: options = [] } of requests) {
    if (!type) throw missingParameter('ResourceType');
    if (!rules.types.includes(type)) throw invalidValue(`Value (${type}) for parameter resourceType is invalid.`);
    if (scopes.has(type)) throw invalidValue(`The resource type ${type} is specified more than once.`);
    let scope: Scope = { versionDepth: rules.versionDepth };
    for (const { OptionName: name, OptionValues: values = [] } of options) {
      if (type === 'ec2:LaunchTemplate' && name === 'version-depth') scope = { ...scope, versionDepth: depth(values) };
      else if (type === 'ec2:Instance' && name === 'state-name' && rules.byState)
        scope = { ...scope, states: named(values) };
      else throw invalidValue(`The option ${name} is not valid for the resource type ${type}.`);
    }
    scopes.set(type, scope);
  }
  return scopes;
}

function depth([value = '', ...more]: readonly string[]): number {
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  if (more.length > 0 || number < 1 || number > deepest) {
    throw invalidValue(`The option version-depth takes one integer between 1 and ${deepest}.`);
  }
  return number;
}

function named(values: readonly string[]): ReadonlySet<string> {
  if (values.length === 0 || !values.every((value) => states.includes(value))) {
    throw invalidValue(`The option state-name takes values of ${states.join(', ')}.`);
  }
  return new Set(values);
}
