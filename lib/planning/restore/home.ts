import type { OwnedImage } from '../../tagging/ownership.ts';

/** Whether an image is where its server was. Elsewhere there is nothing of what the server was launched with. */
export function isHome({ image, stamp: { source } }: Pick<OwnedImage, 'image' | 'stamp'>): boolean {
  return image.region === source.region && image.account === source.account;
}
