import { CallId, newId, type OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { TappedMessage } from '@carillon/sip-stack';
import type { Call } from '../call/call.js';
import type { Leg } from '../call/leg.js';
import { CallLadder } from './call-ladder.js';
import { Capture, type Unclaimed } from './capture.js';
import type { Remark } from './entry-log.js';
import { fineClock } from './fine-clock.js';
import { LADDER_BUDGET, LADDER_LIMITS, LADDER_TIMES } from './ladder-limits.js';
import type { HepExport } from './hep/hep-export.js';
import { ladderPartId } from './ladder-parts.js';
import type { LadderWriter } from './ladder-writer.js';
import { LadderPacker } from './pack-ladder.js';
import { RefusedInvites } from './refused-invites.js';
import { isDone, isDue } from './when-written.js';

/** Calls whose ladders were begun by other processes, remembered at most. */
const MAX_ELSEWHERE = 20_000;

type Subject = Pick<Call, 'callId' | 'organisationId' | 'startedAt'>;

export interface LaddersParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly writer: Pick<LadderWriter, 'write' | 'close'>;
  readonly hep: HepExport;
  /** Whether the organisation keeps ladders. */
  readonly keeps: (organisationId: OrganisationId) => boolean;
  /** Whether it sends its messages to a collector, which must know what belongs together. */
  readonly exports: (organisationId: OrganisationId) => boolean;
  /** The organisation that a SIP domain names. */
  readonly organisationOf: (host: string) => Promise<OrganisationId | undefined>;
  readonly advertised: string;
}

/**
 * Which messages and remarks belong to which call, and when each call's ladder is written.
 *
 * ```text
 * join(call, leg) ──► ladder in memory ──► what is new is written ──ended──► written, lingers ──► forgotten
 *                                             `──────<──────^
 * ```
 */
export class Ladders {
  private readonly live = new Map<CallId, CallLadder>();
  /** Which part of its ladder is ours, of calls that were begun in other processes. */
  private readonly parted = new Map<CallId, number>();
  private readonly capture: Capture;
  private readonly packer: LadderPacker;
  private readonly refused: RefusedInvites;
  private toWrite: CallLadder[] = [];
  private writing = false;
  /** Milliseconds of work that are left. */
  private budgetMs = 0;
  private givenUp = 0;
  private stopTick: () => void = () => undefined;

  constructor(private readonly parts: LaddersParts) {
    const { hep, clock } = parts;
    this.capture = new Capture(fineClock(clock), {
      loose: (message) => {
        if (hep.active) hep.loose(message);
      },
      ofCall: (ladders, message, at) => {
        if (hep.active) hep.ofCall(ladders, message, at);
      },
    });
    this.packer = new LadderPacker(parts.advertised);
    this.refused = new RefusedInvites(parts);
    this.schedule();
  }

  /** Sees every message; give it to the user agent as its `tap`. */
  readonly tap = (message: TappedMessage): void => this.capture.see(message);

  get figures() {
    return {
      ladders: this.live.size,
      octets: this.capture.memory.inUse,
      lost: this.capture.lost,
      givenUp: this.givenUp,
      ...this.capture.size,
    };
  }

  /** A leg has its dialog: its messages, and those that came already, are the call's. */
  join(call: Subject, leg: Pick<Leg, 'legId' | 'role' | 'party'>, { sipCallId, device, passedOn }: LegDialog): void {
    const ladder = this.of(call);
    if (ladder === undefined) return;
    const { legId, role, party } = leg;
    const label = party.name ?? (party.number || 'Unknown');
    ladder.addParticipant({ id: legId, kind: role, label, detail: device }, this.parts.clock.now());
    ladder.addDialog({ sipCallId, participant: legId, passedOn: passedOn === true, address: undefined });
    const { hep } = this.parts;
    this.capture.claim(sipCallId, ladder, hep.active ? (log) => hep.claimed(ladder, log) : undefined);
  }

  /** Remarks something on a call. */
  note(call: Subject, remark: Remark | undefined): void {
    const ladder = remark === undefined ? undefined : this.of(call);
    if (ladder !== undefined && remark !== undefined) this.capture.noteCall(ladder, remark);
  }

  /** The call is led to an application of ours, which gets a column of its own. */
  noteApplication(call: Subject, application: string, label: string): string {
    const id = `application:${application}`;
    this.of(call)?.addParticipant({ id, kind: 'application', label, detail: null }, this.parts.clock.now());
    return id;
  }

  /** Remarks something on an INVITE that is no call yet. */
  noteInvite(sipCallId: string, remark: Remark): void {
    this.capture.note(sipCallId, remark);
  }

  ended(call: Pick<Call, 'callId' | 'outcome'>): void {
    const ladder = this.live.get(call.callId);
    if (ladder === undefined) return;
    ladder.ordinary = call.outcome === 'answered';
    ladder.end(this.parts.clock.now());
  }

  /** The ladder was begun in another process, and what it has is written there: ours is a part of its own. */
  begunElsewhere(callId: CallId, part: number): void {
    this.parted.delete(callId);
    this.parted.set(callId, part);
    const [oldest] = this.parted.keys();
    if (this.parted.size > MAX_ELSEWHERE && oldest !== undefined) this.parted.delete(oldest);
  }

  /** Which part of a call's ladder is kept here, from 0. */
  partOf(callId: CallId): number {
    return this.parted.get(callId) ?? 0;
  }

  /** As long as it is in memory: what is kept here and not written yet, packed; and whether the call goes on. */
  read(organisationId: OrganisationId, callId: CallId): { readonly data: Buffer; readonly live: boolean } | undefined {
    const ladder = this.live.get(callId);
    if (ladder?.organisationId !== organisationId || !this.parts.keeps(organisationId)) return undefined;
    return { data: this.packer.pack(ladder), live: ladder.endedAt === null };
  }

  /** Writes everything. Nothing is taken in afterwards. */
  async close(): Promise<void> {
    this.stopTick();
    await Promise.all(this.capture.expired(Infinity).map((ring) => this.takeUnclaimed(ring)));
    for (const ladder of this.live.values()) {
      if (!ladder.done) this.capture.release(ladder);
      ladder.done = true;
      this.write(ladder);
    }
    this.live.clear();
    await this.parts.writer.close();
  }

  private of({ callId, organisationId, startedAt }: Subject): CallLadder | undefined {
    const known = this.live.get(callId);
    if (known !== undefined) return known;
    if (!this.parts.keeps(organisationId) && !this.parts.exports(organisationId)) return undefined;
    const ladder = new CallLadder({ callId, organisationId, startedAt }, this.capture.memory);
    this.live.set(callId, ladder);
    return ladder;
  }

  private schedule(): void {
    this.stopTick = this.parts.clock.after(LADDER_TIMES.tickMs, () => {
      this.tick();
      this.schedule();
    });
  }

  private tick(): void {
    const now = this.parts.clock.now();
    for (const ring of this.capture.expired()) void this.takeUnclaimed(ring);
    const isShort = this.capture.memory.inUse > LADDER_LIMITS.octetsInMemory / 2;
    const lingerMs = isShort ? LADDER_TIMES.shortLingerMs : LADDER_TIMES.lingerMs;
    for (const ladder of this.live.values()) {
      if (!ladder.done && isDone(ladder, now, lingerMs)) {
        ladder.done = true;
        this.capture.release(ladder);
      }
      if (ladder.queued) continue;
      if (isDue(ladder, now)) {
        ladder.queued = true;
        this.toWrite.push(ladder);
      } else if (ladder.done) this.leave(ladder);
    }
    this.shed();
    this.budgetMs = Math.min(this.budgetMs, 0) + LADDER_TIMES.tickMs * LADDER_BUDGET.share;
    if (!this.writing) this.writeSome();
  }

  /** A little in each turn of the event loop, and not more than the budget: calls come first. */
  private writeSome(): void {
    const started = performance.now();
    const until = started + Math.min(LADDER_BUDGET.turnMs, this.budgetMs);
    while (this.toWrite.length > 0 && performance.now() < until) {
      const ladder = this.toWrite.shift();
      if (ladder === undefined) break;
      this.write(ladder);
      this.leave(ladder);
    }
    this.budgetMs -= performance.now() - started;
    this.writing = this.toWrite.length > 0 && this.budgetMs > 0;
    if (this.writing) setImmediate(() => this.writeSome());
  }

  /** More calls than the budget allows for: what is least missed goes. */
  private shed(): void {
    const excess = this.toWrite.length - LADDER_BUDGET.waiting;
    if (excess <= 0) return;
    const order = [
      ...this.toWrite.filter(({ ordinary }) => ordinary),
      ...this.toWrite.filter(({ ordinary }) => !ordinary),
    ];
    const gone = new Set(order.slice(0, excess));
    this.toWrite = this.toWrite.filter((ladder) => !gone.has(ladder));
    this.givenUp += gone.size;
    for (const ladder of gone) {
      ladder.letGo(this.parts.clock.now());
      this.leave(ladder);
    }
  }

  private leave(ladder: CallLadder): void {
    ladder.queued = false;
    if (ladder.done) this.live.delete(ladder.callId);
  }

  /** Packs what is new, and lets go of it. */
  private write(ladder: CallLadder): void {
    const { callId, organisationId, startedAt, refused, unwrittenSince } = ladder;
    if (unwrittenSince !== null && this.parts.keeps(organisationId))
      try {
        const data = this.packer.pack(ladder);
        const id = ladderPartId(callId, this.partOf(callId));
        this.parts.writer.write({ callId: id, organisationId, createdAt: startedAt, refused, data });
      } catch (error) {
        this.parts.logger.error({ error, callId }, 'A ladder cannot be built');
      }
    ladder.letGo(this.parts.clock.now());
  }

  /** Refused by a rule, the stack or for want of a password: kept under an id of its own, so that it can be found. */
  private async takeUnclaimed({ log, openedAt, sipCallId, ...ring }: Unclaimed): Promise<void> {
    const { clock, hep } = this.parts;
    const found = await this.refused.judge({ log, openedAt, sipCallId, ...ring });
    if (found === undefined) {
      log.forget();
      return;
    }
    const { organisationId, refused, source } = found;
    const ladder = new CallLadder({ callId: newId(CallId), organisationId, startedAt: openedAt }, this.capture.memory);
    ladder.refused = refused;
    ladder.addParticipant({ id: 'caller', kind: 'caller', label: refused.from, detail: source }, openedAt);
    ladder.addDialog({ sipCallId, participant: 'caller', passedOn: false, address: undefined });
    if (hep.active) hep.claimed(ladder, log);
    ladder.adopt(log);
    ladder.end(clock.now());
    ladder.done = true;
    this.write(ladder);
  }
}

export interface LegDialog {
  readonly sipCallId: string;
  /** Name of the device. */
  readonly device: string | null;
  /** The call goes through us as through a proxy: the other side has the same Call-ID, and is known by its address. */
  readonly passedOn?: boolean;
}
