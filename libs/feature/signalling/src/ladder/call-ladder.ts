import type { Ladder, LadderParticipant } from '@carillon/contracts';
import type { CallId, OrganisationId } from '@carillon/domain';
import type { TappedMessage } from '@carillon/sip-stack';
import { EntryLog, type Moment, type Remark } from './entry-log.js';
import { LADDER_LIMITS } from './ladder-limits.js';
import type { OctetBlocks } from './octet-blocks.js';

export const CARILLON: LadderParticipant = { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null };

/** A SIP Call-ID, and whose dialog it is. */
export interface LadderDialog {
  readonly sipCallId: string;
  readonly participant: string;
  /** It is the same on both sides, since the call is only passed on: these are told apart by their addresses. */
  readonly passedOn: boolean;
  /** The address of the participant, where it is passed on: that of the first message. */
  address: string | undefined;
}

/** One call's messages and remarks that are not written yet, and what is to be known of it meanwhile. State only. */
export class CallLadder {
  readonly participants: LadderParticipant[] = [];
  readonly dialogs: LadderDialog[] = [];
  log: EntryLog;
  messages = 0;
  remarks = 0;
  /** Of messages, whether they are still in memory or not. */
  octets = 0;
  notKept = 0;
  lastAt: number;
  endedAt: number | null = null;
  /** A 2xx crossed. */
  answered = false;
  /** Since when there is something that is not written. */
  unwrittenSince: number | null = null;
  writtenAt: number | null = null;
  /** Entries that were written. */
  writtenEntries = 0;
  /** Waits to be packed. */
  queued = false;
  /** Nothing more comes: once packed, it goes from memory. */
  done = false;
  /** Nothing to wonder about: the first to be given up where there is too much to do. */
  ordinary = false;
  /** An INVITE that never became a call. */
  refused: Ladder['refused'] = null;

  readonly callId: CallId;
  readonly organisationId: OrganisationId;
  readonly startedAt: number;

  constructor(call: Pick<CallLadder, 'callId' | 'organisationId' | 'startedAt'>, memory: OctetBlocks) {
    this.callId = call.callId;
    this.organisationId = call.organisationId;
    this.startedAt = call.startedAt;
    this.lastAt = call.startedAt;
    this.log = new EntryLog(memory);
  }

  addMessage(message: TappedMessage, moment: Moment, sipCallId: string): void {
    this.changed(moment.at);
    this.answered ||= isSuccess(message.bytes);
    if (this.takes(message.bytes.length)) this.log.addMessage(message, moment, sipCallId);
  }

  /** It came again. @returns whether it did */
  countRepeated(message: TappedMessage, at: number): boolean {
    const isRepeated = this.log.countRepeated(message, at);
    if (isRepeated) this.changed(at);
    return isRepeated;
  }

  addRemark(remark: Remark, moment: Moment): void {
    this.changed(moment.at, false);
    if (this.remarks >= LADDER_LIMITS.remarksPerCall) return;
    this.remarks += 1;
    this.log.addRemark(remark, moment);
  }

  addParticipant(participant: LadderParticipant, at: number): void {
    if (this.participants.some(({ id }) => id === participant.id)) return;
    this.participants.push(participant);
    this.changed(at, false);
  }

  addDialog(dialog: LadderDialog): void {
    const known = this.dialogs.findIndex(({ sipCallId }) => sipCallId === dialog.sipCallId);
    if (known < 0) this.dialogs.push(dialog);
    else this.dialogs[known] = dialog;
  }

  /** The call is over; its last messages may still come. */
  end(at: number): void {
    this.endedAt = at;
    this.changed(at);
  }

  /** What was kept before it was known whose it is. The other log is empty afterwards. */
  adopt(log: EntryLog): void {
    const isFirst = this.log.size === 0 && this.writtenEntries === 0;
    for (let index = 0; index < log.size; index += 1) {
      const isRemark = log.remarkAt(index) !== undefined;
      if (isRemark ? this.remarks >= LADDER_LIMITS.remarksPerCall : !this.takes(log.lengthAt(index))) continue;
      if (isRemark) this.remarks += 1;
      else this.answered ||= isSuccess(log.octetsAt(index));
      if (!isFirst) this.log.addFrom(log, index);
    }
    if (log.size > 0) this.changed(log.timeAt(log.size - 1));
    // The limits of a call are wider than those of an INVITE that is none yet.
    if (isFirst) this.log = log;
    else log.forget();
  }

  /** All there is was written, or is given up. */
  letGo(at: number): void {
    this.writtenEntries += this.log.size;
    this.writtenAt = at;
    this.unwrittenSince = null;
    if (this.done) this.log.forget();
    else this.log.letGo();
  }

  private takes(octets: number): boolean {
    if (this.messages >= LADDER_LIMITS.messagesPerCall || this.octets + octets > LADDER_LIMITS.octetsPerCall) {
      this.notKept += 1;
      return false;
    }
    this.messages += 1;
    this.octets += octets;
    return true;
  }

  private changed(at: number, isMessage = true): void {
    this.unwrittenSince ??= at;
    if (isMessage) this.lastAt = Math.max(this.lastAt, at);
  }
}

const [S, TWO] = [0x53, 0x32];

/** `SIP/2.0 2xx`, to whatever. */
const isSuccess = (bytes: Uint8Array): boolean => bytes[0] === S && bytes[8] === TWO;
