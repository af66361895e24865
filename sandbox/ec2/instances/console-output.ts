import type { GetConsoleOutputCommandInput, GetConsoleOutputCommandOutput } from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { latestConsoleRefused } from '../errors.ts';
import type { AccountRegion, InstanceEntry, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { checkRuleOf, verdictAt, verdictDueAt } from './checks.ts';
import { consoleText } from './console-text.ts';
import { startOf } from './lifecycle.ts';
import { ownInstance } from './lookup.ts';
import { isOfNitro } from './nitro.ts';

export function consoleOperations(plane: Plane) {
  return {
    GetConsoleOutput: operation<GetConsoleOutputCommandInput, Answer<GetConsoleOutputCommandOutput>>(
      ['InstanceId', 'Latest'],
      (input, context) => getConsoleOutput(plane, input, context),
    ),
  };
}

/** What the console showed, base64; an instance that has not begun to run yet has shown nothing. */
function getConsoleOutput(
  plane: Plane,
  { InstanceId, Latest: latest = false }: GetConsoleOutputCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const entry = ownInstance(place, InstanceId);
  const { latestConsoleOfXen, consoleLagMs, consoleLimitBytes } = plane.behaviour(region);
  const isLive = latest && isOfNitro(entry.current.InstanceType);
  if (latest && !isLive && latestConsoleOfXen === 'refused') throw latestConsoleRefused(entry.id);
  const now = plane.clock.now();
  const at = Math.min(isLive ? now : now - consoleLagMs, startOf(entry).endedAt ?? Infinity);
  const { text, changedAt } = shownAt(plane, place, entry, at);
  const bytes = Buffer.from(text);
  const newest = bytes.subarray(Math.max(0, bytes.length - consoleLimitBytes));
  return view({
    InstanceId: entry.id,
    Timestamp: secondsDate(changedAt),
    ...(text !== '' && { Output: newest.toString('base64') }),
  });
}

/** All that the console had shown at a moment, and when it last changed before it. */
function shownAt(
  plane: Plane,
  place: AccountRegion,
  entry: InstanceEntry,
  at: number,
): { readonly text: string; readonly changedAt: number } {
  const { askedAt, runningAt = Infinity } = startOf(entry);
  if (at < runningAt) return { text: '', changedAt: askedAt };
  const rule = checkRuleOf(plane, place, entry);
  const { status } = verdictAt(plane, place, entry, at);
  // One that flaps has come up all the same.
  const end = status === 'initializing' ? 'coming-up' : rule?.outcome === 'flapping' ? 'login' : endOf(status, rule);
  return {
    text: consoleText(entry.current, end, rule?.withoutDevice),
    changedAt: end === 'coming-up' ? runningAt : verdictDueAt(plane, place, entry),
  };
}

function endOf(status: 'ok' | 'impaired', rule: ReturnType<typeof checkRuleOf>): 'login' | 'panic' | 'emergency' {
  return status === 'ok' ? 'login' : (rule?.console ?? (rule?.withoutDevice ? 'emergency' : 'panic'));
}
