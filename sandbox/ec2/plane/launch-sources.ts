import type { LaunchTemplateSpecification } from '@aws-sdk/client-ec2';
import { usableImage } from '../images/lookup.ts';
import { ownTemplate, templateVersion } from '../launch-templates/lookup.ts';
import type { Plane } from './state.ts';

export interface LaunchTemplateNames {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
}

/** What other services ask of EC2 as they are told what to launch from. */
export function launchSources(plane: Plane) {
  return {
    /** @throws ServiceError where the account can't launch the image: see `usableImage` */
    checkImage: (account: string, region: string, id: string): void => {
      usableImage(plane, plane.in(account, region), id);
    },
    /**
     * The template by both of its names.
     *
     * @throws ServiceError where there is no such template, or no such version of it
     */
    template: (account: string, region: string, specification: LaunchTemplateSpecification): LaunchTemplateNames => {
      const entry = ownTemplate(plane.in(account, region), specification);
      templateVersion(entry, specification.Version ?? '$Default');
      return { LaunchTemplateId: entry.id, LaunchTemplateName: entry.current.LaunchTemplateName ?? '' };
    },
  };
}
