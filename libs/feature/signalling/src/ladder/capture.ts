import type { TappedMessage } from '@carillon/sip-stack';
import type { CallLadder } from './call-ladder.js';
import { EntryLog, type Moment, type Remark } from './entry-log.js';
import { findCallId } from './find-call-id.js';
import { LADDER_LIMITS } from './ladder-limits.js';
import { OctetBlocks } from './octet-blocks.js';

/** Messages of a Call-ID that belongs to no call yet. */
export interface Unclaimed {
  readonly sipCallId: string;
  readonly openedAt: number;
  readonly log: EntryLog;
  /** The last final refusal that we sent to the INVITE and is not a challenge. */
  refusal: number | undefined;
}

export interface CaptureListener {
  /** A message that belongs to no call. */
  loose?: ((message: TappedMessage) => void) | undefined;
  /** A message of a call. */
  ofCall?: ((ladders: readonly CallLadder[], message: TappedMessage, at: number) => void) | undefined;
}

const [I, R, S] = [0x49, 0x52, 0x53];

/**
 * Where messages of calls are caught as they pass, on the path of every message: no parsing, a copy only of what is kept.
 *
 * ```text
 * INVITE, Call-ID unknown ──► unclaimed ring ──claim──► ladder of the call
 *                                  └── nobody claims it in time ──► expired(ring)
 * anything else, Call-ID unknown ──► not kept
 * ```
 */
export class Capture {
  private readonly claimed = new Map<string, CallLadder[]>();
  /** In the order of their age. */
  private readonly unclaimed = new Map<string, Unclaimed>();
  private unclaimedOctets = 0;
  private order = 0;
  /** Where octets of all ladders are. */
  readonly memory = new OctetBlocks();
  /** Messages that were not kept because a limit of the whole was reached. */
  lost = 0;

  constructor(
    private readonly now: () => number,
    private readonly listener: CaptureListener,
  ) {}

  get size(): { readonly calls: number; readonly unclaimed: number } {
    return { calls: this.claimed.size, unclaimed: this.unclaimed.size };
  }

  see(message: TappedMessage): void {
    const { loose } = this.listener;
    // By index: to take an array apart is to walk it by its iterator.
    const first = message.bytes[0];
    const second = message.bytes[1];
    // REGISTER, by far the most frequent request that is never of a call; REFER has another third letter.
    if (first === R && message.bytes[2] === 0x47) {
      loose?.(message);
      return;
    }
    if (this.claimed.size === 0 && this.unclaimed.size === 0 && first !== I) {
      loose?.(message);
      return;
    }
    const sipCallId = findCallId(message);
    if (sipCallId === undefined) return;
    const ladders = this.claimed.get(sipCallId);
    if (ladders !== undefined) {
      this.keep(ladders, message, sipCallId);
      return;
    }
    const ring = this.unclaimed.get(sipCallId);
    // INVITE, not INFO.
    if (ring !== undefined) this.keepUnclaimed(ring, message);
    else if (first === I && second === 0x4e && message.bytes[2] === 0x56) this.open(sipCallId, message);
    else loose?.(message);
  }

  /** A remark on an INVITE that is not a call yet. */
  note(sipCallId: string, remark: Remark): void {
    const ring = this.unclaimed.get(sipCallId);
    if (ring === undefined || ring.log.size >= LADDER_LIMITS.messagesPerUnclaimed) return;
    ring.log.addRemark(remark, this.moment());
  }

  noteCall(ladder: CallLadder, remark: Remark): void {
    ladder.addRemark(remark, this.moment());
  }

  /**
   * From now on messages of this Call-ID are the call's, and so are those that came before.
   * @param seen is shown these
   */
  claim(sipCallId: string, ladder: CallLadder, seen?: (log: EntryLog) => void): void {
    const ring = this.unclaimed.get(sipCallId);
    const ladders = this.claimed.get(sipCallId);
    if (ladders === undefined) this.claimed.set(sipCallId, [ladder]);
    // A message that left us and came back through a proxy belongs to both calls.
    else if (!ladders.includes(ladder)) ladders.push(ladder);
    if (ring === undefined) return;
    this.forgetUnclaimed(ring);
    seen?.(ring.log);
    ladder.adopt(ring.log);
  }

  /** The ladder is done with: no message is its own any more. */
  release(ladder: CallLadder): void {
    for (const { sipCallId } of ladder.dialogs) {
      const ladders = this.claimed.get(sipCallId);
      if (ladders === undefined) continue;
      if (ladders.length === 1 && ladders[0] === ladder) this.claimed.delete(sipCallId);
      else
        this.claimed.set(
          sipCallId,
          ladders.filter((other) => other !== ladder),
        );
    }
  }

  /** Takes out what nobody claimed in time. */
  expired(now = this.now()): Unclaimed[] {
    const old: Unclaimed[] = [];
    for (const ring of this.unclaimed.values()) {
      if (now - ring.openedAt < LADDER_LIMITS.unclaimedMs) break;
      old.push(ring);
    }
    for (const ring of old) this.forgetUnclaimed(ring);
    return old;
  }

  private keep(ladders: readonly CallLadder[], message: TappedMessage, sipCallId: string): void {
    const moment = this.moment();
    for (const ladder of ladders) {
      if (ladder.countRepeated(message, moment.at)) continue;
      if (this.memory.inUse < LADDER_LIMITS.octetsInMemory) ladder.addMessage(message, moment, sipCallId);
      else {
        this.lost += 1;
        ladder.notKept += 1;
      }
    }
    this.listener.ofCall?.(ladders, message, moment.at);
  }

  private open(sipCallId: string, message: TappedMessage): void {
    if (this.unclaimed.size >= LADDER_LIMITS.unclaimed || this.unclaimedOctets >= LADDER_LIMITS.octetsUnclaimed) {
      this.lost += 1;
      return;
    }
    const log = new EntryLog(this.memory);
    const ring: Unclaimed = { sipCallId, openedAt: this.now(), log, refusal: undefined };
    this.unclaimed.set(sipCallId, ring);
    this.keepUnclaimed(ring, message);
  }

  private keepUnclaimed(ring: Unclaimed, message: TappedMessage): void {
    const { log } = ring;
    const moment = this.moment();
    if (log.countRepeated(message, moment.at)) return;
    if (message.direction === 'out') ring.refusal = refusalOf(message.bytes) ?? ring.refusal;
    const before = log.capacity;
    const full = log.size >= LADDER_LIMITS.messagesPerUnclaimed;
    if (full || before + message.bytes.length > LADDER_LIMITS.octetsPerUnclaimed) {
      this.lost += 1;
      return;
    }
    log.addMessage(message, moment, ring.sipCallId);
    this.unclaimedOctets += log.capacity - before;
  }

  private forgetUnclaimed({ sipCallId, log }: Unclaimed): void {
    this.unclaimed.delete(sipCallId);
    this.unclaimedOctets -= log.capacity;
  }

  private moment(): Moment {
    this.order += 1;
    return { at: this.now(), order: this.order };
  }
}

/** `SIP/2.0 4xx`: the status, unless it only asks for credentials. */
function refusalOf(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== S || bytes[3] !== 0x2f) return undefined;
  const digit = (at: number): number => (bytes[at] ?? 0) - 0x30;
  const status = digit(8) * 100 + digit(9) * 10 + digit(10);
  if (status < 300 || status >= 700 || status === 401 || status === 407 || status === 487) return undefined;
  // Not what was said to a BYE that came after it.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(' INVITE\r\n') ? status : undefined;
}
