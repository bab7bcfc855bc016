import type { CallFacts, LiveCall } from '@carillon/contracts';
import type { CallId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import { workerOf } from '@carillon/sip-stack';
import { askProcess } from './ask-process.js';
import { INTERRUPTED } from '../call/call-records.js';
import { KeptCopies } from './kept-copies.js';

export interface LostCallsParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many processes signalling runs in. */
  readonly processes: number;
  /** One that runs, in which the others' phones can be told. */
  readonly survivor: () => number | undefined;
}

/** A process that takes the place of a dead one has begun within this, or its calls end. */
const BACK_WITHIN_MS = 30_000;

/**
 * When a process of signalling dies, answered calls wait for the process that takes its place: their media goes on
 * meanwhile. The others end with it, and nobody is left to say so: this one does, so that lamps, presence, the portal
 * and the media planes know at once. Another process tells their phones, or else the one that takes its place, which
 * closes the history.
 */
export class LostCalls {
  private readonly calls = new Map<CallId, LiveCall>();
  private readonly facts = new Map<CallId, CallFacts>();
  private readonly copies: KeptCopies;
  /** What ends the calls of a dead process, unless another one is there in time. */
  private readonly late = new Map<number, () => void>();
  private readonly stops: (() => void)[];

  constructor(private readonly parts: LostCallsParts) {
    const { bus } = parts;
    this.copies = new KeptCopies(bus, (process) => this.back(process));
    this.stops = [
      bus.subscribe(
        ['call.started', 'call.updated', 'call.answered', 'call.ended', 'signalling.call-facts'],
        (event) => {
          if (!('call' in event)) this.facts.set(event.callId, event);
          else if (event.call.state === 'ended') this.heardEnd(event.call.callId);
          else this.calls.set(event.call.callId, event.call);
        },
      ),
    ];
  }

  /** @returns how many calls ended with it, and how many wait */
  lost(process: number): { ended: number; waiting: number } {
    const { bus, clock } = this.parts;
    const calls = this.callsOf(process);
    const ended = calls.filter(({ callId }) => !this.copies.goesOn(process, 'calls', callId));
    // What its phones are to be told is still needed.
    for (const call of ended) this.end(call);
    this.late.get(process)?.();
    this.late.set(
      process,
      clock.after(BACK_WITHIN_MS, () => {
        for (const call of this.callsOf(process)) {
          this.copies.forget(process, 'calls', call.callId);
          this.end(call);
        }
      }),
    );
    bus.publish('signalling.process-lost', { process });
    this.tellPhones(process).catch((error: unknown) =>
      this.parts.logger.warn({ error, process }, 'The phones of lost calls are told once the process is there again'),
    );
    return { ended: ended.length, waiting: calls.length - ended.length };
  }

  close(): void {
    for (const stop of [...this.stops, ...this.late.values()]) stop();
    this.copies.close();
  }

  private back(process: number): void {
    this.late.get(process)?.();
    this.late.delete(process);
  }

  /** At once, where there is another process: a phone rings for nobody, and a caller waits for nothing. */
  private async tellPhones(process: number): Promise<void> {
    const survivor = this.parts.survivor();
    const calls = this.copies.endings(process);
    if (survivor === undefined || calls.length === 0) return;
    const answer = await askProcess(this.parts.bus, survivor, ['signalling.end-calls', { calls }]);
    if (answer?.ok === true) for (const { key } of calls) this.copies.forget(process, 'calls', key);
  }

  private callsOf(process: number): LiveCall[] {
    return [...this.calls.values()].filter(({ callId }) => workerOf(callId, this.parts.processes) === process);
  }

  /** Said by its process: nobody need go on with it, whatever that was about to tell. */
  private heardEnd(callId: CallId): void {
    if (this.calls.has(callId)) this.copies.forget(workerOf(callId, this.parts.processes), 'calls', callId);
    this.forget(callId);
  }

  private end(call: LiveCall): void {
    this.closeMedia(call.callId);
    this.forget(call.callId);
    this.parts.bus.publish('call.ended', { call: this.interrupted(call) });
  }

  private forget(callId: CallId): void {
    this.calls.delete(callId);
    this.facts.delete(callId);
  }

  private interrupted(call: LiveCall): LiveCall {
    const legs = call.legs.map((leg) =>
      leg.state === 'ended' ? leg : { ...leg, state: 'ended' as const, reason: INTERRUPTED },
    );
    return {
      ...call,
      legs,
      state: 'ended',
      endedAt: new Date(this.parts.clock.now()).toISOString(),
      revision: call.revision + 1,
      outcome: call.answeredAt === null ? 'failed' : 'answered',
      endReason: INTERRUPTED,
    };
  }

  private closeMedia(callId: CallId): void {
    const { bus, logger } = this.parts;
    for (const { endpointId } of this.facts.get(callId)?.legs ?? [])
      if (endpointId !== null)
        // What is closed already, or falls silent, is closed by the media plane itself.
        bus
          .call('media.close', { endpointId })
          .catch((error: unknown) => logger.debug({ error, callId }, 'An endpoint of a lost call was not closed'));
  }
}
