import type {
  LaunchTemplateSpecification,
  LaunchTemplateVersion,
  ResponseLaunchTemplateData,
  Tag,
} from '@aws-sdk/client-ec2';
import {
  invalidCombination,
  missingParameter,
  templateIdMalformed,
  templateIdNotFound,
  templateNameNotFound,
  templateVersionNotFound,
} from '../errors.ts';
import { isId } from '../plane/ids.ts';
import { term } from '../plane/records.ts';
import type { AccountRegion, LaunchTemplateEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';

/** How calls name a launch template: by id or by name. */
export interface TemplateReference {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

/**
 * @throws InvalidLaunchTemplateId.Malformed, InvalidLaunchTemplateId.NotFound,
 *   InvalidLaunchTemplateName.NotFoundException, InvalidParameterCombination for id and name together.
 */
export function ownTemplate(
  place: AccountRegion,
  { LaunchTemplateId: id, LaunchTemplateName: name }: TemplateReference,
) {
  if (id && name) throw invalidCombination('Specify either LaunchTemplateId or LaunchTemplateName, not both.');
  if (id) {
    if (!isId('lt', id)) throw templateIdMalformed(id);
    const entry = place.launchTemplates.get(id);
    if (!entry) throw templateIdNotFound(id);
    return entry;
  }
  if (!name) throw missingParameter('LaunchTemplateId');
  const entry = templateNamed(place, name);
  if (!entry) throw templateNameNotFound(name);
  return entry;
}

export function templateNamed(place: AccountRegion, name: string): LaunchTemplateEntry | undefined {
  const [entry] = place.launchTemplates.withTerms([term('launch-template-name', name)]);
  return entry;
}

/**
 * The version that `$Latest`, `$Default` or a number means.
 *
 * @throws InvalidLaunchTemplateId.VersionNotFound.
 */
export function templateVersion(entry: LaunchTemplateEntry, named: string): LaunchTemplateVersion {
  const { DefaultVersionNumber: normal, LatestVersionNumber: latest } = entry.current;
  const number = named === '$Latest' ? latest : named === '$Default' ? normal : Number(named);
  const version = entry.versions.find(({ VersionNumber }) => VersionNumber === number);
  if (!version) throw templateVersionNotFound(entry.id, named);
  return version;
}

/** The ids of the images that the newest versions of a template name. */
export function imagesOfTemplate(versions: readonly LaunchTemplateVersion[], depth: number): ReadonlySet<string> {
  return new Set(versions.slice(-depth).flatMap(({ LaunchTemplateData: data }) => data?.ImageId ?? []));
}

/** What a launch takes from its template: the default version unless it names another. */
export function launchTemplateOf(
  place: AccountRegion,
  specification: LaunchTemplateSpecification,
): ResponseLaunchTemplateData {
  return launchVersionOf(place, specification).LaunchTemplateData ?? {};
}

/** The tags that EC2 itself puts on what a launch template made (EC2 User Guide, Launch instances using a launch template). */
export function launchTemplateTags(place: AccountRegion, specification: LaunchTemplateSpecification): readonly Tag[] {
  const { LaunchTemplateId: id, VersionNumber: number } = launchVersionOf(place, specification);
  return [
    view({ Key: 'aws:ec2launchtemplate:id', Value: id }),
    view({ Key: 'aws:ec2launchtemplate:version', Value: String(number) }),
  ];
}

function launchVersionOf(place: AccountRegion, specification: LaunchTemplateSpecification): LaunchTemplateVersion {
  return templateVersion(ownTemplate(place, specification), specification.Version ?? '$Default');
}
