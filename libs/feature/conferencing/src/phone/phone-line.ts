import type { CommandInput, PlaySource } from '@carillon/contracts';
import type { CallId, DtmfDigit, EndpointId, OrganisationId, OwnerId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import { type Clock, type Logger, isCodedError } from '@carillon/service-runtime';

export interface PhoneLineParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly organisationId: OrganisationId;
  readonly callId: CallId;
  readonly endpointId: EndpointId;
  readonly mediaOwnerId: OwnerId;
}

export interface PlayOptions {
  readonly loop?: boolean;
  /** Any key ends it. */
  readonly bargeIn?: boolean;
}

type DigitWaiter = (result: DtmfDigit | 'timeout' | 'gone') => void;

const LONGEST_PLAY_MS = 60_000;
const MOST_BUFFERED_DIGITS = 32;
const MOST_REMEMBERED_PLAYS = 16;

/** A caller's phone while conferencing has it: plays to it, reads its keys, hangs it up. */
export class PhoneLine {
  readonly callId: CallId;
  readonly endpointId: EndpointId;
  readonly mediaOwnerId: OwnerId;
  readonly organisationId: OrganisationId;
  /** Called with every key that nobody waits for. */
  onKey: ((digit: DtmfDigit) => void) | undefined;
  private readonly digits: DtmfDigit[] = [];
  private waiter: DigitWaiter | undefined;
  private readonly playEnds = new Map<string, () => void>();
  private readonly endedPlays: string[] = [];
  private over = false;

  constructor(private readonly parts: PhoneLineParts) {
    this.callId = parts.callId;
    this.endpointId = parts.endpointId;
    this.mediaOwnerId = parts.mediaOwnerId;
    this.organisationId = parts.organisationId;
  }

  /** The call is over, or its endpoint is. */
  get gone(): boolean {
    return this.over;
  }

  answer(): Promise<boolean> {
    return this.ask('call.answer', { organisationId: this.organisationId, callId: this.callId });
  }

  /** Plays in place of what the phone hears. @returns when it has ended, for whatever reason */
  async play(sources: readonly PlaySource[], { loop = false, bargeIn = false }: PlayOptions = {}): Promise<void> {
    if (this.over || sources.length === 0) return;
    const { bus, logger } = this.parts;
    try {
      const payload = { endpointId: this.endpointId, sources: [...sources], loop, stopOnDtmf: bargeIn };
      const started = await bus.call('media.play', payload, { ownerId: this.mediaOwnerId });
      if (started.ok && !loop) await this.playEnd(started.playId);
      if (!started.ok) logger.warn({ callId: this.callId, code: started.code }, 'A prompt could not be played');
    } catch (error) {
      logger.warn({ callId: this.callId, error }, 'A prompt could not be played');
    }
  }

  stopPlay(): Promise<boolean> {
    return this.ask('media.stop-play', { endpointId: this.endpointId }, this.mediaOwnerId);
  }

  hangUp(reason: string): Promise<boolean> {
    return this.ask('call.hang-up', { organisationId: this.organisationId, callId: this.callId, reason });
  }

  /** The next key, also one pressed before. @param timeoutMs then the answer is 'timeout' */
  nextDigit(timeoutMs: number): Promise<DtmfDigit | 'timeout' | 'gone'> {
    const waiting = this.digits.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    if (this.over) return Promise.resolve('gone');
    return new Promise((settle) => {
      const cancel = this.parts.clock.after(timeoutMs, () => waiter('timeout'));
      const waiter: DigitWaiter = (result) => {
        cancel();
        this.waiter = undefined;
        settle(result);
      };
      this.waiter = waiter;
    });
  }

  /** Keys pressed so far are no longer of interest. */
  forgetDigits(): void {
    this.digits.length = 0;
  }

  hearDigit(digit: DtmfDigit): void {
    if (this.over) return;
    if (this.waiter !== undefined) this.waiter(digit);
    else if (this.onKey !== undefined) this.onKey(digit);
    else if (this.digits.length < MOST_BUFFERED_DIGITS) this.digits.push(digit);
  }

  hearPlayEnd(playId: string): void {
    const waiting = this.playEnds.get(playId);
    if (waiting !== undefined) return waiting();
    // Its end may come before the answer that names it.
    this.endedPlays.push(playId);
    if (this.endedPlays.length > MOST_REMEMBERED_PLAYS) this.endedPlays.shift();
  }

  /** Whoever waits on this line is told. Idempotent. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.waiter?.('gone');
    for (const settle of this.playEnds.values()) settle();
  }

  private playEnd(playId: string): Promise<void> {
    if (this.over || this.endedPlays.includes(playId)) return Promise.resolve();
    return new Promise((settle) => {
      const done = (): void => {
        cancel();
        this.playEnds.delete(playId);
        settle();
      };
      const cancel = this.parts.clock.after(LONGEST_PLAY_MS, done);
      this.playEnds.set(playId, done);
    });
  }

  /** A refusal or a failure here means that the call is as good as over; it is logged and answered as false. */
  private async ask<Name extends 'call.answer' | 'call.hang-up' | 'media.stop-play'>(
    name: Name,
    payload: CommandInput<Name>,
    ownerId?: OwnerId,
  ): Promise<boolean> {
    const { bus, logger } = this.parts;
    try {
      const answer = await bus.call(name, payload, ownerId === undefined ? {} : { ownerId });
      if (!answer.ok) logger.debug({ callId: this.callId, code: answer.code }, `${name} was refused`);
      return answer.ok;
    } catch (error) {
      logger.warn({ callId: this.callId, code: isCodedError(error) ? error.code : undefined, error }, `${name} failed`);
      return false;
    }
  }
}
