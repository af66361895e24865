import type { Effect } from '../../../sandbox/watcher.ts';
import type { Scene } from './scene.ts';
import { textAt, textsAt } from './texts.ts';

/** EC2 tells the owner of an image a day late that another account has launched it. */
const TOLD_LATE = 24 * 60 * 60 * 1_000;

/**
 * Takes down what came to use an image, or does no longer.
 *
 * @returns whether the call was about such a thing
 */
export function rememberUse({ operation, input, region, account }: Effect, output: object, scene: Scene): boolean {
  const { book, now } = scene;
  switch (operation) {
    case 'RunInstances':
      for (const id of textsAt(output, 'Instances', 'InstanceId')) {
        book.addInstance({ id, account, region, type: textAt(output, 'Instances', 'InstanceType') }, now);
        const image = textAt(output, 'Instances', 'ImageId');
        const isOwners = account === (book.images.get(image)?.account ?? scene.account);
        book.pin(image, id, isOwners ? now : now + TOLD_LATE);
      }
      return true;
    case 'CreateLaunchTemplate':
      book.pin(imageOfTemplate(input), textAt(output, 'LaunchTemplate', 'LaunchTemplateId'), now);
      return true;
    case 'CreateLaunchTemplateVersion':
      book.pin(imageOfTemplate(input), textAt(output, 'LaunchTemplateVersion', 'LaunchTemplateId'), now);
      return true;
    case 'DeleteLaunchTemplate':
      book.unpin(textAt(input, 'LaunchTemplateId'));
      return true;
    case 'CreateLaunchConfiguration':
      book.pin(textAt(input, 'ImageId'), `${account} ${region} ${textAt(input, 'LaunchConfigurationName')}`, now);
      return true;
    case 'DeleteLaunchConfiguration':
      book.unpin(`${account} ${region} ${textAt(input, 'LaunchConfigurationName')}`);
      return true;
    case 'CreateAutoScalingGroup':
      for (const id of textsAt(input, ...OVERRIDES, 'ImageId'))
        book.pin(id, groupName(input, `${account} ${region}`), now);
      return true;
    case 'DeleteAutoScalingGroup':
      book.unpin(groupName(input, `${account} ${region}`));
      return true;
    case 'PutParameter':
      book.unpin(`${account} ${region} ${textAt(input, 'Name')}`);
      book.pin(textAt(input, 'Value'), `${account} ${region} ${textAt(input, 'Name')}`, now);
      return true;
    case 'DeleteParameter':
      book.unpin(`${account} ${region} ${textAt(input, 'Name')}`);
      return true;
    default:
      return false;
  }
}

/** Where a group names images of its own, beside its template's, which are in use by that. */
const OVERRIDES = ['MixedInstancesPolicy', 'LaunchTemplate', 'Overrides'] as const;

function groupName(input: Effect['input'], place: string): string {
  return `${place} ${textAt(input, 'AutoScalingGroupName')}`;
}

function imageOfTemplate(input: Effect['input']): string {
  return textAt(input, 'LaunchTemplateData', 'ImageId');
}
