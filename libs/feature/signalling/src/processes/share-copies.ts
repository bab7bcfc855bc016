import type { CallParts } from '../call/call-parts.js';
import type { Lamps } from '../subscriptions/lamps.js';
import { copyCall, markOf } from './call-copy.js';
import { giveCalls } from './give-calls.js';
import { tellCopies, type Copied, type TellCopiesParts } from './tell-copies.js';

/** Answered calls and subscriptions outlive their process: another one has what it needs to go on with them. @returns stops */
export function shareCopies(
  telling: TellCopiesParts,
  { parts, lamps }: { readonly parts: CallParts; readonly lamps: Pick<Lamps, 'copied'> },
): () => void {
  const stops = [
    giveCalls(telling.bus, parts, telling.place),
    tellCopies(telling, 'calls', () => callsOf(parts)),
    tellCopies(telling, 'subscriptions', () => lamps.copied()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function* callsOf({ calls }: CallParts): Generator<Copied> {
  for (const call of calls.all())
    if (call.state === 'answered') yield { key: call.callId, mark: markOf(call), copy: () => copyCall(call) };
}
