import { describe, expect, it } from 'vitest';
import { aPlane, idOf, refusal } from './plane.ts';

function withTemplate() {
  const plane = aPlane();
  const { LaunchTemplate } = plane.call('CreateLaunchTemplate', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: { ImageId: 'ami-00000000000000001', InstanceType: 't3.micro' },
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'shop' }] }],
  });
  const LaunchTemplateId = idOf(LaunchTemplate?.LaunchTemplateId);
  plane.call('CreateLaunchTemplateVersion', {
    LaunchTemplateId,
    SourceVersion: '1',
    LaunchTemplateData: { ImageId: 'ami-00000000000000002' },
  });
  return { ...plane, LaunchTemplateId };
}

describe('a launch template', () => {
  it('has a latest version and a default one, which is the first until another is chosen', () => {
    const { call, LaunchTemplateId } = withTemplate();
    const read = () => call('DescribeLaunchTemplates', { LaunchTemplateNames: ['web'] }).LaunchTemplates;
    expect(read()).toMatchObject([{ LaunchTemplateId, DefaultVersionNumber: 1, LatestVersionNumber: 2 }]);
    call('ModifyLaunchTemplate', { LaunchTemplateId, DefaultVersion: '2' });
    expect(read()).toMatchObject([{ DefaultVersionNumber: 2 }]);
    const { LaunchTemplateVersions } = call('DescribeLaunchTemplateVersions', { LaunchTemplateId });
    expect(LaunchTemplateVersions?.map(({ DefaultVersion }) => DefaultVersion)).toEqual([true, false]);
  });

  it('lists its versions newest first, a new one over the data of its source', () => {
    const { call, LaunchTemplateId } = withTemplate();
    expect(call('DescribeLaunchTemplateVersions', { LaunchTemplateId }).LaunchTemplateVersions).toMatchObject([
      { VersionNumber: 2, LaunchTemplateData: { ImageId: 'ami-00000000000000002', InstanceType: 't3.micro' } },
      { VersionNumber: 1, LaunchTemplateData: { ImageId: 'ami-00000000000000001', InstanceType: 't3.micro' } },
    ]);
  });

  it('gives the latest and default versions of all templates where none is named', () => {
    const { call } = withTemplate();
    call('CreateLaunchTemplate', {
      LaunchTemplateName: 'other',
      LaunchTemplateData: { ImageId: 'ami-00000000000000003' },
    });
    const images = (Versions: string[]) =>
      call('DescribeLaunchTemplateVersions', { Versions }).LaunchTemplateVersions?.map(({ LaunchTemplateData }) =>
        LaunchTemplateData?.ImageId?.at(-1),
      );
    expect(images(['$Latest'])).toEqual(['2', '3']);
    expect(images(['$Default'])).toEqual(['1', '3']);
    expect(images(['$Latest', '$Default'])).toEqual(['2', '1', '3']);
    expect(refusal(() => images(['1'])).code).toBe('InvalidParameterValue');
  });

  it('is found by the image of its versions and by its tags', () => {
    const { call, LaunchTemplateId } = withTemplate();
    const Filters = [{ Name: 'image-id', Values: ['ami-00000000000000001'] }];
    expect(call('DescribeLaunchTemplateVersions', { LaunchTemplateId, Filters }).LaunchTemplateVersions).toMatchObject([
      { VersionNumber: 1 },
    ]);
    const byTag = { Filters: [{ Name: 'tag:team', Values: ['shop'] }] };
    expect(call('DescribeLaunchTemplates', byTag).LaunchTemplates).toHaveLength(1);
  });

  it('pages its versions', () => {
    const { call, LaunchTemplateId } = withTemplate();
    const first = call('DescribeLaunchTemplateVersions', { LaunchTemplateId, MaxResults: 1 });
    const second = call('DescribeLaunchTemplateVersions', {
      LaunchTemplateId,
      MaxResults: 1,
      NextToken: idOf(first.NextToken),
    });
    expect(second.LaunchTemplateVersions).toMatchObject([{ VersionNumber: 1 }]);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('is gone once it is deleted', () => {
    const { call, LaunchTemplateId } = withTemplate();
    call('DeleteLaunchTemplate', { LaunchTemplateName: 'web' });
    expect(refusal(() => call('DescribeLaunchTemplates', { LaunchTemplateIds: [LaunchTemplateId] })).code).toBe(
      'InvalidLaunchTemplateId.NotFound',
    );
    expect(refusal(() => call('DescribeLaunchTemplates', { LaunchTemplateNames: ['web'] }))).toEqual({
      code: 'InvalidLaunchTemplateName.NotFoundException',
      message: 'At least one of the launch templates specified in the request does not exist.',
    });
    expect(refusal(() => call('DescribeLaunchTemplateVersions', { LaunchTemplateName: 'web' }))).toEqual({
      code: 'InvalidLaunchTemplateName.NotFoundException',
      message: 'The specified launch template, with template name web, does not exist.',
    });
  });

  it.each([
    [{}, 'MissingParameter'],
    [{ LaunchTemplateId: 'lt-x' }, 'InvalidLaunchTemplateId.Malformed'],
    [{ LaunchTemplateName: 'web', Versions: ['9'] }, 'InvalidLaunchTemplateId.VersionNotFound'],
    [{ LaunchTemplateId: 'lt-x', LaunchTemplateName: 'web' }, 'InvalidParameterCombination'],
    [{ LaunchTemplateName: 'web', MaxResults: 201 }, 'InvalidParameterValue'],
  ])('refuses to describe the versions of %o with %s', (input, code) => {
    const { call } = withTemplate();
    expect(refusal(() => call('DescribeLaunchTemplateVersions', input)).code).toBe(code);
  });
});
