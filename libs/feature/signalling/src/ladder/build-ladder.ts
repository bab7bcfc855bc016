import type { Ladder, LadderEntry, LadderMessage, LadderParticipant } from '@carillon/contracts';
import { hostPort } from '@carillon/sip-stack';
import { CARILLON, type CallLadder } from './call-ladder.js';
import { describeMessage } from './describe-message.js';
import type { KeptEntry, KeptMessage } from './kept-entry.js';
import { redactMessage } from './redact-message.js';

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/** The ladder as it is written and shown: nothing secret is in it from here on. @param advertised for sockets that are bound to all addresses */
export function buildLadder(ladder: CallLadder, advertised: string): Ladder {
  const { callId, startedAt, notKept, refused } = ladder;
  const others = new Map<string, LadderParticipant>();
  const entries = ladder.entries.map((entry) => buildEntry(entry, { ladder, others, advertised }));
  return {
    callId,
    startedAt,
    live: ladder.endedAt === null,
    participants: ordered([...ladder.participants, ...others.values()]),
    entries,
    notKept,
    refused: refused === null ? null : { ...refused },
  };
}

/** Callers stand left of Carillon, everyone else right. */
function ordered(participants: readonly LadderParticipant[]): Ladder['participants'] {
  const callers = participants.filter(({ kind }) => kind === 'caller');
  const callees = participants.filter(({ kind }) => kind === 'callee');
  const applications = participants.filter(({ kind }) => kind === 'application');
  return [...callers, CARILLON, ...callees, ...applications];
}

interface Building {
  readonly ladder: CallLadder;
  /** Those who are known by their address alone. */
  readonly others: Map<string, LadderParticipant>;
  readonly advertised: string;
}

function buildEntry(entry: KeptEntry, building: Building): LadderEntry {
  if (entry.kind === 'message') return buildMessage(entry, participantOf(entry, building), building.advertised);
  const { kind, at, participant, category, code, text } = entry;
  return { kind, at, participant, category, code, text };
}

function participantOf(message: KeptMessage, { ladder, others }: Building): string {
  const { sipCallId } = message;
  const owner = ladder.dialogs.get(sipCallId) ?? 'unknown';
  if (!ladder.passedOn.has(sipCallId)) return owner;
  const first = ladder.entries.find((entry) => entry.kind === 'message' && entry.sipCallId === sipCallId);
  if (first?.kind === 'message' && addressOf(first) === addressOf(message)) return owner;
  const address = addressOf(message);
  others.set(address, { id: address, kind: 'callee', label: address, detail: null });
  return address;
}

const addressOf = ({ remoteAddress, remotePort }: KeptMessage): string => hostPort(remoteAddress, remotePort);

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
