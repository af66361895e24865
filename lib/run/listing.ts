import type { InstanceId } from '../model/ids.ts';
import type { Clock } from '../model/time.ts';
import type { Decision } from '../planning/decision.ts';
import { sortByLineage } from '../planning/lineages.ts';
import type { PolicyFile } from '../policy/policy.ts';
import type { OwnedImage } from '../tagging/ownership.ts';
import type { TargetedEvent } from './expand.ts';
import { retireJob } from './jobs/retire.ts';
import type { Aws } from './ports.ts';

/** An image of the deployment, and what a retire run would decide on it now. */
export interface ListedImage {
  readonly owned: OwnedImage;
  readonly decision: Decision;
}

/** What a region of an account has of the deployment. */
export interface Listing {
  readonly images: readonly ListedImage[];
  /** The `Name` of each instance that has one, as far as instances are there. */
  readonly names: ReadonlyMap<InstanceId, string>;
  /** What could not be read, and what bears a name of the deployment and no seal that holds. */
  readonly problems: readonly string[];
  /** Whether seals could not be checked, so that an image may be the deployment's and is not known to be. */
  readonly sealsUnread: boolean;
}

interface ListingPorts {
  readonly file: PolicyFile;
  readonly clock: Clock;
  readonly aws: Aws;
}

/**
 * Reads what a retire run reads of a whole region, and changes nothing. What EC2 tells of one image at a time is left out:
 * it is asked right before a stage, and would take calls for each of thousands of images.
 */
export async function listTarget(event: TargetedEvent, { file, clock, aws }: ListingPorts): Promise<Listing> {
  const { target } = event;
  const { deployment } = file;
  // The first look of a run that applies its plan asks nothing of single images; the second one is not taken here.
  const settings = { deployment, target, mode: 'apply', clock, aws, stopAt: Number.POSITIVE_INFINITY } as const;
  const job = retireJob({ ...event, leftovers: false }, { file, settings });
  const inventory = await job.read();
  const { decisions, problems } = job.plan(inventory, clock.now());
  const byImage = new Map<string, Decision>(decisions.map((decision) => [decision.subject.id, decision]));
  const owned = [...sortByLineage(inventory.images.value, deployment).lineages.values()].flatMap(
    ({ images }) => images,
  );
  const instances = [...inventory.instances.values()].flatMap(({ value }) => value);
  return {
    images: owned.flatMap((image) => {
      const decision = byImage.get(image.image.id);
      return decision ? [{ owned: image, decision }] : [];
    }),
    names: new Map(instances.flatMap(({ id, tags }) => (tags.Name ? [[id, tags.Name] as const] : []))),
    problems: [...problems, ...decisions.filter(isUnsealed).map(leftOut)],
    sealsUnread: inventory.images.value.some(({ seal }) => seal === 'unread'),
  };
}

/** Somebody may have changed its tags: whoever looks for it has to hear that it is there. */
function isUnsealed({ action, reason }: Decision): boolean {
  return action === 'report' && reason.code === 'unsealed';
}

function leftOut({ subject: { id, region }, reason }: Decision): string {
  return `${id} in ${region}, which is left out: ${reason.text}`;
}
