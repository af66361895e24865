import type { Tags } from '../../model/resources.ts';

/** What makes and manages images by itself, and the tags by which it knows its own. */
const MANAGERS: readonly { readonly name: string; readonly knows: (tags: Tags) => string | undefined }[] = [
  { name: 'AWS Backup', knows: having('aws:backup:source-resource') },
  { name: 'Data Lifecycle Manager', knows: having('aws:dlm:lifecycle-policy-id', 'dlm:managed') },
  { name: 'EC2 Image Builder', knows: having('Ec2ImageBuilderArn') },
  {
    name: 'EC2 Image Builder',
    knows: ({ CreatedBy }) => (CreatedBy === 'EC2 Image Builder' ? 'CreatedBy' : undefined),
  },
];

/**
 * Why an image is left to whoever manages it: that deletes it by rules of its own, and counts on what we would retire.
 * Undefined where nothing does.
 */
export function managedByOthers(tags: Tags): string | undefined {
  for (const { name, knows } of MANAGERS) {
    const key = knows(tags);
    if (key !== undefined) {
      return `${name} manages it, as its tag ${key} says, and deletes it by rules of its own; leave it to that, or make an image of your own`;
    }
  }
  return undefined;
}

function having(...keys: readonly string[]): (tags: Tags) => string | undefined {
  return (tags) => keys.find((key) => Object.hasOwn(tags, key));
}
