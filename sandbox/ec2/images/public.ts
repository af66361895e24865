import type { Image } from '@aws-sdk/client-ec2';
import { digest } from '../plane/digest.ts';
import { imageIndex } from '../plane/indexes.ts';
import { Collection } from '../plane/records.ts';
import type { ImageEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';

/** Images that everybody may launch, the same in every region but for their ids. */
const catalogue = [
  {
    key: 'al2023',
    owner: '137112412989',
    name: 'al2023-ami-2023.9.20260105.0-kernel-6.12-x86_64',
    description: 'Amazon Linux 2023 AMI 2023.9.20260105.0 x86_64 HVM kernel-6.12',
    architecture: 'x86_64',
    rootDevice: '/dev/xvda',
    size: 8,
  },
  {
    key: 'al2023-arm64',
    owner: '137112412989',
    name: 'al2023-ami-2023.9.20260105.0-kernel-6.12-arm64',
    description: 'Amazon Linux 2023 AMI 2023.9.20260105.0 arm64 HVM kernel-6.12',
    architecture: 'arm64',
    rootDevice: '/dev/xvda',
    size: 8,
  },
  {
    key: 'ubuntu-24.04',
    owner: '099720109477',
    name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260108',
    description: 'Canonical, Ubuntu, 24.04, amd64 noble image',
    architecture: 'x86_64',
    rootDevice: '/dev/sda1',
    size: 8,
  },
] as const;

export type PublicImageKey = (typeof catalogue)[number]['key'];

/** The id that a public image has in a region; it depends on nothing else. */
export function publicImageId(region: string, key: PublicImageKey): string {
  return `ami-${digest(`public/${region}/${key}`).slice(0, 17)}`;
}

/** So old are they when the sandbox begins, in days, and so old when EC2 deprecates them, which hides them from others. */
const AGE = 30;
const DEPRECATED_AT = 2 * 365;

/**
 * The public images by region, made when a region is first asked for. They never change.
 *
 * @param begunAt when the sandbox begins: to its clock they are of last month, whatever the year is
 */
export function createPublicImages(begunAt: number): (region: string) => Collection<Image, ImageEntry> {
  const createdAt = new Date(begunAt);
  createdAt.setUTCHours(0, 0, 0, 0);
  createdAt.setUTCDate(createdAt.getUTCDate() - AGE);
  const deprecatedAt = new Date(createdAt);
  deprecatedAt.setUTCDate(deprecatedAt.getUTCDate() + DEPRECATED_AT);
  const dates = { CreationDate: createdAt.toISOString(), DeprecationTime: deprecatedAt.toISOString() };
  const byRegion = new Map<string, Collection<Image, ImageEntry>>();
  return (region) => {
    const known = byRegion.get(region);
    if (known) return known;
    const images = new Collection<Image, ImageEntry>(imageIndex.filters, imageIndex.termsOf);
    catalogue.forEach((product, index) => {
      images.add(publicImage(region, product, dates, index - catalogue.length));
    });
    byRegion.set(region, images);
    return images;
  };
}

/** @param seq below zero, so that public images come before all that accounts make. */
function publicImage(
  region: string,
  product: (typeof catalogue)[number],
  dates: Required<Pick<Image, 'CreationDate' | 'DeprecationTime'>>,
  seq: number,
): ImageEntry {
  const id = publicImageId(region, product.key);
  const image: Image = view<Image>({
    ImageId: id,
    ImageLocation: `amazon/${product.name}`,
    ImageOwnerAlias: 'amazon',
    OwnerId: product.owner,
    Name: product.name,
    Description: product.description,
    State: 'available',
    ...dates,
    Public: true,
    Architecture: product.architecture,
    ImageType: 'machine',
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    RootDeviceName: product.rootDevice,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    BootMode: product.architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
    ImdsSupport: 'v2.0',
    BlockDeviceMappings: [
      {
        DeviceName: product.rootDevice,
        Ebs: {
          SnapshotId: `snap-${digest(`public/${region}/${product.key}/root`).slice(0, 17)}`,
          VolumeSize: product.size,
          VolumeType: 'gp3',
          Iops: 3_000,
          Throughput: 125,
          DeleteOnTermination: true,
          Encrypted: false,
        },
      },
    ],
    ProductCodes: [],
    Tags: [],
    DeregistrationProtection: 'disabled',
    FreeTierEligible: true,
  });
  return {
    id,
    seq,
    current: image,
    shown: image,
    origin: 'public',
    requestId: '',
    mappings: image.BlockDeviceMappings ?? [],
    keys: [],
  };
}
