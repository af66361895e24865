import type { ImageEntry, Plane } from '../plane/state.ts';
import { secondsText } from '../plane/views.ts';
import { changeImage } from './lifecycle.ts';

/**
 * Takes note that an image was launched, by whatever account. Its owner is shown the time late (EC2 User Guide, Check
 * when an AMI was last used). AWS's public images have no owner here who could look.
 */
export function recordLaunch(plane: Plane, region: string, image: ImageEntry): void {
  if (image.origin === 'public') return;
  const now = plane.clock.now();
  const reportedAt = now + plane.behaviour(region).lastLaunchedLagMs;
  image.unreportedLaunches ??= [];
  image.unreportedLaunches.push({ at: now, reportedAt });
  plane.later('image-launch-reported', plane.in(image.current.OwnerId ?? '', region), image.id, reportedAt);
}

export function handleLaunchTransitions(plane: Plane): void {
  plane.timeline.handle('image-launch-reported', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.images.get(id);
    if (!entry) return;
    const { unreportedLaunches: launches = [] } = entry;
    const now = plane.clock.now();
    entry.unreportedLaunches = launches.filter(({ reportedAt }) => reportedAt > now);
    const times = launches.flatMap(({ at, reportedAt }) => (reportedAt > now ? [] : at));
    const last = secondsText(Math.max(0, ...times)).replace('.000Z', 'Z');
    if (last <= (entry.current.LastLaunchedTime ?? '')) return;
    changeImage(plane, place, entry, { LastLaunchedTime: last });
  });
}
