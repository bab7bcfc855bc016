import type {
  CallOutcome,
  CommandInput,
  CommandOutput,
  CommandPayload,
  EventPayload,
  PlaySource,
  RedirectTarget,
} from '@carillon/contracts';
import type { DtmfDigit } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import { CodedError, type Clock, type Logger } from '@carillon/service-runtime';
import { abortable, within } from './abortable.js';
import { DigitQueue } from './digit-queue.js';
import { EndNotices } from './end-notices.js';
import { RunStopped } from './run-stopped.js';

/** A call as it was handed over. */
export type HandOver = Omit<CommandPayload<'voice-app.start'>, 'app'>;
export type PlayEnd = EventPayload<'media.play-ended'>['reason'];
export type RecordEnd = EventPayload<'media.record-ended'>['reason'];
/** What happens on a line while an application has it. */
export type LineEvent =
  | { readonly kind: 'digit'; readonly digit: DtmfDigit }
  | { readonly kind: 'play-ended'; readonly playId: string; readonly reason: PlayEnd }
  | { readonly kind: 'record-ended'; readonly recordingId: string; readonly reason: RecordEnd }
  | { readonly kind: 'returned'; readonly outcome: CallOutcome };

export interface RecordOrder {
  readonly path: string;
  readonly maxDurationMs: number;
  readonly finishOn: DtmfDigit[];
  /** Ends after so much silence; 0 is never. */
  readonly silenceMs: number;
}

type MediaCommand = 'media.play' | 'media.stop-play' | 'media.record' | 'media.stop-record' | 'media.echo';

/** A play whose end is not told within this was lost with its media process. */
const LONGEST_PLAY_MS = 15 * 60_000;
/** How long a recording may take to be closed after it was told to, or after its own limit. */
const CLOSING_MS = 5_000;
/** One redirect is under way at a time, so its return needs no id of its own. */
const REDIRECT = 'redirect';

/** One caller's line: what the verbs may do with it. Talks to signalling and media over the bus. */
export class CallLine {
  readonly digits: DigitQueue;
  private readonly plays = new EndNotices<PlayEnd>();
  private readonly recordings = new EndNotices<RecordEnd>();
  private readonly returns = new EndNotices<CallOutcome>();

  constructor(
    private readonly bus: Bus,
    readonly handOver: HandOver,
    readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.digits = new DigitQueue(clock);
  }

  /** Takes what happened on this line. Never waits. */
  hear(event: LineEvent): void {
    switch (event.kind) {
      case 'digit':
        return this.digits.push(event.digit);
      case 'play-ended':
        return this.plays.arrived(event.playId, event.reason);
      case 'record-ended':
        return this.recordings.arrived(event.recordingId, event.reason);
      case 'returned':
        return this.returns.arrived(REDIRECT, event.outcome);
    }
  }

  /** @throws {CodedError} the refusal's code, such as `CALL.GONE` */
  async answer(signal: AbortSignal): Promise<void> {
    const answer = await abortable(signal, this.bus.call('call.answer', this.ofCall()));
    if (!answer.ok) throw new CodedError(answer.code, answer.detail ?? 'The call could not be answered');
  }

  /** Plays to the end, or (with `bargeIn`) to the first key. Aborted, it stops the sound. @throws {RunStopped} where the endpoint was closed */
  async play(sources: readonly PlaySource[], bargeIn: boolean, signal: AbortSignal): Promise<PlayEnd> {
    if (sources.length === 0) return 'finished';
    signal.throwIfAborted();
    const before = this.digits.pressed;
    const started = await this.media('media.play', {
      ...this.onEndpoint(),
      sources: [...sources],
      stopOnDtmf: bargeIn,
    });
    try {
      // Media stops a sound for what is pressed into it, and did not know of it before.
      if (bargeIn && this.digits.pressed > before) await this.quietly('media.stop-play');
      const ended = within<PlayEnd, PlayEnd>(this.clock, LONGEST_PLAY_MS, this.plays.wait(started.playId), 'failed');
      const reason = await abortable(signal, ended);
      if (reason === 'closed') throw new RunStopped('media-lost');
      if (reason === 'failed') this.logger.warn({ sources }, 'A prompt could not be played');
      return reason;
    } catch (error) {
      if (signal.aborted) await this.quietly('media.stop-play');
      throw error;
    } finally {
      this.plays.forget(started.playId);
    }
  }

  /** Records until it ends by its order or the signal. It always waits for the file to be closed, and never rejects for the signal. */
  async record(order: RecordOrder, signal: AbortSignal): Promise<RecordEnd> {
    const { recordingId } = await this.media('media.record', { ...this.onEndpoint(), ...order });
    const ended = this.recordings.wait(recordingId);
    try {
      const limit = order.maxDurationMs + CLOSING_MS;
      return await abortable(signal, within<RecordEnd, RecordEnd>(this.clock, limit, ended, 'failed'));
    } catch {
      await this.quietly('media.stop-record');
      return await within<RecordEnd, RecordEnd>(this.clock, CLOSING_MS, ended, 'closed');
    } finally {
      this.recordings.forget(recordingId);
    }
  }

  /** The caller hears what it says, until something else is played. */
  async echo(): Promise<void> {
    await this.media('media.echo', this.onEndpoint());
  }

  /** Asks signalling to lead the caller elsewhere. A refusal is a value: the caller is still here. */
  redirect(
    target: RedirectTarget,
    fallback: 'target' | 'return',
    signal: AbortSignal,
  ): Promise<CommandOutput<'call.redirect'>> {
    this.returns.forget(REDIRECT);
    return abortable(signal, this.bus.call('call.redirect', { ...this.ofCall(), target, fallback }));
  }

  /** Resolves when a redirect with `fallback: 'return'` found nobody. */
  callerReturned(signal: AbortSignal): Promise<CallOutcome> {
    return abortable(signal, this.returns.wait(REDIRECT));
  }

  async hangUp(reason: string): Promise<void> {
    const answer = await this.bus.call('call.hang-up', { ...this.ofCall(), reason });
    if (!answer.ok) this.logger.debug({ code: answer.code }, 'The call was over already');
  }

  private ofCall() {
    const { organisationId, callId } = this.handOver;
    return { organisationId, callId };
  }

  private onEndpoint() {
    return { endpointId: this.handOver.endpointId };
  }

  private async media<Name extends MediaCommand>(
    name: Name,
    payload: CommandInput<Name>,
  ): Promise<Extract<CommandOutput<Name>, { ok: true }>> {
    const answer = await this.bus.call(name, payload, { ownerId: this.handOver.mediaOwnerId });
    if (isDone(answer)) return answer;
    const { code, detail } = answer as { code: string; detail?: string };
    throw new CodedError(code, detail ?? `${name} was refused`);
  }

  /** For cleaning up: the endpoint may be gone already, which is as good. */
  private async quietly(name: 'media.stop-play' | 'media.stop-record'): Promise<void> {
    try {
      await this.media(name, this.onEndpoint());
    } catch (error) {
      this.logger.debug({ error, command: name }, 'Nothing left to stop');
    }
  }
}

function isDone<Answer extends { ok: boolean }>(answer: Answer): answer is Extract<Answer, { ok: true }> {
  return answer.ok;
}
