import type { Ladder, LadderEntry, LadderMessage } from '@carillon/contracts';
import { CARILLON, type CallLadder } from './call-ladder.js';
import { describeMessage } from './describe-message.js';
import type { KeptEntry, KeptMessage } from './kept-entry.js';
import { redactMessage } from './redact-message.js';

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/** The ladder as it is written and shown: nothing secret is in it from here on. @param advertised for sockets that are bound to all addresses */
export function buildLadder(ladder: CallLadder, advertised: string): Ladder {
  const { callId, startedAt, notKept, refused } = ladder;
  return {
    callId,
    startedAt,
    live: ladder.endedAt === null,
    participants: ordered(ladder),
    entries: ladder.entries.map((entry) => buildEntry(entry, ladder.dialogs, advertised)),
    notKept,
    refused: refused === null ? null : { ...refused },
  };
}

/** Callers stand left of Carillon, everyone else right. */
function ordered({ participants }: CallLadder): Ladder['participants'] {
  const callers = participants.filter(({ kind }) => kind === 'caller');
  const callees = participants.filter(({ kind }) => kind === 'callee');
  const applications = participants.filter(({ kind }) => kind === 'application');
  return [...callers, CARILLON, ...callees, ...applications];
}

function buildEntry(entry: KeptEntry, dialogs: ReadonlyMap<string, string>, advertised: string): LadderEntry {
  if (entry.kind === 'message') return buildMessage(entry, dialogs.get(entry.sipCallId) ?? 'unknown', advertised);
  const { kind, at, participant, category, code, text } = entry;
  return { kind, at, participant, category, code, text };
}

export function buildMessage(kept: KeptMessage, participant: string, advertised: string): LadderMessage {
  const octets = redactMessage(kept.bytes.toString('latin1'));
  return {
    kind: 'message',
    at: kept.at,
    participant,
    direction: kept.direction,
    protocol: kept.protocol,
    local: {
      address: UNSPECIFIED.has(kept.localAddress) ? advertised : kept.localAddress,
      port: kept.localPort,
    },
    remote: { address: kept.remoteAddress, port: kept.remotePort },
    sipCallId: kept.sipCallId,
    ...describeMessage(octets),
    repeats: kept.repeats,
    lastRepeatAt: kept.lastRepeatAt,
    octets,
  };
}
