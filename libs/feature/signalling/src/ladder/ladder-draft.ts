import type { Ladder, LadderNote, LadderParticipant } from '@carillon/contracts';
import { hostPort } from '@carillon/sip-stack';
import { CARILLON, type CallLadder } from './call-ladder.js';
import type { KeptEntry, KeptMessage } from './kept-entry.js';
import { redactOctets } from './redact-octets.js';

/** A message whose secrets are taken out, not described yet. */
export interface DraftMessage {
  readonly kind: 'message';
  /** How it crossed; its own octets may hold secrets. */
  readonly kept: KeptMessage;
  readonly participant: string;
  readonly localAddress: string;
  readonly octets: Buffer;
}

/** A ladder on its way to the database, or to whoever wants to see it. */
export interface LadderDraft extends Omit<Ladder, 'entries'> {
  readonly entries: readonly (DraftMessage | LadderNote)[];
}

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/** Nothing secret is in it from here on. @param advertised for sockets that are bound to all addresses */
export function draftLadder(ladder: CallLadder, advertised: string): LadderDraft {
  const { callId, startedAt, notKept, refused } = ladder;
  const others = new Map<string, LadderParticipant>();
  const entries: (DraftMessage | LadderNote)[] = [];
  for (const entry of ladder.entries) {
    if (entry.kind === 'note') {
      entries.push(entry);
      continue;
    }
    entries.push({
      kind: 'message',
      kept: entry,
      participant: participantOf(entry, ladder, others),
      localAddress: UNSPECIFIED.has(entry.localAddress) ? advertised : entry.localAddress,
      octets: redactOctets(entry.bytes),
    });
  }
  return {
    callId,
    startedAt,
    live: ladder.endedAt === null,
    participants: ordered(others.size === 0 ? ladder.participants : [...ladder.participants, ...others.values()]),
    entries,
    notKept,
    refused,
  };
}

/** Callers stand left of Carillon, everyone else right. */
function ordered(participants: readonly LadderParticipant[]): Ladder['participants'] {
  const callers = participants.filter(({ kind }) => kind === 'caller');
  const callees = participants.filter(({ kind }) => kind === 'callee');
  const applications = participants.filter(({ kind }) => kind === 'application');
  return [...callers, CARILLON, ...callees, ...applications];
}

/** @param others those who are known by their address alone */
function participantOf(message: KeptMessage, ladder: CallLadder, others: Map<string, LadderParticipant>): string {
  const { sipCallId } = message;
  const owner = ladder.dialogs.get(sipCallId) ?? 'unknown';
  if (!ladder.passedOn.has(sipCallId)) return owner;
  const isOfDialog = (entry: KeptEntry): boolean => entry.kind === 'message' && entry.sipCallId === sipCallId;
  const first = ladder.entries.find(isOfDialog);
  if (first?.kind === 'message' && addressOf(first) === addressOf(message)) return owner;
  const address = addressOf(message);
  others.set(address, { id: address, kind: 'callee', label: address, detail: null });
  return address;
}

const addressOf = ({ remoteAddress, remotePort }: KeptMessage): string => hostPort(remoteAddress, remotePort);
