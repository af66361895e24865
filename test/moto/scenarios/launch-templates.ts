import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  ModifyLaunchTemplateCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { PUBLIC_IMAGE, tag, UNKNOWN } from './setting.ts';

/** Launch templates, their versions, and launches from them. */
export async function launchTemplates(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const create = (input: Partial<CreateLaunchTemplateCommand['input']>) =>
    ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ImageId: PUBLIC_IMAGE, InstanceType: 't3.micro' },
        ...input,
      }),
    );
  const describe = (input: DescribeLaunchTemplatesCommand['input']) =>
    ec2.send(new DescribeLaunchTemplatesCommand(input));
  const versions = (input: DescribeLaunchTemplateVersionsCommand['input']) =>
    ec2.send(new DescribeLaunchTemplateVersionsCommand(input));
  /** Which templates are listed; what they look like is told elsewhere. */
  const list = async (input: DescribeLaunchTemplatesCommand['input']) => {
    const { LaunchTemplates: found = [] } = await describe(input);
    return { LaunchTemplates: found.map(({ LaunchTemplateId }) => ({ LaunchTemplateId })) };
  };
  const modify = (input: ModifyLaunchTemplateCommand['input']) => ec2.send(new ModifyLaunchTemplateCommand(input));

  witness.name('al2023', PUBLIC_IMAGE);
  await witness.step('no launch templates', list({}));
  const made = await create({
    VersionDescription: 'first',
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: [tag('Name', 'web')] }],
  });
  const web = witness.name('web', made.LaunchTemplate?.LaunchTemplateId);
  await witness.step('making a launch template', Promise.resolve(made));
  await witness.step('making one of a name that is taken', create({}));
  const addVersion = (input: Partial<CreateLaunchTemplateVersionCommand['input']>) =>
    ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: web,
        LaunchTemplateData: { InstanceType: 't3.large' },
        ...input,
      }),
    );
  await witness.step('a version based on another', addVersion({ SourceVersion: '1', VersionDescription: 'second' }));
  await witness.step('a version of its own', addVersion({ LaunchTemplateData: { ImageId: PUBLIC_IMAGE } }));
  await witness.step('a version of an unknown template', addVersion({ LaunchTemplateId: UNKNOWN.template }));
  await witness.step('a version of what is no template id', addVersion({ LaunchTemplateId: 'template' }));
  await witness.step(
    'a version of a template by name',
    addVersion({ LaunchTemplateId: undefined, LaunchTemplateName: 'web' }),
  );
  await witness.step('all templates', list({}));
  await witness.step('a template by name', describe({ LaunchTemplateNames: ['web'] }));
  await witness.step('a template by an unknown name', list({ LaunchTemplateNames: ['nobody'] }));
  await witness.step('a template by an unknown id', list({ LaunchTemplateIds: [UNKNOWN.template] }));
  await witness.step('a template by what is no id', list({ LaunchTemplateIds: ['template'] }));
  await witness.step('templates by tag', list({ Filters: [{ Name: 'tag:Name', Values: ['w*'] }] }));
  await witness.step(
    'templates by name as a filter',
    list({ Filters: [{ Name: 'launch-template-name', Values: ['x'] }] }),
  );
  await witness.step('templates by an unknown filter', list({ Filters: [{ Name: 'nonsense', Values: ['x'] }] }));
  await witness.step('pages of no templates', list({ MaxResults: 0 }));
  await witness.step('pages of 201 templates', list({ MaxResults: 201 }));

  const numbers = async (input: DescribeLaunchTemplateVersionsCommand['input']) => {
    const { LaunchTemplateVersions: found = [] } = await versions(input);
    return { numbers: found.map(({ VersionNumber }) => VersionNumber) };
  };
  await witness.step('all versions of a template', versions({ LaunchTemplateId: web }));
  await witness.step('the order of versions', numbers({ LaunchTemplateId: web }));
  await witness.step(
    'the latest and the default version',
    versions({ LaunchTemplateId: web, Versions: ['$Latest', '$Default'] }),
  );
  await witness.step('a version by number', versions({ LaunchTemplateName: 'web', Versions: ['2'] }));
  await witness.step('an unknown version', versions({ LaunchTemplateId: web, Versions: ['9'] }));
  await witness.step(
    'versions from two to three',
    numbers({ LaunchTemplateId: web, MinVersion: '2', MaxVersion: '3' }),
  );
  await witness.step('the latest versions of all templates', versions({ Versions: ['$Latest'] }));
  await witness.step('a numbered version of all templates', versions({ Versions: ['1'] }));
  await witness.step('versions of nothing', versions({}));
  await witness.step('versions by id and name', versions({ LaunchTemplateId: web, LaunchTemplateName: 'web' }));
  await witness.step('versions of an unknown template', versions({ LaunchTemplateId: UNKNOWN.template }));
  await witness.step('versions of an unknown name', versions({ LaunchTemplateName: 'nobody' }));
  await witness.step(
    'versions by image',
    numbers({ LaunchTemplateId: web, Filters: [{ Name: 'image-id', Values: [UNKNOWN.image] }] }),
  );
  await witness.step('another default version', modify({ LaunchTemplateId: web, DefaultVersion: '2' }));
  await witness.step('the default version', versions({ LaunchTemplateId: web, Versions: ['$Default'] }));
  await witness.step('an unknown default version', modify({ LaunchTemplateId: web, DefaultVersion: '9' }));

  await witness.step('making one without data', create({ LaunchTemplateName: 'bare', LaunchTemplateData: undefined }));
  await witness.step('making one without a name', create({ LaunchTemplateName: undefined }));
  await witness.step('making one with a name that is too short', create({ LaunchTemplateName: 'ab' }));
  await witness.step(
    'making one with tags on an instance',
    create({
      LaunchTemplateName: 'wrong',
      TagSpecifications: [{ ResourceType: 'instance', Tags: [tag('Name', 'x')] }],
    }),
  );
  await witness.step('making one dry', create({ LaunchTemplateName: 'dry', DryRun: true }));
  await witness.step('a version based on an unknown one', addVersion({ SourceVersion: '9' }));

  const run = async (LaunchTemplate: RunInstancesCommand['input']['LaunchTemplate'], more = {}) => {
    const answer = await ec2.send(new RunInstancesCommand({ LaunchTemplate, MinCount: 1, MaxCount: 1, ...more }));
    const { ImageId, InstanceType, Tags } = answer.Instances?.[0] ?? {};
    return { ImageId, InstanceType, Tags };
  };
  await witness.step('a launch from the default version', run({ LaunchTemplateId: web }));
  await witness.step('a launch from a version by number', run({ LaunchTemplateName: 'web', Version: '3' }));
  await witness.step(
    'a launch from a version, of another type',
    run({ LaunchTemplateId: web, Version: '1' }, { InstanceType: 't3.nano' }),
  );
  await witness.step('a launch from an unknown version', run({ LaunchTemplateId: web, Version: '9' }));
  await witness.step('a launch from an unknown template', run({ LaunchTemplateId: UNKNOWN.template }));

  const remove = (LaunchTemplateId: string) => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
  await witness.step('deleting an unknown template', remove(UNKNOWN.template));
  await witness.step('deleting', remove(web));
  await witness.step('deleting again', remove(web));
}
