import type { Party } from '@carillon/contracts';
import { sipUri, type SipRequest } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { HeadersInMaking } from '../headers/pass-headers.js';
import { hidesHistory, type Privacy } from '../identity/privacy.js';
import { buildDiversion, diversionFor, MOST_DIVERSIONS, readDiversions, type Diversion } from './diversion.js';
import {
  addHistoryEntry,
  buildHistoryInfo,
  MOST_ENTRIES,
  readHistoryInfo,
  type HistoryEntry,
  type RetargetCause,
} from './history-info.js';

/** Where a call has been: what it came with, and what we did (RFC 7044, RFC 5806). */
export interface CallHistory {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** Newest first. */
  readonly diversions: readonly Diversion[];
}

export const NO_HISTORY: CallHistory = { entries: [], diversions: [] };

export interface Retarget {
  readonly domain: string;
  /** Who was meant until now; undefined where nobody was left behind. */
  readonly from?: Party;
  readonly fromHidden?: boolean;
  readonly number: string;
  readonly cause?: RetargetCause;
  /** A transfer leads on without anyone having diverted (RFC 5806 is about diversions only). */
  readonly diverts: boolean;
}

/** The history that an INVITE brings, with the number it asks for (RFC 7044 §9.1: the first entry where there is none). */
export function historyOf(request: SipRequest, target: { number: string; domain: string }): CallHistory {
  const received = readHistoryInfo(request);
  const uri = sipUri({ user: target.number, host: target.domain });
  const known = received.at(-1)?.uri === uri;
  return { entries: known ? received : addHistoryEntry(received, { uri }), diversions: readDiversions(request) };
}

/** The call goes on to another number. */
export function retarget(history: CallHistory, { domain, number, cause, from, ...rest }: Retarget): CallHistory {
  const uri = sipUri({ user: number, host: domain });
  const entries =
    history.entries.at(-1)?.uri === uri
      ? history.entries
      : addHistoryEntry(history.entries, { uri, ...(cause === undefined ? {} : { cause }) });
  if (!rest.diverts || from === undefined) return { ...history, entries };
  const diverting = {
    uri: sipUri({ user: from.number, host: domain }),
    number: from.number,
    name: from.name,
    hidden: rest.fromHidden ?? false,
  };
  return { entries, diversions: [diversionFor(diverting, cause ?? 302), ...history.diversions] };
}

/** Whether leading the call to this number would lead it in a ring: the number has sent it on before, or too many have. */
export function isLoop({ entries, diversions }: CallHistory, number: string): boolean {
  const count = diversions.reduce((sum, { counter }) => sum + counter, 0);
  if (count >= MOST_DIVERSIONS || entries.length >= MOST_ENTRIES) return true;
  return diversions.some((diversion) => diversion.number === number);
}

/** The headers for another leg. @param trusted keeps private entries to itself: a trunk so marked */
export function historyHeaders(history: CallHistory, privacy: Privacy, trusted: boolean): HeaderFields {
  const headers: HeadersInMaking = {};
  addHistory(headers, history, { privacy, trusted });
  return headers;
}

/** As `historyHeaders`, to others. */
export function addHistory(
  headers: HeadersInMaking,
  history: CallHistory,
  { privacy, trusted }: { readonly privacy: Privacy; readonly trusted: boolean },
): void {
  // A call that goes where it was dialled to has nothing to tell.
  if (history.entries.length < 2 && history.diversions.length === 0) return;
  const all = hidesHistory(privacy) && !trusted;
  const entries = buildHistoryInfo(history.entries, { all, private: !trusted });
  const diversions = history.diversions.map((one) => buildDiversion(all ? { ...one, hidden: true } : one, !trusted));
  if (entries.length >= 2) headers['History-Info'] = entries;
  if (diversions.length > 0) headers['Diversion'] = diversions;
}
