import type { RunEvent } from '../lib/run/event.ts';

/** What each field of a run's event says, as docs/events.md and its schema have it. No function needs these texts. */
export const EVENT_DESCRIPTIONS: Readonly<Record<keyof RunEvent, string>> = {
  action: 'What to do. The functions take snapshot, copy, retire and drill, the command takes all of them.',
  policy: 'One policy; absent: all of them.',
  slot: 'snapshot: the scheduled moment, or `current` for the latest that is due; absent: now.',
  mode: '`plan` changes nothing; absent: apply.',
  target: 'One account, one region or both; absent: all that the policy file names.',
  instances: 'snapshot: these only.',
  images: 'undo: the images to bring back; drill: the images to start, due or not.',
  lineages: 'drill: the lineages whose newest image is started, due or not.',
  sweep: 'drill: true looks after the drills that are there, and starts none; absent: false.',
  spread: 'drill: the event is one of several that a run was expanded into, so what it names may be elsewhere.',
  abandoned: 'retire: ends these lineages, whose sources are gone, and does nothing else.',
  policyGone: 'retire: ends all lineages of a policy that the policy file has no more, and does nothing else.',
  confirmNoInstances: 'retire: a person vouches that a region which shows no instance at all really has none.',
  leftovers: 'retire: false leaves out the search for snapshots that images left behind; absent: true.',
  orphans:
    'retire: a person vouches for the snapshots that have lost their image; they are marked, and go a day later.',
  unsealed: 'adopt: seal what this deployment made and has no seal that holds.',
  filter: 'adopt: the tags, with * as a wildcard, of the images to put under the policy.',
  continuation: 'How often the run has sent itself on.',
  until: 'From when on the run does not send itself on any more; the first run of a row sets it.',
};
