import { describe, expect, it } from 'vitest';
import {
  anImage,
  anInstance,
  aPlane,
  home,
  idOf,
  imageOf,
  type PlaneUnderTest,
  refusal,
  snapshotIdsOf,
} from './plane.ts';

type Describing = (plane: PlaneUnderTest, Description: string) => Promise<string | undefined>;

const CALLS: readonly (readonly [string, Describing])[] = [
  [
    'CreateImage',
    async (plane, Description) => {
      const InstanceId = await anInstance(plane);
      return plane.call('CreateImage', { InstanceId, Name: 'described', Description }).ImageId;
    },
  ],
  [
    'CopyImage',
    async (plane, Description) => {
      const SourceImageId = await anImage(plane);
      return plane.call('CopyImage', { SourceImageId, SourceRegion: home, Name: 'described', Description }).ImageId;
    },
  ],
  [
    'RegisterImage',
    async (plane, Description) => {
      const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, await anImage(plane)));
      const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }];
      const input = { Name: 'described', RootDeviceName: '/dev/xvda', BlockDeviceMappings, Description };
      return plane.call('RegisterImage', input).ImageId;
    },
  ],
  [
    'ModifyImageAttribute',
    async (plane, Value) => {
      const ImageId = await anImage(plane);
      plane.call('ModifyImageAttribute', { ImageId, Description: { Value } });
      return ImageId;
    },
  ],
];

describe.each(CALLS)('a description that %s gives', (_, describing) => {
  it('has up to 255 characters', async () => {
    const plane = aPlane();
    const longest = 'it\'s the "best" & <last> #1; ~'.padEnd(255, 'x');

    expect(imageOf(plane, idOf(await describing(plane, longest))).Description).toBe(longest);
    await expect(describing(aPlane(), `${longest}x`)).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });

  it.each(['Zahlungsüberwachung', 'a – b', '😀'])('is ASCII: %s is not', async (text) => {
    await expect(describing(aPlane(), text)).rejects.toMatchObject({
      code: 'InvalidParameterValue',
      message: `Value (${text}) for parameter Description is invalid. Character sets beyond ASCII are not supported.`,
    });
  });
});

describe('a client token', () => {
  it.each(['ü'.repeat(3), 'x'.repeat(65)])('is ASCII of 64 characters at most: %s is not', async (ClientToken) => {
    const plane = aPlane();
    const copy = { SourceImageId: await anImage(plane), SourceRegion: home, Name: 'copy', ClientToken };
    expect(refusal(() => plane.call('CopyImage', copy)).code).toBe('InvalidClientToken');
  });
});
