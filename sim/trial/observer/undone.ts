import type { RunRecord } from './run-record.ts';
import type { Scene } from './scene.ts';
import { nameOf } from './stages.ts';

/**
 * P6: what a person has brought back is held, whatever the rules say, by the time that they are told that all went well;
 * what was on its way nowhere is left as it is.
 */
export function checkUndone({ begun, startedAt }: RunRecord, scene: Scene): void {
  const { event, caller } = begun;
  if (event.action !== 'undo' || event.mode !== 'apply') return;
  for (const id of event.images ?? []) {
    const record = scene.book.images.get(id);
    if (!record || record.region !== event.target?.region || record.account !== event.target.account) continue;
    const { mark, hold, state, intact } = record;
    // What people write, or hide, while it is brought back is nobody's word.
    const isOurs = intact.at(startedAt).value && intact.now && mark.now?.by !== 'people';
    const isLeft = isOurs && state.now !== 'gone' && mark.now !== undefined && hold.now === undefined;
    scene.expect(!isLeft, 'P6', [record, caller], () => {
      return `${nameOf(record)} is still on its way out and not held, although ${caller} brought it back`;
    });
  }
}
