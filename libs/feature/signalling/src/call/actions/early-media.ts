import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';
import { passEarlyMedia } from './ring-led-leg.js';

interface Heard {
  readonly leg: Leg;
  readonly sdp: string;
}

/**
 * What a caller hears before anybody answers: the early media of one phone (RFC 3960 §3.2), the first that has some. Where that one
 * is a gateway or a proxy that forks further on, its newest description counts: each early dialog has its own (RFC 3261 §13.2.2.4),
 * and who tries one after the other has left those before. Where it refuses, another that has some is heard, else a ringing tone:
 * after a 183 the caller's phone makes none of its own (RFC 3960 §3.2). One for the whole call, whoever is rung next.
 */
export class EarlyMedia {
  private heard: Heard | undefined;
  private readonly others = new Map<Leg, string>();
  private passing: Promise<void> = Promise.resolve();
  /** The caller has its 183. */
  private told = false;
  private ringsBack = false;
  private over = false;

  constructor(
    private readonly parts: CallParts,
    private readonly call: Call,
  ) {}

  /** A provisional answer with a description. */
  hear(leg: Leg, sdp: string): void {
    if (this.heard !== undefined && this.heard.leg !== leg) this.others.set(leg, sdp);
    else if (this.heard?.sdp !== sdp) this.pass({ leg, sdp });
  }

  /** Only now is it known where the caller listens, who was not told of anything before. */
  callerListens(): void {
    if (this.heard !== undefined && !this.told) this.pass(this.heard);
  }

  /** A phone rings no more, others do. */
  gone(leg: Leg): void {
    this.others.delete(leg);
    if (this.heard?.leg !== leg) return;
    const [next] = this.others;
    this.heard = undefined;
    if (next !== undefined) {
      this.others.delete(next[0]);
      this.pass({ leg: next[0], sdp: next[1] });
    } else this.ringInstead();
  }

  /** Others are rung, perhaps behind another trunk. */
  goOn(): void {
    this.over = false;
    this.ringInstead();
  }

  /** It is settled who of those that rang talks to the caller, if anybody. */
  end(): void {
    this.over = true;
    this.heard = undefined;
    this.others.clear();
    const { led } = this.call;
    if (this.ringsBack && led !== undefined) void this.parts.media.stopPlaying(led);
    this.ringsBack = false;
  }

  /** One after the other: each is connected before the next one takes its place. */
  private pass(heard: Heard): void {
    const { parts, call } = this;
    this.heard = heard;
    this.passing = this.passing
      .then(async () => {
        const isWanted = (): boolean => this.heard === heard && heard.leg.live && !this.over;
        if (!isWanted()) return;
        const ringsBack = this.ringsBack;
        this.ringsBack = false;
        if (ringsBack && call.led !== undefined) await parts.media.stopPlaying(call.led);
        // Whoever answered meanwhile has told what counts.
        if (!isWanted()) return;
        const isFirst = !this.told;
        const isConnected = await passEarlyMedia(parts, call, heard.leg, { sdp: heard.sdp, isFirst, isWanted });
        this.told ||= isConnected;
      })
      .catch((error: unknown) => parts.logger.error({ error, callId: call.callId }, 'Cannot pass early media'));
  }

  private ringInstead(): void {
    const { led } = this.call;
    if (led?.state !== 'ringing' || led.endpoint === undefined) return;
    this.passing = this.passing.then(async () => {
      if (this.heard !== undefined || !this.told || led.state !== 'ringing' || this.over) return;
      this.ringsBack = true;
      await this.parts.media.playRingback(led);
    });
  }
}
