import { invalid, notModelled, parameterUnknown, versionUnknown } from './errors.ts';
import { currentVersion, type ParameterEntry, type ParameterPlace, type ParameterVersion } from './state.ts';

/** A parameter, one of its versions, and how that was named: nothing, or `:3`, or `:prod`. */
export interface FoundVersion {
  readonly entry: ParameterEntry;
  readonly version: ParameterVersion;
  readonly selector: string | undefined;
}

/** The characters of a name; slashes divide its levels. */
const nameForm = /^[a-zA-Z0-9_.\-/]+$/;

/** @throws ValidationException for what can't be a name */
export function checkedName(text: string): string {
  const { name, selector } = readReference(text);
  if (selector !== undefined || !nameForm.test(name)) throw malformedName();
  return name;
}

/** @throws ValidationException where what stands before a version or label can't be a name */
export function checkReference(text: string): void {
  if (!nameForm.test(readReference(text).name)) throw malformedName();
}

const malformedName = () =>
  invalid(
    'Parameter name: it can consist of sub-paths divided by slashes; each is a mix of letters, numbers and the symbols .-_',
  );

/** @throws ParameterNotFound */
export function knownParameter({ parameters }: ParameterPlace, name: string): ParameterEntry {
  const entry = parameters.get(checkedName(name));
  if (!entry) throw parameterUnknown(name);
  return entry;
}

/**
 * What `name`, `name:version` or `name:label` means.
 *
 * @throws ValidationException for what can't be a name, ParameterNotFound, ParameterVersionNotFound
 */
export function knownVersion(place: ParameterPlace, reference: string): FoundVersion {
  checkReference(reference);
  const found = findVersion(place, reference);
  if (found) return found;
  const { name, selector = '' } = readReference(reference);
  knownParameter(place, name);
  throw versionUnknown(name, selector);
}

/** The same, or nothing where there is no such parameter or version, which what can't be a name has not either. */
export function findVersion({ parameters }: ParameterPlace, reference: string): FoundVersion | undefined {
  const { name, selector } = readReference(reference);
  const entry = parameters.get(name);
  if (!entry) return undefined;
  if (selector === undefined) return { entry, version: currentVersion(entry), selector };
  const version = entry.versions.find(({ version, labels }) =>
    /^\d+$/.test(selector) ? version === Number(selector) : labels.includes(selector),
  );
  return version && { entry, version, selector: `:${selector}` };
}

function readReference(reference: string): { name: string; selector: string | undefined } {
  if (reference.startsWith('arn:')) throw notModelled('parameters by ARN');
  const [name = '', ...selectors] = reference.trim().split(':');
  return { name, selector: selectors.length === 0 ? undefined : selectors.join(':') };
}
