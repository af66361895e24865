import type { Image } from '@aws-sdk/client-ec2';
import type { ImageTraits } from '../plane/state.ts';

/** What an image hands on to instances, to their images and to copies. */
export function imageTraits(image: Image): ImageTraits {
  return {
    Architecture: image.Architecture,
    BootMode: image.BootMode,
    EnaSupport: image.EnaSupport,
    Hypervisor: image.Hypervisor,
    ImageType: image.ImageType,
    ImdsSupport: image.ImdsSupport,
    Platform: image.Platform,
    PlatformDetails: image.PlatformDetails,
    RootDeviceName: image.RootDeviceName,
    RootDeviceType: image.RootDeviceType,
    SriovNetSupport: image.SriovNetSupport,
    TpmSupport: image.TpmSupport,
    UsageOperation: image.UsageOperation,
    VirtualizationType: image.VirtualizationType,
  };
}
