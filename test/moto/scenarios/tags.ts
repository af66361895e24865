import { CreateTagsCommand, DeleteTagsCommand, DescribeImagesCommand, type Tag } from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { imaged, launched, tag, tags, UNKNOWN } from './setting.ts';

/** CreateTags and DeleteTags. */
export async function tagging(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const web = await launched(witness, ec2, 'web');
  const golden = await imaged(witness, ec2, web, 'golden', [tag('Name', 'golden')]);
  const spare = await imaged(witness, ec2, web, 'spare');
  const scratch = await imaged(witness, ec2, web, 'scratch', [tag('Name', 'scratch')]);
  const create = (resources: string[] | undefined, ...added: Tag[]) =>
    ec2.send(new CreateTagsCommand({ Resources: resources, Tags: added }));
  const remove = (resources: string[], removed?: Tag[]) =>
    ec2.send(new DeleteTagsCommand({ Resources: resources, ...(removed && { Tags: removed }) }));
  const tagsOf = async (id: string) => {
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
    return { Tags: [...(image?.Tags ?? [])].map(({ Key, Value }) => `${Key}=${Value}`).sort() };
  };

  await witness.step('writing tags', create([golden, web], tag('Stage', 'prod'), tag('Empty', '')));
  await witness.step('tags that were written', tagsOf(golden));
  await witness.step('writing over a tag', create([golden], tag('Stage', 'Test')));
  await witness.step('a tag that was written over', tagsOf(golden));
  await witness.step('a tag without a value', create([scratch], { Key: 'Bare' }));
  await witness.step('writing no tags', create([golden]));
  await witness.step('tags on nothing', create([], tag('a', 'b')));
  await witness.step('tags on an unknown image', create([UNKNOWN.image], tag('a', 'b')));
  await witness.step('tags on an unknown instance', create([UNKNOWN.instance], tag('a', 'b')));
  await witness.step('tags on an unknown snapshot', create([UNKNOWN.snapshot], tag('a', 'b')));
  await witness.step('tags on an unknown launch template', create([UNKNOWN.template], tag('a', 'b')));
  await witness.step('tags on what is no id', create(['nonsense'], tag('a', 'b')));
  await witness.step('tags on what is no image id', create(['ami-xyz'], tag('a', 'b')));
  await witness.step('tags on a known and an unknown image', create([spare, UNKNOWN.image], tag('half', 'x')));
  await witness.step('tags after a call that named an unknown image', tagsOf(spare));
  await witness.step('a reserved key', create([scratch], tag('aws:x', 'y')));
  await witness.step('a reserved key in capitals', create([scratch], tag('AWS:x', 'y')));
  await witness.step('an empty key', create([scratch], tag('', 'y')));
  await witness.step('a key of 128 characters', create([scratch], tag('k'.repeat(128), 'y')));
  await witness.step('a key of 129 characters', create([scratch], tag('k'.repeat(129), 'y')));
  await witness.step('a value of 257 characters', create([scratch], tag('long', 'v'.repeat(257))));
  await witness.step('a key twice', create([scratch], tag('Twice', '1'), tag('Twice', '2')));
  await witness.step('fifty tags', create([spare], ...tags(50, 'k')));
  await witness.step('a tag more than fifty', create([spare], tag('more', 'x')));
  await witness.step('writing over one of fifty tags', create([spare], tag('k1', 'y')));
  await witness.step(
    'writing dry',
    ec2.send(new CreateTagsCommand({ Resources: [golden], Tags: [tag('a', 'b')], DryRun: true })),
  );

  await witness.step('removing a key with another value', remove([golden], [tag('Stage', 'prod')]));
  await witness.step('a key whose other value was to be removed', tagsOf(golden));
  await witness.step('removing a key with its value', remove([golden], [tag('Stage', 'Test')]));
  await witness.step('a key whose value was to be removed', tagsOf(golden));
  await witness.step('removing a key with an empty value', remove([golden], [tag('Name', '')]));
  await witness.step('removing a key whatever its value', remove([golden], [{ Key: 'Empty' }]));
  await witness.step('tags after keys were removed', tagsOf(golden));
  await witness.step('removing what is not there', remove([golden], [{ Key: 'Nothing' }]));
  await witness.step('removing all tags', remove([golden]));
  await witness.step('tags after all were removed', tagsOf(golden));
  await witness.step('removing tags of an unknown image', remove([UNKNOWN.image], [{ Key: 'a' }]));
  await witness.step('removing tags of what is no id', remove(['nonsense'], [{ Key: 'a' }]));
}
