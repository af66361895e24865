import type { Checklist } from './checklist.ts';
import type { SeenDrill } from './drill-witness.ts';
import type { Evidence, OurImage, Scene } from './evidence.ts';
import type { DrillCount, Promised, PromisedPolicy } from './promises.ts';
import { textsAt } from './texts-at.ts';
import { tagsOf, type Witness } from './witness.ts';

const MINUTE = 60_000;

/** How often drills are looked after: so much longer than its lease one may live. */
const SWEEP = 5 * MINUTE;

/**
 * Checks that each drill was where its policy says and ended in time, that nothing is left of any, that each verdict is borne
 * out by what EC2 knew at that moment, and that what was proven last is still there.
 */
export function checkDrills(
  list: Checklist,
  promised: Promised,
  told: readonly DrillCount[],
  evidence: Evidence,
  scene: Scene,
): void {
  const { witness } = scene;
  checkCalls(list, scene);
  for (const [id, drill] of witness.drills.drills) {
    const policy = policyOf(drill, promised, evidence);
    list.expect(policy?.drill !== undefined, () => `drill ${id} is of no image of a policy that drills`);
    checkPlace(list, id, drill, policy);
    checkEnd(list, id, drill, policy, scene.sandbox.clock.now());
  }
  checkLeftOvers(list, scene);
  checkVerdicts(list, witness, evidence);
  checkLastProven(list, witness, evidence);
  list.expectSame('the drills of each lineage', told.map(countText), countedAgain(witness, evidence).map(countText));
}

function policyOf({ instance }: SeenDrill, { policies }: Promised, { history }: Evidence): PromisedPolicy | undefined {
  const image = history.get(instance.ImageId ?? '');
  return policies.find(({ name }) => name === image?.policy);
}

/** P16: whatever the deployment launched is a drill, and it ends nothing else. */
function checkCalls(list: Checklist, { sandbox, witness, peoplesRequests }: Scene): void {
  const { drills } = witness.drills;
  let launches = 0;
  for (const { operation, input, outcome, requestId, time } of sandbox.calls.log) {
    if (outcome !== 'ok' || peoplesRequests.has(requestId)) continue;
    if (operation === 'RunInstances') launches += 1;
    if (operation !== 'TerminateInstances') continue;
    for (const id of textsAt(input, 'InstanceIds')) {
      list.expect(drills.has(id), () => `${id}, which is no drill, was ended at ${new Date(time).toISOString()}`);
    }
  }
  list.expect(launches === drills.size, () => `${launches} launches of the deployment made ${drills.size} drills`);
}

/** P17: in the network that the policy names, and with nothing by which it is reached or reaches others. */
function checkPlace(list: Checklist, id: string, { region, instance }: SeenDrill, policy?: PromisedPolicy): void {
  const network = policy?.drill?.network[region];
  const groups = (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId);
  list.expect(
    network?.subnets.includes(instance.SubnetId ?? '') === true && groups.join() === network.securityGroup,
    () => `drill ${id} in ${region} was in ${instance.SubnetId} under ${groups.join(', ')}, not in its network`,
  );
  const open = [instance.PublicIpAddress, instance.IamInstanceProfile?.Arn, tagsOf(instance).Name].filter(Boolean);
  list.expect(open.length === 0, () => `drill ${id} in ${region} had ${open.join(', ')}`);
}

/** P16: within its lease and a sweep. */
function checkEnd(
  list: Checklist,
  id: string,
  { region, launchedAt, endedAt }: SeenDrill,
  policy: PromisedPolicy | undefined,
  now: number,
): void {
  const most = (policy?.drill?.leaseMinutes ?? 0) * MINUTE + SWEEP;
  const lived = (endedAt ?? now) - launchedAt;
  list.expect(lived <= most, () => {
    return `drill ${id} in ${region} lived ${Math.ceil(lived / MINUTE)} minutes, and may live ${most / MINUTE}`;
  });
}

/** P16: a volume or an interface with a drill's tag whose instance is gone. */
function checkLeftOvers(list: Checklist, { sandbox, witness, account }: Scene): void {
  const { inspect } = sandbox.ec2;
  const living = new Set(
    [...witness.drills.drills].flatMap(([id, { endedAt }]) => (endedAt === undefined ? [id] : [])),
  );
  const left = [
    ...inspect.volumes({ account }).flatMap(({ volume }) => {
      const isHeld = volume.Attachments?.some(({ InstanceId = '' }) => living.has(InstanceId));
      return isOfDrill(volume) && !isHeld ? [volume.VolumeId] : [];
    }),
    ...inspect.interfaces({ account }).flatMap(({ networkInterface }) => {
      const isHeld = living.has(networkInterface.Attachment?.InstanceId ?? '');
      return isOfDrill({ Tags: networkInterface.TagSet }) && !isHeld ? [networkInterface.NetworkInterfaceId] : [];
    }),
  ];
  list.expect(left.length === 0, () => `left over of drills: ${left.join(', ')}`);
}

function isOfDrill(resource: Parameters<typeof tagsOf>[0]): boolean {
  return tagsOf(resource)['amikeep:drill'] !== undefined;
}

/** P19: a pass is of a drill of that very image, which EC2 itself had found to be up; a failure is of one that was not. */
function checkVerdicts(list: Checklist, { drills }: Witness, { history }: Evidence): void {
  for (const { imageId, region, at, verdict, instanceId, checks } of drills.verdicts) {
    const when = new Date(at).toISOString();
    list.expect(history.has(imageId), () => `a verdict was written on ${imageId} in ${region}, which is not ours`);
    const drill = instanceId === undefined ? undefined : drills.drills.get(instanceId);
    if (verdict === 'inconclusive' && instanceId === undefined) continue;
    list.expect(drill?.instance.ImageId === imageId, () => {
      return `${imageId} in ${region} ${verdict} at ${when} by ${instanceId}, which is no drill of it`;
    });
    if (verdict === 'inconclusive') continue;
    list.expect((checks === 'ok') === (verdict === 'passed'), () => {
      return `${imageId} in ${region} ${verdict} at ${when}, and the checks of ${instanceId} were ${checks ?? 'gone'}`;
    });
  }
}

/** P18: the newest image of a lineage that had passed was there until a newer one had. */
function checkLastProven(list: Checklist, witness: Witness, { history }: Evidence): void {
  const gone = new Map(witness.deregistered.map(({ imageId, at }) => [imageId, at]));
  const passedAt = new Map<string, number>();
  for (const { imageId, at, verdict } of witness.drills.verdicts) {
    if (verdict === 'passed' && !passedAt.has(imageId)) passedAt.set(imageId, at);
  }
  const proven = [...passedAt.keys()].flatMap((id) => history.get(id) ?? []);
  for (const { imageId, at } of witness.deregistered) {
    const image = history.get(imageId);
    if (!image || (passedAt.get(imageId) ?? at) >= at) continue;
    const hasNewer = proven.some(
      (other) =>
        keyOf(other) === keyOf(image) &&
        other.slot > image.slot &&
        (passedAt.get(other.id) ?? at) < at &&
        (gone.get(other.id) ?? at + 1) > at,
    );
    list.expect(hasNewer, () => `${image.version} of ${keyOf(image)} (${imageId}) was retired, and was proven last`);
  }
}

function countedAgain({ drills }: Witness, { history }: Evidence): DrillCount[] {
  const ofOurs = drills.verdicts.flatMap(({ imageId, verdict }) => {
    const image = history.get(imageId);
    return image ? [{ image, verdict }] : [];
  });
  return [...Map.groupBy(ofOurs, ({ image }) => keyOf(image)).values()].flatMap((all): DrillCount[] => {
    const [first] = all;
    if (!first) return [];
    const { policy, lineage, region } = first.image;
    const count = (wanted: string) => all.filter(({ verdict }) => verdict === wanted).length;
    const newest = all
      .flatMap(({ image, verdict }) => (verdict === 'passed' ? [image] : []))
      .toSorted((one, other) => other.slot - one.slot)
      .at(0);
    const counts = { passed: count('passed'), failed: count('failed'), inconclusive: count('inconclusive') };
    return [{ policy, lineage, region, ...counts, ...(newest && { proven: newest.version }) }];
  });
}

function countText({ passed, failed, inconclusive, proven = 'none', ...about }: DrillCount): string {
  return `${keyOf(about)}: ${passed} passed, ${failed} failed, ${inconclusive} inconclusive, proven ${proven}`;
}

function keyOf({ policy, lineage, region }: Pick<OurImage, 'policy' | 'lineage' | 'region'>): string {
  return `${policy} ${lineage} in ${region}`;
}
