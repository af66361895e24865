import { describe, expect, it } from 'vitest';
import { completeReading, partialReading, type Reading } from '../../../lib/model/reading.ts';
import type { Image } from '../../../lib/model/resources.ts';
import type { CopyImage } from '../../../lib/planning/copy/changes.ts';
import type { CreateImage } from '../../../lib/planning/create/changes.ts';
import type { ChangeDecision } from '../../../lib/planning/decision.ts';
import { runCycle } from '../../../lib/run/cycle/cycle.ts';
import type { Applied } from '../../../lib/run/ports.ts';
import { imageName } from '../../../lib/tagging/name.ts';
import { encodeStamp, type Stamp } from '../../../lib/tagging/stamp.ts';
import { AN_INSTANCE_ID, anImageOf, aStamp, DR, HERE } from '../../builders.ts';
import { ami, instanceNumber, NOW } from '../../planning/fleet.ts';
import { cycleSettings, FakeApplier, fakeReads } from '../fakes.ts';

const whole = { complete: true } as const;
const subject = { kind: 'instance', id: AN_INSTANCE_ID, region: HERE.region } as const;
const reason = { code: 'slot-due', text: 'it is due' } as const;

const common = (stamp: Stamp) => ({
  region: stamp.home.region,
  name: imageName(stamp),
  stamp,
  tags: encodeStamp(stamp),
});
const creating = (stamp: Stamp): ChangeDecision<CreateImage> => ({
  action: 'create',
  subject,
  reason,
  change: { kind: 'create', ...common(stamp), instance: AN_INSTANCE_ID, reboot: false, excludeDevices: [] },
});
const copying = (stamp: Stamp): ChangeDecision<CopyImage> => ({
  action: 'copy',
  subject,
  reason,
  change: { kind: 'copy', ...common(stamp), source: { image: ami(1), region: HERE.region }, encrypt: false },
});

/** Runs one creation while others hold names already; the answer for it, and the names that were asked for. */
async function create(decision: ChangeDecision, holders: readonly Image[], hidden: readonly Image[] = []) {
  const applier = new FakeApplier((change): Applied => {
    if (change.kind !== 'create' && change.kind !== 'copy') throw new Error(`${change.kind} is not asked for here`);
    const holder = [...holders, ...hidden].find(({ name, region }) => name === change.name && region === change.region);
    return holder ? { kind: 'lost-name', holder: holder.id } : { kind: 'done', image: ami(99) };
  });
  const image = async (target: typeof HERE, id: Image['id']): Promise<Reading<Image | undefined>> =>
    completeReading(
      'image',
      NOW,
      holders.find((holder) => holder.id === id && holder.region === target.region),
    );
  const job = { read: async () => whole, plan: () => ({ decisions: [decision], warnings: [], problems: [] }) };
  const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads({ image }), applier }));
  const [entry] = carried;
  if (!entry || !('applied' in entry)) throw new Error('one change is carried out');
  return { applied: entry.applied, names: applier.asked.map((change) => ('name' in change ? change.name : '')) };
}

const failed = (stamp: Stamp, number: number) => anImageOf(stamp, { id: ami(number), state: 'failed' });
const nameOf = (attempt: number) => imageName(aStamp({ attempt }));

describe.each([
  ['a creation', creating, aStamp],
  ['a copy', copying, (stamp: Partial<Stamp> = {}) => aStamp({ home: DR, ...stamp })],
] as const)('P12: %s whose name is taken', (_, decide, stamp) => {
  it.each(['pending', 'available'] as const)('is done where the holder is %s', async (state) => {
    const { applied, names } = await create(decide(stamp()), [anImageOf(stamp(), { state })]);
    expect(applied).toEqual({ kind: 'done', image: anImageOf(stamp()).id, note: 'another run made it' });
    expect(names).toEqual([nameOf(1)]);
  });

  it('goes on to the next attempt, and the one after, where those before failed', async () => {
    const { applied, names } = await create(decide(stamp()), [failed(stamp(), 1), failed(stamp({ attempt: 2 }), 2)]);
    expect(applied).toEqual({ kind: 'done', image: ami(99) });
    expect(names).toEqual([nameOf(1), nameOf(2), nameOf(3)]);
  });

  it('is refused after the third attempt', async () => {
    const holders = [1, 2, 3].map((attempt) => failed(stamp({ attempt }), attempt));
    const { applied, names } = await create(decide(stamp()), holders);
    expect(applied).toMatchObject({ kind: 'refused', problem: expect.stringContaining('3 attempts have failed') });
    expect(names).toHaveLength(3);
  });

  it('is left to the next sweep where the holder cannot be read yet', async () => {
    const { applied } = await create(decide(stamp()), [], [anImageOf(stamp())]);
    expect(applied).toMatchObject({ kind: 'unknown', problem: expect.stringContaining('not readable yet') });
  });

  it('P1: is refused where EC2 made the holder from something else', async () => {
    const elsewhere = { sourceInstance: instanceNumber(9), sourceImage: ami(9) };
    const { applied } = await create(decide(stamp()), [anImageOf(stamp(), elsewhere)]);
    expect(applied).toMatchObject({ kind: 'refused', problem: expect.stringContaining('which EC2 made from') });
  });

  it('P23: is done where the holder bears whatever tags, since its name and its source are EC2’s own word', async () => {
    const { change } = decide(stamp());
    const sourceImage = change.kind === 'copy' ? { sourceImage: change.source.image } : {};
    const holder = anImageOf(stamp(), { tags: {}, seal: 'missing', ...sourceImage });
    const { applied } = await create(decide(stamp()), [holder]);
    expect(applied).toMatchObject({ kind: 'done', note: 'another run made it' });
  });
});

it('P12: a name that is taken by nobody knows whom is left to the next sweep', async () => {
  const applier = new FakeApplier(() => ({ kind: 'lost-name' }));
  const decision = creating(aStamp());
  const job = { read: async () => whole, plan: () => ({ decisions: [decision], warnings: [], problems: [] }) };
  const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads(), applier }));
  expect(carried).toMatchObject([
    { applied: { kind: 'unknown', problem: expect.stringContaining('not readable yet') } },
  ]);
});

it('P12: a holder whose reading failed is left to the next sweep', async () => {
  const image = async () => partialReading('image', NOW, undefined, 'UnauthorizedOperation');
  const applier = new FakeApplier(() => ({ kind: 'lost-name', holder: ami(1) }));
  const decision = creating(aStamp());
  const job = { read: async () => whole, plan: () => ({ decisions: [decision], warnings: [], problems: [] }) };
  const { carried } = await runCycle(job, cycleSettings({ reads: fakeReads({ image }), applier }));
  expect(carried).toMatchObject([{ applied: { kind: 'unknown' } }]);
});
