import { describe, expect, it } from 'vitest';
import { instanceId, region } from '../../../lib/model/ids.ts';
import { completeReading } from '../../../lib/model/reading.ts';
import type { Image, Instance } from '../../../lib/model/resources.ts';
import type { Policy } from '../../../lib/policy/policy.ts';
import { readInstancesAgain } from '../../../lib/run/jobs/instances.ts';
import type { InstanceScope } from '../../../lib/run/ports.ts';
import { lineageText } from '../../../lib/tagging/lineage.ts';
import { AN_INSTANCE_ID, anImageOf, anInstance, aPolicy, aPolicyFile, aStamp, HERE } from '../../builders.ts';
import { NOW } from '../../planning/fleet.ts';
import { fakeReads } from '../fakes.ts';

const id = (number: number) => instanceId(`i-${String(number).padStart(17, '0')}`);

/** What a second look asks of the instances of HERE. */
async function asked(
  images: readonly Image[],
  {
    instances = [],
    sources = [],
    policy = {},
  }: { instances?: readonly Instance[]; sources?: readonly Image[]; policy?: Partial<Policy> } = {},
): Promise<{ ids: readonly string[]; tags: readonly (readonly [string, readonly string[]])[] }> {
  let scope: InstanceScope = { ids: [], tags: new Map() };
  const reads = fakeReads({
    instancesAmong: async (_, of) => {
      scope = of;
      return completeReading('instances', NOW, []);
    },
  });
  const first = {
    instances: new Map([[HERE.region, completeReading('instances', NOW, instances)]]),
    sources: new Map([[region('us-east-1'), completeReading('images', NOW, sources)]]),
  };
  const file = aPolicyFile({ policies: [aPolicy(policy)] });
  await readInstancesAgain(images, first, file, HERE, reads);
  return { ids: scope.ids, tags: [...scope.tags] };
}

describe('a second look asks for the instances', () => {
  it('that the images are of, and for some that stay, by which the region shows to have any', async () => {
    const instances = Array.from({ length: 30 }, (_, index) =>
      anInstance({ id: id(index), state: index < 3 ? 'shutting-down' : 'running' }),
    );
    const { ids } = await asked([anImageOf(aStamp())], { instances });
    expect(ids).toEqual([AN_INSTANCE_ID, ...instances.slice(3, 23).map((instance) => instance.id)]);
  });

  it('that what is hidden of their lineages is of', async () => {
    const owned = anImageOf(aStamp());
    const hidden = { ...anImageOf(aStamp({ slot: aStamp().slot + 86_400_000, attempt: 2 })), tags: {} };
    expect((await asked([owned, hidden])).ids).toEqual([AN_INSTANCE_ID]);
    const byTag = aStamp({ lineage: 'Role=web' });
    const other = { ...byTag, slot: byTag.slot + 86_400_000, source: { ...byTag.source, instance: id(7) } };
    expect((await asked([anImageOf(byTag), { ...anImageOf(other), tags: {} }])).ids).toEqual([AN_INSTANCE_ID, id(7)]);
  });

  it('that images of their lineages are of where they were made, and that bear their value', async () => {
    const stamp = aStamp({ lineage: 'Role=web' });
    const later = { ...stamp, source: { ...stamp.source, instance: id(8) }, slot: stamp.slot + 86_400_000 };
    const { ids, tags } = await asked([anImageOf(stamp)], { sources: [anImageOf(later)] });
    expect(ids).toEqual([AN_INSTANCE_ID, id(8)]);
    expect(tags).toEqual([['Role', ['web']]]);
  });

  it('that bear it by a tag whose key stands otherwise in the text of the lineage', async () => {
    const lineage = lineageText('team#1', 'web');
    const { tags } = await asked([anImageOf(aStamp({ lineage }))], { policy: { lineageTag: 'team#1' } });
    expect(tags.map(([key]) => key)).toContain('team#1');
  });
});
