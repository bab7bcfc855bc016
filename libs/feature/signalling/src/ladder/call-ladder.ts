import type { LadderNote, LadderParticipant } from '@carillon/contracts';
import type { CallId, OrganisationId } from '@carillon/domain';
import { ENTRY_OVERHEAD, type KeptEntry, type KeptMessage } from './kept-entry.js';
import { LADDER_LIMITS } from './ladder-limits.js';

/** What is told of a call at some point: `at` and the order are added where it is kept. */
export type Remark = Pick<LadderNote, 'category' | 'code' | 'text'> & {
  /** Whom it is about. */
  readonly participant?: string | undefined;
};

export const CARILLON: LadderParticipant = { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null };

/** One call's messages and notes, in memory. State only. */
export class CallLadder {
  readonly participants: LadderParticipant[] = [];
  /** By SIP Call-ID, whose dialog it is. */
  readonly dialogs = new Map<string, string>();
  /** Call-IDs that are the same on both sides, since the call is only passed on. */
  readonly passedOn = new Set<string>();
  entries: KeptEntry[] = [];
  messages = 0;
  notes = 0;
  octets = 0;
  notKept = 0;
  lastAt: number;
  endedAt: number | null = null;
  /** Waits to be packed. */
  queued = false;
  /** Nothing more comes: once packed, it goes from memory. */
  done = false;
  /** Nothing to wonder about: the first to be given up where there is too much to do. */
  ordinary = false;
  /** An INVITE that never became a call. */
  refused: { readonly status: number; readonly from: string; readonly to: string } | null = null;
  /** Counts up with every change; what was written last. */
  revision = 0;
  writtenRevision = 0;
  writtenAt: number | null = null;

  constructor(
    readonly callId: CallId,
    readonly organisationId: OrganisationId,
    readonly startedAt: number,
  ) {
    this.lastAt = startedAt;
  }

  /** @returns octets that memory holds more than before */
  addMessage(message: KeptMessage): number {
    this.revision += 1;
    this.lastAt = message.at;
    const octets = message.bytes.length + ENTRY_OVERHEAD;
    if (this.messages >= LADDER_LIMITS.messagesPerCall || this.octets + octets > LADDER_LIMITS.octetsPerCall) {
      this.notKept += 1;
      return 0;
    }
    this.messages += 1;
    this.octets += octets;
    this.entries.push(message);
    return octets;
  }

  addNote(remark: Remark, { order, at }: { readonly order: number; readonly at: number }): number {
    this.revision += 1;
    if (this.notes >= LADDER_LIMITS.notesPerCall) return 0;
    this.notes += 1;
    const octets = remark.text.length + ENTRY_OVERHEAD;
    this.octets += octets;
    const { category, code, text, participant = null } = remark;
    this.entries.push({ kind: 'note', order, at, participant, category, code, text });
    return octets;
  }

  addParticipant(participant: LadderParticipant): void {
    if (this.participants.some(({ id }) => id === participant.id)) return;
    this.participants.push(participant);
    this.revision += 1;
  }
}
