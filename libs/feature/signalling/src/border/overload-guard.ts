import type { Clock } from '@carillon/service-runtime';
import { AdmittedShare } from './admitted-share.js';

/** How often the process is asked how late it is. */
const SAMPLE_MS = 20;
/** Lateness that a garbage collection or a burst may cause, smoothed; beyond, work waits for work. */
const TOLERATED_LATENESS_MS = 25;
/** So many samples have to be late one after the other: one halt (a collection, a slow disk) is over before anybody is turned away. */
const LATE_SAMPLES = 8;
/** With fewer new calls a second it is something else that takes the time, and turning them away would not help. */
const FEW_PER_SECOND = 10;
/** Of the time the event loop has work in hand; where it waits for more than the rest, it is others that make it late. */
const BUSY_SHARE = 0.75;
/**
 * An event loop that never rests is at its limit where messages wait for it, even though its timers are on time: it takes 32
 * datagrams of a socket in each turn (libuv), and those that wait for theirs wait in the kernel, where no timer sees them.
 */
const RESTLESS_SHARE = 0.9;
const FULL_TURN_MESSAGES = 32;
/** Of the turns that were looked at. */
const FULL_TURNS_SHARE = 0.8;
/**
 * The share is that of about so long, so that all turns have to be full for 1.6 s. To mark the heap takes half of the core for a third
 * of a second, each minute: a core of which calls need nine tenths catches up with that in about as long.
 */
const FULL_TURNS_MS = 1_000;
/** The share is that of about so long. */
const BUSY_MS = 500;
/** Weight of the newest sample. */
const SMOOTHING = 0.2;
/** Without a new call for so long, and with nobody shed, nothing is sampled: a server at rest does not wake for it. */
const REST_SAMPLES = 500;
/** The rate of new calls is that of about so long. */
const RATE_MS = 500;
/** How fast new calls are turned away while it is too late, for each sample. */
const LATE_FACTOR = 0.85;
/** The same where it is not late yet, only at its limit. */
const SATURATED_FACTOR = 0.98;
/** Retry-After in seconds, spread so that callers do not come back together. */
const RETRY_AFTER_SECONDS = { least: 2, spread: 8 } as const;

export type Admission = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

/**
 * Sheds new calls before they hurt running ones (RFC 7339's loss-based control, decided here for lack of a peer that
 * takes part). Load is seen by its effect: a timer that comes late in a busy event loop tells how long every message waits for
 * its turn, a loop that never rests while messages wait is about to be late, and calls that are being set up pile up when the database or media
 * fall behind. The share of new calls that is let in follows, so that the server runs at its limit instead of beyond it.
 */
export class OverloadGuard {
  private readonly share = new AdmittedShare();
  private latenessMs = 0;
  private lateSamples = 0;
  private busy = 0;
  private fullTurns = 0;
  private askedPerSecond = 0;
  private asked = 0;
  private help = { second: 0, passed: 0 };
  private sampling = false;
  private quietSamples = 0;
  private closed = false;
  private sampledAt: number;
  private stopSampling: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limits: {
      /** Calls between INVITE and answer or refusal that are still healthy, beyond which new ones are shed. */
      readonly settingUp: number;
      readonly countSettingUp: () => number;
      /** Calls for help that pass in a second, whatever the load. */
      readonly forHelpPerSecond: number;
      /** The share of the time since it was asked last that the event loop had work in hand, 0 to 1. */
      readonly busyShare: () => number;
      /** Messages that have come since the start. */
      readonly countMessages: () => number;
      /** Calls back when the event loop has taken what one of its turns takes from the sockets. */
      readonly afterThisTurn: (work: () => void) => void;
      /** 0 to 1. */
      readonly random: () => number;
    },
  ) {
    this.sampledAt = clock.now();
  }

  /** 0 to 1: how many of the new calls are let in. */
  get admittedShare(): number {
    return this.share.value;
  }

  /** How late the process is with everything, smoothed, in milliseconds. */
  get lateness(): number {
    return this.latenessMs;
  }

  /**
   * For an INVITE that begins a call.
   * @param begun its caller was asked for credentials before: turning it away now would waste what was done
   */
  admit({ begun }: { readonly begun: boolean }): Admission {
    this.asked += 1;
    this.quietSamples = 0;
    if (!this.sampling) this.begin();
    const { random } = this.limits;
    const share = begun ? Math.sqrt(this.share.value) : this.share.value;
    if (share >= 1 || random() < share) return { ok: true };
    const { least, spread } = RETRY_AFTER_SECONDS;
    return { ok: false, retryAfterSeconds: least + Math.floor(random() * spread) };
  }

  /** For a call for help that would be turned away. Anybody may pretend to make one: they pass as far as a flood of them is borne. */
  admitForHelp(): boolean {
    const second = Math.floor(this.clock.now() / 1000);
    if (second !== this.help.second) this.help = { second, passed: 0 };
    if (this.help.passed >= this.limits.forHelpPerSecond) return false;
    this.help.passed += 1;
    return true;
  }

  close(): void {
    this.closed = true;
    this.stopSampling();
  }

  /** What was before the rest says nothing of now. */
  private begin(): void {
    if (this.closed) return;
    this.sampling = true;
    this.sampledAt = this.clock.now();
    this.latenessMs = 0;
    this.lateSamples = 0;
    this.askedPerSecond = 0;
    this.busy = 0;
    this.fullTurns = 0;
    this.limits.busyShare();
    this.sampleLater();
  }

  private sampleLater(): void {
    this.stopSampling = this.clock.after(SAMPLE_MS, () => {
      this.sample();
      this.sampling = this.quietSamples < REST_SAMPLES || this.share.value < 1;
      if (this.sampling) this.sampleLater();
    });
  }

  private sample(): void {
    const now = this.clock.now();
    const lateMs = Math.max(0, now - this.sampledAt - SAMPLE_MS);
    this.sampledAt = now;
    this.latenessMs += (lateMs - this.latenessMs) * SMOOTHING;
    const passedMs = SAMPLE_MS + lateMs;
    const perSecond = (this.asked * 1000) / passedMs;
    this.asked = 0;
    this.quietSamples += 1;
    this.askedPerSecond += (perSecond - this.askedPerSecond) * Math.min(1, passedMs / RATE_MS);
    const { settingUp, countSettingUp, busyShare } = this.limits;
    this.busy += (busyShare() - this.busy) * Math.min(1, passedMs / BUSY_MS);
    const many = this.askedPerSecond > FEW_PER_SECOND;
    this.lateSamples = this.latenessMs > TOLERATED_LATENESS_MS ? this.lateSamples + 1 : 0;
    const late = this.lateSamples >= LATE_SAMPLES && this.busy > BUSY_SHARE && many;
    if (late || countSettingUp() > settingUp) this.share.shed(LATE_FACTOR);
    else if (this.fullTurns > FULL_TURNS_SHARE && this.busy > RESTLESS_SHARE && many) this.share.shed(SATURATED_FACTOR);
    else this.share.recover();
    this.lookAtTurn(passedMs);
  }

  /** From the end of one turn to the end of the next: datagrams are handed up at the end of theirs, all else as it is read. */
  private lookAtTurn(passedMs: number): void {
    const { countMessages, afterThisTurn } = this.limits;
    afterThisTurn(() => {
      const before = countMessages();
      afterThisTurn(() => {
        const isFull = countMessages() - before >= FULL_TURN_MESSAGES;
        this.fullTurns += (Number(isFull) - this.fullTurns) * Math.min(1, passedMs / FULL_TURNS_MS);
      });
    });
  }
}
