import type { Ladder } from '@carillon/contracts';
import { CallId, newId, type OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { TappedMessage } from '@carillon/sip-stack';
import type { Call } from '../call/call.js';
import type { Leg } from '../call/leg.js';
import { CallLadder, type Remark } from './call-ladder.js';
import { Capture, type Unclaimed } from './capture.js';
import { fineClock } from './fine-clock.js';
import { draftLadder } from './ladder-draft.js';
import { LADDER_BUDGET, LADDER_LIMITS, LADDER_TIMES } from './ladder-limits.js';
import type { HepExport } from './hep/hep-export.js';
import { ladderPartId } from './ladder-parts.js';
import type { LadderWriter } from './ladder-writer.js';
import { RefusedInvites } from './refused-invites.js';
import { showLadder } from './show-ladder.js';

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
 * join(call, leg) ──► ladder in memory ──► written at intervals ──ended──► lingers ──► written, forgotten
 * ```
 */
export class Ladders {
  private readonly live = new Map<CallId, CallLadder>();
  /** Which part of its ladder is ours, of calls that were begun in other processes. */
  private readonly parted = new Map<CallId, number>();
  private readonly capture: Capture;
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
      ofCall: (ladders, message, kept) => {
        if (hep.active) hep.ofCall(ladders, message, kept);
      },
    });
    this.refused = new RefusedInvites(parts);
    this.schedule();
  }

  /** Sees every message; give it to the user agent as its `tap`. */
  readonly tap = (message: TappedMessage): void => this.capture.see(message);

  get figures() {
    return {
      ladders: this.live.size,
      octets: this.capture.octets,
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
    ladder.addParticipant({ id: legId, kind: role, label: party.name ?? (party.number || 'Unknown'), detail: device });
    ladder.dialogs.set(sipCallId, legId);
    if (passedOn === true) ladder.passedOn.add(sipCallId);
    const entries = this.capture.claim(sipCallId, ladder);
    if (this.parts.hep.active) this.parts.hep.claimed(ladder, entries);
  }

  /** Remarks something on a call. */
  note(call: Subject, remark: Remark | undefined): void {
    const ladder = remark === undefined ? undefined : this.of(call);
    if (ladder !== undefined && remark !== undefined) this.capture.noteCall(ladder, remark);
  }

  /** The call is led to an application of ours, which gets a column of its own. */
  noteApplication(call: Subject, application: string, label: string): string {
    const id = `application:${application}`;
    this.of(call)?.addParticipant({ id, kind: 'application', label, detail: null });
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
    ladder.endedAt = this.parts.clock.now();
    ladder.lastAt = Math.max(ladder.lastAt, ladder.endedAt);
    ladder.revision += 1;
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

  /** As long as it is in memory: the part that is kept here. */
  read(organisationId: OrganisationId, callId: CallId): Ladder | undefined {
    const ladder = this.live.get(callId);
    if (ladder?.organisationId !== organisationId || !this.parts.keeps(organisationId)) return undefined;
    return showLadder(draftLadder(ladder, this.parts.advertised));
  }

  /** Writes everything. Nothing is taken in afterwards. */
  async close(): Promise<void> {
    this.stopTick();
    await Promise.all(this.capture.expired(Infinity).map((ring) => this.takeUnclaimed(ring)));
    for (const ladder of this.live.values()) {
      if (ladder.revision > ladder.writtenRevision) this.write(ladder);
      if (!ladder.done) this.capture.release(ladder);
    }
    this.live.clear();
    await this.parts.writer.close();
  }

  private of({ callId, organisationId, startedAt }: Subject): CallLadder | undefined {
    const known = this.live.get(callId);
    if (known !== undefined) return known;
    if (!this.parts.keeps(organisationId) && !this.parts.exports(organisationId)) return undefined;
    const ladder = new CallLadder(callId, organisationId, startedAt);
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
    const isShort = this.capture.octets > LADDER_LIMITS.octetsInMemory / 2;
    const lingerMs = isShort ? LADDER_TIMES.shortLingerMs : LADDER_TIMES.lingerMs;
    for (const ladder of this.live.values()) {
      const isOver = !ladder.done && isDone(ladder, now, lingerMs);
      if (isOver) {
        ladder.done = true;
        this.capture.release(ladder);
      }
      if (ladder.queued || (!isOver && !isDue(ladder, now))) continue;
      ladder.queued = true;
      this.toWrite.push(ladder);
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
      if (ladder.revision > ladder.writtenRevision) this.write(ladder);
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
    for (const ladder of gone) this.leave(ladder);
  }

  /** Readable from memory until it is packed. */
  private leave(ladder: CallLadder): void {
    ladder.queued = false;
    if (ladder.done) this.live.delete(ladder.callId);
  }

  private write(ladder: CallLadder): void {
    ladder.writtenRevision = ladder.revision;
    ladder.writtenAt = this.parts.clock.now();
    if (!this.parts.keeps(ladder.organisationId)) return;
    try {
      const draft = draftLadder(ladder, this.parts.advertised);
      const part = this.partOf(ladder.callId);
      const named = part === 0 ? draft : { ...draft, callId: ladderPartId(ladder.callId, part) };
      this.parts.writer.write(named, ladder.organisationId);
    } catch (error) {
      this.parts.logger.error({ error, callId: ladder.callId }, 'A ladder cannot be built');
    }
  }

  /** Refused by a rule, the stack or for want of a password: kept under an id of its own, so that it can be found. */
  private async takeUnclaimed(ring: Unclaimed): Promise<void> {
    const found = await this.refused.judge(ring);
    if (found === undefined) return;
    const ladder = new CallLadder(newId(CallId), found.organisationId, ring.openedAt);
    ladder.endedAt = this.parts.clock.now();
    ladder.refused = found.refused;
    ladder.addParticipant({ id: 'caller', kind: 'caller', label: found.refused.from, detail: found.source });
    ladder.dialogs.set(ring.sipCallId, 'caller');
    this.capture.adopt(ladder, ring.entries);
    if (this.parts.hep.active) this.parts.hep.claimed(ladder, ring.entries);
    this.capture.release(ladder);
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

function isDone(ladder: CallLadder, now: number, lingerMs: number): boolean {
  if (ladder.endedAt === null) return false;
  return now - ladder.lastAt >= lingerMs || now - ladder.endedAt >= LADDER_TIMES.longestLingerMs;
}

/** Of a long call, what there is so far: it would be lost with the process. */
function isDue({ startedAt, writtenAt, writtenRevision, revision }: CallLadder, now: number): boolean {
  if (revision === writtenRevision) return false;
  if (writtenAt === null) return now - startedAt >= LADDER_TIMES.firstWriteMs;
  return now - writtenAt >= Math.min(writtenAt - startedAt, LADDER_TIMES.longestUnwrittenMs);
}
