import type { Image } from '@aws-sdk/client-ec2';
import type { Target } from '../../lib/model/ids.ts';
import { HOME } from '../inventory.ts';
import type { Estate } from './tool.ts';

/** The images that an account has in one of its regions, oldest first. */
export function imagesIn({ sandbox }: Pick<Estate, 'sandbox'>, home: Target = HOME): Image[] {
  return sandbox.ec2.inspect.images(home).flatMap(({ image }) => (image.Public ? [] : [image]));
}

/** Those of them that are not the newest of their instance. */
export function expiredIn(estate: Pick<Estate, 'sandbox'>): string[] {
  const images = imagesIn(estate);
  return images.flatMap(({ ImageId = '', SourceInstanceId }, index) =>
    images.slice(index + 1).some((later) => later.SourceInstanceId === SourceInstanceId) ? ImageId : [],
  );
}

/** How many snapshots there are that no image needs. */
export function orphansIn({ sandbox }: Pick<Estate, 'sandbox'>): number {
  return sandbox.ec2.inspect.snapshots(HOME).filter(({ images }) => images.length === 0).length;
}
