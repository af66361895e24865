import type { RecordedCall } from '../../../sandbox/calls.ts';
import type { SandboxEvent } from '../../../sandbox/contract.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Effect, Watcher } from '../../../sandbox/watcher.ts';
import { checkAdoption, isAdoption, noteAdoption } from './adoptions.ts';
import { BINNED, checkTakenOut, isAskedBack, noteGone, noteTakenOut } from './bin.ts';
import { Book } from './book.ts';
import { checkCaps } from './caps.ts';
import { checkCopied, checkCopying, checkCreation, checkMade } from './creations.ts';
import { Drills } from './drills.ts';
import { HOLD, type ImageRecord, MARK, noteTags, recordOf, type State, tagsOf } from './image-record.ts';
import { checkOutcome, type RunEnd } from './outcomes.ts';
import type { BegunRun, Violation } from './promised.ts';
import { checkPlanned, checkRestore, noteRestore, type Planned } from './restores.ts';
import { Rows } from './rows.ts';
import { isRead, RunRecord } from './run-record.ts';
import { Scene, type SceneOptions } from './scene.ts';
import { checkDeletion, checkOrphanMark } from './snapshots.ts';
import { checkStage, type Stage } from './stages.ts';
import { textAt, textsAt } from './texts.ts';
import { checkUndone } from './undone.ts';
import { rememberUse } from './uses.ts';
import { checkElsewhere, checkSharing } from './vaults.ts';

/** The longest that an instance takes to come to a halt, or to run. */
const MOVES_FOR = 30_000;

/** What is done once a call has had its effect. */
type After = ((output: object) => void) | undefined;

/** What a run may do besides what has a check of its own. */
const OTHERS: ReadonlySet<string> = new Set(['EnableImage', 'CreateImageUsageReport']);

/**
 * Looks on while deployments do their work, and says where one breaks a promise. It knows what the sandbox really holds,
 * what was called, and what the policies say; nothing of how anything is decided.
 */
export class Observer {
  readonly watcher: Watcher = {
    effect: (effect) => this.#effect(effect),
    answered: (call) => this.#answered(call),
  };
  readonly #options: SceneOptions;
  readonly #runs = new Map<string, RunRecord>();
  readonly #rows = new Rows();
  /** The run that puts events on a bus just now. */
  #putting: RunRecord | undefined;
  #scene: Scene | undefined;
  #drills: Drills | undefined;
  #isStill = false;
  /** When EC2 last told of an image, and when the sweeps began that nothing is left to do after. */
  #newsAt = Number.NEGATIVE_INFINITY;
  #quietSince = 0;

  constructor(options: SceneOptions) {
    this.#options = options;
  }

  /** Begins to look on: the sandbox has to have this one's watcher. */
  attach(sandbox: Sandbox): void {
    this.#scene = new Scene(sandbox, new Book(sandbox), this.#options);
    this.#drills = new Drills(this.#scene);
    sandbox.onEvent((event) => {
      this.#stateChanged(event);
      this.#sentOn(event);
    });
  }

  get scene(): Scene {
    if (!this.#scene) throw new Error('the observer has no sandbox to look at yet');
    return this.#scene;
  }

  get drills(): Drills {
    if (!this.#drills) throw new Error('the observer has no sandbox to look at yet');
    return this.#drills;
  }

  get violations(): readonly Violation[] {
    return this.scene.violations;
  }

  runBegins(begun: BegunRun): void {
    const run = new RunRecord(begun, this.scene.now);
    this.#runs.set(begun.caller, run);
    this.drills.runBegins(run);
    this.#rows.begins(begun, this.scene);
  }

  runEnds(caller: string, end: RunEnd): void {
    const run = this.#runs.get(caller);
    // Of a restore a person is told by the command itself.
    if (run && run.begun.event.restore === undefined) checkOutcome(run, end, this.scene);
    if (run && end === 'well') checkUndone(run, this.scene);
    if (run) this.drills.runEnds(run, end);
    if (run) this.scene.loans.runEnds(run, end);
    if (run && end === 'died') this.#rows.died(run.begun);
    // A dead run's last call may still be on its way.
    if (end !== 'died') this.#runs.delete(caller);
  }

  /** What the plan of a restore says. */
  planned(caller: string, plan: Planned): void {
    const run = this.#runs.get(caller);
    if (run) checkPlanned(plan, run, this.scene);
  }

  /** Checks that some work, done twice, changes nothing the second time, unless EC2 has told of something meanwhile. */
  async still(work: () => Promise<void>): Promise<void> {
    this.#quietSince = this.scene.now;
    await work();
    this.#isStill = true;
    await work();
    this.#isStill = false;
  }

  #answered(call: RecordedCall): void {
    if (call.caller === undefined || call.service === 'events') return;
    const run = this.#runs.get(call.caller);
    run?.note(call);
    if (run) this.drills.answered(call);
  }

  #effect(effect: Effect): After {
    const run = this.#runs.get(effect.caller ?? '');
    this.drills.tick();
    if (effect.service === 'events') {
      if (run) noteTold(effect, run);
      this.#putting = run;
      return undefined;
    }
    // Neither a signature nor a role that is taken on changes anything.
    if (isRead(effect.operation) || effect.service === 'kms' || effect.service === 'sts') return undefined;
    if (run?.begun.event.restore) return this.#restoring(effect, run);
    if (run) this.#checkPlanMode(effect, run);
    if (run) checkElsewhere(effect, run, this.scene);
    const after = this.#change(effect, run);
    // What EC2 tells meanwhile is news, and no sweep.
    const isSweep = run !== undefined && run.begun.event.images === undefined;
    if (!isSweep || !this.#isStill || this.#isNews(run) || this.#isWrittenAlready(effect)) return after;
    return (output) => {
      after?.(output);
      this.#expectNothing(effect, run);
    };
  }

  #restoring(effect: Effect, run: RunRecord): After {
    checkRestore(effect, run, this.scene);
    return (output) => {
      if (effect.operation === 'CreateTags') this.#tagged(effect);
      else this.#rememberOther(effect, output);
      for (const id of textsAt(effect.input, 'InstanceId')) this.#instanceChanged(id, MOVES_FOR);
      noteRestore(effect, output, run, this.scene);
    };
  }

  /** Whether EC2 has told of something since the sweeps began, or a slot has come meanwhile that this run is for. */
  #isNews({ begun: { window } }: RunRecord): boolean {
    return this.#newsAt >= this.#quietSince || (window !== undefined && window.slot >= this.#quietSince);
  }

  /** Whether tags that are to be written are there already, with the same values. */
  #isWrittenAlready({ operation, input, region, account }: Effect): boolean {
    if (operation !== 'CreateTags') return false;
    const { inspect } = this.scene.sandbox.ec2;
    const wanted = tagsOf({ Tags: Array.isArray(input.Tags) ? input.Tags : [] });
    return textsAt(input, 'Resources').every((id) => {
      const resource = inspect.image(account, region, id) ?? inspect.snapshot(account, region, id)?.snapshot;
      const tags = tagsOf(resource ?? {});
      return [...wanted].every(([key, value]) => tags.get(key) === value);
    });
  }

  /** Of a change that has happened although there was nothing left to do. */
  #expectNothing({ operation, region, input }: Effect, { begun }: RunRecord): void {
    const ids = [...textsAt(input, 'Resources'), ...textsAt(input, 'ImageId'), ...textsAt(input, 'InstanceId')];
    this.scene.expect(false, 'convergence', [begun.caller, ...ids], () => {
      return `${begun.caller} did once more what had been done: ${operation} in ${region} ${JSON.stringify(input)}`;
    });
  }

  #checkPlanMode({ operation, input }: Effect, { begun }: RunRecord): void {
    this.scene.expect(begun.event.mode === 'apply', 'P10', [begun.caller, ...textsAt(input, 'Resources')], () => {
      return `${operation} by ${begun.caller}, which was to plan only`;
    });
  }

  /** What bears on promises in a change: checks of it if a run makes it, and what is to be remembered of it. */
  #change(effect: Effect, run: RunRecord | undefined): After {
    const { operation, input } = effect;
    switch (operation) {
      case 'CreateImage':
        if (run) checkCreation(effect, run, this.scene);
        return run && ((output) => this.#made(effect, run, textAt(output, 'ImageId')));
      case 'CopyImage':
        if (run) checkCopying(effect, run, this.scene);
        return run && ((output) => this.#made(effect, run, textAt(output, 'ImageId')));
      case 'CreateTags':
      case 'DeleteTags':
        if (run && isAdoption(effect)) return this.#adoption(effect, run);
        if (run) this.#checkTagging(effect, run);
        return (output) => {
          if (run && operation === 'CreateTags') this.scene.loans.note(effect, this.scene.now);
          this.#tagged(effect);
          this.drills.happened(effect, output, run);
        };
      case 'DeregisterImage':
        if (run) this.#checkStage('deregister', effect, run);
        return (output) => noteGone(effect, output, run, this.scene);
      case 'DisableImage':
        if (run) this.#checkStage('disable', effect, run);
        return () => this.#disabled(effect, run);
      case 'EnableImageDeprecation':
        return this.#deprecation(effect, run);
      case 'DisableImageDeprecation':
        if (run) this.#ownImage(textAt(input, 'ImageId'), effect, run);
        return () => this.scene.book.images.get(textAt(input, 'ImageId'))?.deprecated.set(this.scene.now, false);
      case 'DeleteSnapshot':
        if (run) checkDeletion(effect, run, this.scene);
        return (output) => noteGone(effect, output, run, this.scene);
      case 'RestoreImageFromRecycleBin':
      case 'RestoreSnapshotFromRecycleBin':
        if (run) checkTakenOut(effect, run, this.scene);
        return () => noteTakenOut(effect, this.scene);
      case 'EnableImageDeregistrationProtection':
      case 'DisableImageDeregistrationProtection':
        if (run) this.#checkOther(effect, run);
        return () => this.#protected(effect, operation.startsWith('Enable'));
      case 'ModifyImageAttribute':
      case 'ModifySnapshotAttribute':
        if (!run) return (output) => this.#rememberOther(effect, output);
        checkSharing(effect, run, this.scene);
        for (const id of textsAt(input, 'ImageId')) this.#ownImage(id, effect, run);
        for (const id of textsAt(input, 'SnapshotId')) this.#ownSnapshot(id, effect, run);
        return undefined;
      default:
        if (run && !this.drills.check(effect, run)) this.#checkOther(effect, run);
        return (output) => {
          this.#rememberOther(effect, output);
          this.drills.happened(effect, output, run);
        };
    }
  }

  /** What else a run may change of an image of its own. Of what is not listed no promise speaks. */
  #checkOther(effect: Effect, run: RunRecord): void {
    const { operation, input } = effect;
    const about = [...textsAt(input, 'ImageId'), ...textsAt(input, 'SnapshotId')];
    this.scene.expect(
      OTHERS.has(operation),
      'P1',
      about,
      () => `${operation} by ${run.begun.caller} is promised nowhere`,
    );
    for (const id of textsAt(input, 'ImageId')) this.#ownImage(id, effect, run);
    for (const id of textsAt(input, 'SnapshotId')) this.#ownSnapshot(id, effect, run);
    for (const id of textsAt(input, 'InstanceIds')) {
      this.scene.expect(false, 'P1', [id], () => `${operation} of ${id} by ${run.begun.caller}`);
    }
  }

  #rememberOther(effect: Effect, output: object): void {
    if (rememberUse(effect, output, this.scene)) return;
    const { operation, input } = effect;
    const { book, now } = this.scene;
    if (operation === 'ModifyImageAttribute') book.shared.add(textAt(input, 'ImageId'));
    if (operation === 'CreateImageUsageReport') {
      book.images.get(textAt(input, 'ImageId'))?.reports.add(textAt(output, 'ReportId'));
    }
    if (operation === 'LockSnapshot') book.keep(textAt(input, 'SnapshotId'), 'locked', now);
    if (operation === 'ModifySnapshotAttribute') book.keep(textAt(input, 'SnapshotId'), 'shared', now);
    if (/^(?:Start|Stop|Terminate)Instances$/.test(operation)) {
      for (const id of textsAt(input, 'InstanceIds')) this.#instanceChanged(id, MOVES_FOR);
    }
  }

  /** EC2 forgets whom it was shared with: of what people disable by hand, whoever used it elsewhere is known to nobody. */
  #disabled({ input, account }: Effect, run: RunRecord | undefined): void {
    const { book, now } = this.scene;
    const id = textAt(input, 'ImageId');
    book.images.get(id)?.disabledByHand.set(now, run === undefined);
    if (run === undefined) book.unpinElsewhere(id, account);
  }

  #protected({ input }: Effect, on: boolean): void {
    this.scene.book.images.get(textAt(input, 'ImageId'))?.isProtected.set(this.scene.now, on);
  }

  #made({ operation, account, region, input }: Effect, run: RunRecord, id: string): void {
    const { sandbox, book, now } = this.scene;
    const known = book.images.get(id);
    const image = sandbox.ec2.inspect.image(account, region, id);
    if (known || !image) return;
    const snapshots = textsAt(image, 'BlockDeviceMappings', 'Ebs', 'SnapshotId');
    const record = recordOf(
      image,
      run.begun.deployment,
      { account, region },
      operation === 'CopyImage',
      snapshots,
      now,
    );
    this.scene.expect(record !== undefined, 'P1', [id], () => `${id} by ${run.begun.caller} does not say whose it is`);
    if (!record) return;
    book.add(record);
    checkMade(record, run, this.scene);
    if (record.isCopy) checkCopied(record, textAt(input, 'SourceImageId'), this.scene);
  }

  #checkTagging(effect: Effect, run: RunRecord): void {
    const { input, operation } = effect;
    this.drills.verdicts.check(effect, run);
    const marked: ImageRecord[] = [];
    const isMark = operation === 'CreateTags' && textsAt(input, 'Tags', 'Key').includes(MARK);
    const ids = textsAt(input, 'Resources');
    const together = new Set(ids);
    for (const id of ids) {
      if (id.startsWith('snap-')) {
        const record = this.#ownSnapshot(id, effect, run);
        if (record && isMark && !together.has(record.id)) checkOrphanMark(id, record, effect, run, this.scene);
      } else {
        const record = this.#ownImage(id, effect, run);
        if (record && isMark) marked.push(record);
      }
    }
    if (marked.length === 0) return;
    for (const record of marked) checkStage('mark', record, run, effect, this.scene);
    checkCaps(marked, run, this.scene);
  }

  #adoption(effect: Effect, run: RunRecord): After {
    checkAdoption(effect, run, this.scene);
    return () => {
      noteAdoption(effect, run, this.scene);
      this.#tagged(effect);
    };
  }

  #checkStage(stage: Stage, effect: Effect, run: RunRecord): void {
    const record = this.#ownImage(textAt(effect.input, 'ImageId'), effect, run);
    if (record) checkStage(stage, record, run, effect, this.scene);
  }

  /** A date that has come is a stage. Before an image is disabled it is dated anew: it is deprecated since the first date. */
  #deprecation(effect: Effect, run: RunRecord | undefined): After {
    const { input } = effect;
    const isStage = Number(input.DeprecateAt) < this.scene.now + 600_000;
    if (run && isStage) this.#checkStage('deprecate', effect, run);
    else if (run) this.#ownImage(textAt(input, 'ImageId'), effect, run);
    return () => {
      const record = this.scene.book.images.get(textAt(input, 'ImageId'));
      const isOurs = isStage && run !== undefined;
      if (record && record.deprecated.now !== isOurs) record.deprecated.set(this.scene.now, isOurs);
    };
  }

  /** P1: an image that the run's deployment has made, and that nobody has taken away from it since. */
  #ownImage(id: string, effect: Effect, run: RunRecord): ImageRecord | undefined {
    const { scene } = this;
    const record = scene.book.images.get(id);
    const what = () => `${effect.operation} of ${id} by ${run.begun.caller}`;
    const isOwn = record?.maker === run.begun.deployment;
    scene.expect(isOwn, 'P1', [id], () => `${what()}: ${run.begun.deployment} did not make it`);
    if (!isOwn) return undefined;
    const cutoff = scene.cutoff(run, effect.operation !== 'CreateTags' && effect.operation !== 'DeleteTags');
    const isIntact = record.intact.now || record.intact.at(cutoff).value || isAskedBack(record, run);
    scene.expect(isIntact, 'P1', [record], () => `${what()}: its tags say that it is not of ${run.begun.deployment}`);
    return record;
  }

  #ownSnapshot(id: string, effect: Effect, run: RunRecord): ImageRecord | undefined {
    const record = this.scene.book.madeFor.get(id);
    const isOwn = record?.maker === run.begun.deployment;
    this.scene.expect(isOwn, 'P1', [id], () => {
      return `${effect.operation} of ${id} by ${run.begun.caller}: ${run.begun.deployment} did not make it`;
    });
    return isOwn ? record : undefined;
  }

  #tagged({ operation, input, region, account, caller }: Effect): void {
    const { book, sandbox, now } = this.scene;
    for (const id of textsAt(input, 'Resources')) {
      if (id.startsWith('i-')) this.#instanceChanged(id);
      if (id.startsWith('snap-') && textsAt(input, 'Tags', 'Key').includes(HOLD)) {
        if (operation === 'CreateTags') book.keep(id, 'held', now);
        else book.lift(id);
      }
      if (operation === 'DeleteTags' && textsAt(input, 'Tags', 'Key').includes(BINNED)) book.restored.delete(id);
      const record = book.images.get(id);
      const image = record && sandbox.ec2.inspect.image(account, region, id);
      if (record && image) {
        noteTags(record, tagsOf(image), caller ?? 'people', now);
        this.scene.verified.note(record, tagsOf(image), now);
      }
    }
  }

  /** @param lasting how long it goes on changing, in milliseconds */
  #instanceChanged(id: string, lasting = 0): void {
    const instance = this.scene.book.instances.get(id);
    if (instance) instance.changedAt = this.scene.now + lasting;
  }

  /** P15: an event has at most one successor, which a bus hands on while it is being put. */
  #sentOn({ id, detail, ...event }: SandboxEvent): void {
    const run = this.#putting;
    const continuation = Object(detail).continuation ?? 0;
    if (!run || event['detail-type'] !== 'Run Requested' || continuation === 0) return;
    run.successors += 1;
    this.#rows.sentOn(run.begun, id);
    this.scene.expect(run.successors === 1, 'P15', [run.begun.caller], () => {
      return `${run.begun.caller} sent its event on ${run.successors} times`;
    });
  }

  /** EC2 tells of an image synchronously, so it is so from now on. */
  #stateChanged(event: SandboxEvent): void {
    if (event['detail-type'] !== 'EC2 AMI State Change') return;
    this.#newsAt = this.scene.now;
    const record = this.scene.book.images.get(textAt(event.detail, 'ImageId'));
    const state = STATES[textAt(event.detail, 'State')];
    if (record && state) record.state.set(this.scene.now, state);
  }
}

const STATES: Readonly<Record<string, State>> = {
  available: 'available',
  failed: 'failed',
  deregistered: 'gone',
  disabled: 'disabled',
};

function noteTold({ input }: Effect, run: RunRecord): void {
  const entries = Array.isArray(input.Entries) ? input.Entries : [];
  for (const entry of entries)
    if (textAt(entry, 'DetailType') === 'Run Finished') run.told.push(textAt(entry, 'Detail'));
}
