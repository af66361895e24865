import type { Effect } from '../../../sandbox/watcher.ts';
import { type DrillRecord, hasCome } from './drill-record.ts';
import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { textAt, textsAt } from './texts.ts';

const PASSED = 'amikeep:passed';
const DRILLED = 'amikeep:drilled';

export type Verdict = 'passed' | 'failed' | 'inconclusive';

/** What a run wrote on an image. */
interface SeenVerdict {
  readonly kind: Verdict;
  readonly at: number;
}

/** P19: what runs write on images, which has to be what was seen of a drill of them. */
export class Verdicts {
  readonly counts: Record<Verdict, number> = { passed: 0, failed: 0, inconclusive: 0 };
  readonly #scene: Scene;
  readonly #drills: ReadonlyMap<string, DrillRecord>;
  /** By image. */
  readonly #last = new Map<string, SeenVerdict>();
  readonly #passedAt = new Map<string, number>();

  /** @param drills all that there ever were, by their ids */
  constructor(scene: Scene, drills: ReadonlyMap<string, DrillRecord>) {
    this.#scene = scene;
    this.#drills = drills;
  }

  /** The last one on an image. */
  on(image: string): SeenVerdict | undefined {
    return this.#last.get(image);
  }

  /** When it passed last, whatever came later. */
  passedAt(image: string): number {
    return this.#passedAt.get(image) ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether one was given on the image of a drill since that was launched. */
  isGivenOn({ image, launchedAt }: DrillRecord): boolean {
    return (this.#last.get(image)?.at ?? Number.NEGATIVE_INFINITY) >= launchedAt;
  }

  /** P19: a verdict that a run is about to write on an image. */
  check({ operation, input, region }: Effect, run: RunRecord): void {
    if (operation !== 'CreateTags' || !Array.isArray(input.Tags)) return;
    for (const image of textsAt(input, 'Resources')) {
      for (const tag of input.Tags) {
        const [key, value] = [textAt(tag, 'Key'), textAt(tag, 'Value')];
        if (key === PASSED) this.#checkPass(image, region, value, run);
        if (key === DRILLED) this.#noteFailure(image, value, run);
      }
    }
  }

  #checkPass(image: string, region: string, text: string, run: RunRecord): void {
    const [, rung = '', , type = '', id = ''] = text.split(' ');
    const drill = this.#drills.get(id);
    const what = () => `${image} is written to have passed by ${run.begun.caller} (${text})`;
    const isOfImage = drill?.image === image && drill.region === region && drill.maker === run.begun.deployment;
    this.#scene.expect(isOfImage, 'P19', [image, id], () => `${what()}: ${id} is no drill of it`);
    if (!drill || !isOfImage) return;
    const isAsAsked = drill.asked.check === rung && drill.type === type;
    this.#scene.expect(isAsAsked, 'P19', [image, id], () => {
      return `${what()}: ${drill.asked.check} on ${drill.type} is what was asked for`;
    });
    this.#scene.expect(hasCome(drill, run), 'P19', [image, id], () => `${what()}: it was not seen to come so far`);
    this.counts.passed += this.isGivenOn(drill) ? 0 : 1;
    this.#last.set(image, { kind: 'passed', at: this.#scene.now });
    this.#passedAt.set(image, this.#scene.now);
    this.#scene.verified.give(image, text);
  }

  /** P19: that an image has failed is not written either, where it was seen to come up. */
  #noteFailure(image: string, text: string, run: RunRecord): void {
    const [, verdict = '', , id = ''] = text.split(' ');
    const drill = this.#drills.get(id);
    const isFailed = verdict === 'failed';
    const kind = isFailed ? 'failed' : 'inconclusive';
    this.#scene.expect(!isFailed || drill?.image === image, 'P19', [image, id], () => {
      return `${image} is written to have failed by ${run.begun.caller} (${text}), and ${id} is no drill of it`;
    });
    const wasShown = drill?.shownTo.has(run.begun.caller) ?? false;
    this.#scene.expect(!isFailed || !wasShown, 'P19', [image, id], () => {
      return `${image} is written to have failed by ${run.begun.caller} (${text}), which was shown that it has come up`;
    });
    if (isFailed) this.#scene.verified.doubt(image, text);
    if (!drill || !this.isGivenOn(drill)) this.counts[kind] += 1;
    this.#last.set(image, { kind, at: this.#scene.now });
  }
}
