import type { TappedMessage } from '@carillon/sip-stack';
import type { CallLadder, Remark } from './call-ladder.js';
import { findCallId } from './find-call-id.js';
import { ENTRY_OVERHEAD, findRepeated, keepMessage, type KeptEntry, type KeptMessage } from './kept-entry.js';
import { LADDER_LIMITS } from './ladder-limits.js';

/** Messages of a Call-ID that belongs to no call yet. */
export interface Unclaimed {
  readonly sipCallId: string;
  readonly openedAt: number;
  readonly entries: KeptEntry[];
  octets: number;
  /** The last final refusal that we sent to the INVITE and is not a challenge. */
  refusal: number | undefined;
}

export interface CaptureListener {
  /** A message that belongs to no call. */
  loose?: ((message: TappedMessage) => void) | undefined;
  /** A message of a call. */
  ofCall?:
    ((ladders: readonly CallLadder[], message: TappedMessage, kept: KeptMessage | undefined) => void) | undefined;
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
  /** Octets of all ladders in memory. */
  octets = 0;
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
    if (ring === undefined || ring.entries.length >= LADDER_LIMITS.messagesPerUnclaimed) return;
    const { category, code, text, participant = null } = remark;
    ring.entries.push({ kind: 'note', order: this.nextOrder(), at: this.now(), participant, category, code, text });
  }

  noteCall(ladder: CallLadder, remark: Remark): void {
    this.octets += ladder.addNote(remark, { order: this.nextOrder(), at: this.now() });
  }

  /** From now on messages of this Call-ID are the call's, and so are those that came before. @returns these */
  claim(sipCallId: string, ladder: CallLadder): readonly KeptEntry[] {
    const ring = this.unclaimed.get(sipCallId);
    if (ring !== undefined) this.forgetUnclaimed(ring);
    const ladders = this.claimed.get(sipCallId);
    if (ladders === undefined) this.claimed.set(sipCallId, [ladder]);
    // A message that left us and came back through a proxy belongs to both calls.
    else if (!ladders.includes(ladder)) ladders.push(ladder);
    const entries = ring?.entries ?? [];
    this.adopt(ladder, entries);
    return entries;
  }

  /** The ladder takes what was kept before anyone knew whose it is. */
  adopt(ladder: CallLadder, entries: readonly KeptEntry[]): void {
    if (entries.length === 0) return;
    // Nothing was known of the call before its first INVITE: what waited comes first anyway.
    const isLater = ladder.entries.length > 0;
    for (const entry of entries)
      this.octets += entry.kind === 'message' ? ladder.addMessage(entry) : ladder.addNote(remarkOf(entry), entry);
    if (isLater) ladder.entries.sort((a, b) => a.order - b.order);
  }

  /** The ladder is done with. */
  release(ladder: CallLadder): void {
    for (const sipCallId of ladder.dialogs.keys()) {
      const others = this.claimed.get(sipCallId)?.filter((other) => other !== ladder) ?? [];
      if (others.length === 0) this.claimed.delete(sipCallId);
      else this.claimed.set(sipCallId, others);
    }
    this.octets -= ladder.octets;
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
    const at = this.now();
    let kept: KeptMessage | undefined;
    for (const ladder of ladders) {
      const repeated = findRepeated(ladder.entries, message, LADDER_LIMITS.repeatsWithin);
      if (repeated !== undefined) {
        repeated.repeats += 1;
        repeated.lastRepeatAt = at;
        ladder.lastAt = at;
        ladder.revision += 1;
      } else if (this.octets >= LADDER_LIMITS.octetsInMemory) {
        this.lost += 1;
        ladder.notKept += 1;
      } else {
        kept ??= keepMessage(message, { order: this.nextOrder(), at, sipCallId });
        this.octets += ladder.addMessage(kept);
      }
    }
    this.listener.ofCall?.(ladders, message, kept);
  }

  private open(sipCallId: string, message: TappedMessage): void {
    if (this.unclaimed.size >= LADDER_LIMITS.unclaimed || this.unclaimedOctets >= LADDER_LIMITS.octetsUnclaimed) {
      this.lost += 1;
      return;
    }
    const ring: Unclaimed = { sipCallId, openedAt: this.now(), entries: [], octets: 0, refusal: undefined };
    this.unclaimed.set(sipCallId, ring);
    this.keepUnclaimed(ring, message);
  }

  private keepUnclaimed(ring: Unclaimed, message: TappedMessage): void {
    const at = this.now();
    const repeated = findRepeated(ring.entries, message, LADDER_LIMITS.repeatsWithin);
    if (repeated !== undefined) {
      repeated.repeats += 1;
      repeated.lastRepeatAt = at;
      return;
    }
    if (message.direction === 'out') ring.refusal = refusalOf(message.bytes) ?? ring.refusal;
    const octets = message.bytes.length + ENTRY_OVERHEAD;
    const full = ring.entries.length >= LADDER_LIMITS.messagesPerUnclaimed;
    if (full || ring.octets + octets > LADDER_LIMITS.octetsPerUnclaimed) {
      this.lost += 1;
      return;
    }
    ring.entries.push(keepMessage(message, { order: this.nextOrder(), at, sipCallId: ring.sipCallId }));
    ring.octets += octets;
    this.unclaimedOctets += octets;
  }

  private forgetUnclaimed(ring: Unclaimed): void {
    this.unclaimed.delete(ring.sipCallId);
    this.unclaimedOctets -= ring.octets;
  }

  private nextOrder(): number {
    this.order += 1;
    return this.order;
  }
}

const remarkOf = ({ category, code, text, participant }: KeptEntry & { kind: 'note' }): Remark => ({
  category,
  code,
  text,
  participant: participant ?? undefined,
});

/** `SIP/2.0 4xx`: the status, unless it only asks for credentials. */
function refusalOf(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== S || bytes[3] !== 0x2f) return undefined;
  const digit = (at: number): number => (bytes[at] ?? 0) - 0x30;
  const status = digit(8) * 100 + digit(9) * 10 + digit(10);
  if (status < 300 || status >= 700 || status === 401 || status === 407 || status === 487) return undefined;
  // Not what was said to a BYE that came after it.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(' INVITE\r\n') ? status : undefined;
}
