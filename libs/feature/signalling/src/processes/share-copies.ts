import type { PublishedState } from '@carillon/sip-stack';
import type { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import type { Lamps } from '../subscriptions/lamps.js';
import type { CopiedWatcher } from '../subscriptions/watcher-copy.js';
import { copyCall, markOf } from './call-copy.js';
import { copyEnding, handleEndings } from './call-ending.js';
import { copyPassed } from './passed-copy.js';
import { giveCalls } from './give-calls.js';
import { CopyTeller, type Copied, type Copy, type CopySource, type TellCopiesParts } from './tell-copies.js';

type SharedLamps = Pick<Lamps, 'copied' | 'onBegun' | 'published' | 'onPublished'>;

/**
 * Calls, subscriptions and what was published outlive their process: another one has what it needs to go on with them, or to tell the phones
 * that they are over. An answer is told in the turn in which its 200 goes out. @returns stops
 */
export function shareCopies(
  telling: TellCopiesParts,
  { parts, lamps }: { readonly parts: CallParts; readonly lamps: SharedLamps },
): () => void {
  const { calls } = parts;
  const copied = (call: Call): Copied | undefined => copiedCall(parts, call);
  const ofCalls = new CopyTeller(telling, 'calls', { all: () => calls.all(), copied });
  const ofWatchers = new CopyTeller(telling, 'subscriptions', watchersOf(lamps));
  calls.onTold = (event, call) => {
    if (event === 'call.answered') ofCalls.now(call);
    else if (event !== 'call.ended') ofCalls.soon(call);
  };
  const ofPublished = new CopyTeller(telling, 'publications', publishedOf(lamps));
  lamps.onBegun = (watcher) => ofWatchers.soon(watcher);
  lamps.onPublished = (state) => ofPublished.soon(state);
  const stopGiving = giveCalls(telling.bus, parts, telling.place);
  const stopEnding = handleEndings(telling.bus, parts, telling.place);
  return () => {
    stopGiving();
    stopEnding();
    calls.onTold = undefined;
    lamps.onBegun = undefined;
    ofCalls.close();
    lamps.onPublished = undefined;
    ofWatchers.close();
    ofPublished.close();
  };
}

function publishedOf(lamps: Pick<Lamps, 'published'>): CopySource<PublishedState> {
  return {
    all: () => lamps.published(),
    // Each change of a state has a tag of its own (RFC 3903 §6 step 6).
    copied: (state) => ({
      key: `${state.resource} ${state.entityTag}`,
      mark: state.expiresAt,
      copy: () => ({ copy: state, goesOn: true }),
    }),
  };
}

function watchersOf(lamps: Pick<Lamps, 'copied'>): CopySource<CopiedWatcher> {
  const goesOn = (copy: object | undefined): Copy | undefined =>
    copy === undefined ? undefined : { copy, goesOn: true };
  return {
    all: () => lamps.copied(),
    copied: ({ key, mark, copy }) => ({ key, mark, copy: () => goesOn(copy()) }),
  };
}

function copiedCall(parts: CallParts, call: Call): Copied | undefined {
  if (call.state === 'ended') return undefined;
  return { key: call.callId, mark: markOf(call), copy: () => copyOf(parts, call) };
}

function copyOf({ ladders }: CallParts, call: Call): Copy | undefined {
  const ladderPart = ladders.partOf(call.callId) + 1;
  const copy = copyCall(call, ladderPart) ?? copyPassed(call, ladderPart);
  if (copy !== undefined) return { copy, goesOn: true };
  const ending = copyEnding(call);
  return ending === undefined ? undefined : { copy: ending, goesOn: false };
}
