import type { DeviceId } from '@carillon/domain';
import type { Clock } from '@carillon/service-runtime';
import type { ProxyOutcome } from '@carillon/sip-stack';
import type { Binding } from '../registrar/binding.js';
import type { BindingEvent, Registrar } from '../registrar/registrar.js';

/** Without a session timer, and with both phones still registered: then only their power may have gone unseen. */
const LONGEST_MS = 12 * 60 * 60 * 1000;
/** What a refresh that is on its way may be late by. */
const LATE_MS = 10_000;
/** A phone that lost its connection is given so long to come back. */
const COMES_BACK_MS = 60_000;

/** One end of a dialog that we only pass on. */
export interface DialogSide {
  readonly name: string;
  readonly deviceId: DeviceId;
  /** The registration that it is reached by; undefined for a caller that has none. */
  readonly binding: Binding | undefined;
}

export interface ProxiedDialog {
  readonly sipCallId: string;
  /** Of the caller: tells who hangs up. */
  readonly fromTag: string;
  readonly sides: readonly DialogSide[];
  /** Agreed by the 2xx (RFC 4028 §8.2); undefined: no session timer. */
  readonly sessionSeconds: number | undefined;
  /** Told once, in words. */
  readonly over: (reason: string) => void;
}

/** One end of it as plain data. */
interface WatchedSide extends Pick<DialogSide, 'name' | 'deviceId'> {
  /** Of its registration; null: it has none. */
  readonly key: string | null;
  readonly instance: string | null;
  /** Of the REGISTERs of its present start (RFC 3261 §10.2.4). */
  callId: string;
  /** It is known to keep its Call-ID as long as it runs, so that another one tells of a new start. */
  keepsCallId: boolean;
}

/** What another process needs to know when such a call is over. */
export interface ProxiedDialogCopy extends Pick<ProxiedDialog, 'sipCallId' | 'fromTag'> {
  readonly sides: readonly Readonly<WatchedSide>[];
  /** When it counts as over without a word, clock time in milliseconds; and whether that is by its session timer. */
  readonly endsAt: number;
  readonly hasTimer: boolean;
}

interface Watched extends Pick<ProxiedDialog, 'sipCallId' | 'fromTag' | 'over'> {
  readonly sides: readonly WatchedSide[];
  endsAt: number;
  hasTimer: boolean;
  stopTimer: () => void;
  stopWaiting: (() => void)[];
}

/**
 * Answered calls that are only passed on: a proxy sends no BYE and no OPTIONS of its own, so it hears of an end by what
 * goes by, by the session timer, and by what becomes of the phones' registrations.
 *
 * ```text
 * BYE goes by                                  ──► over
 * no refresh within the session interval       ──► over (RFC 4028 §8.3)
 * 481 or 408 to a re-INVITE or UPDATE           ──► over (RFC 5057 §5.1)
 * a phone unregisters, expires, loses its flow ──► over, unless it is back within a minute
 * a phone registers as newly started           ──► over
 * ```
 */
export class ProxiedDialogs {
  private readonly bySipCallId = new Map<string, Watched>();
  private readonly byDevice = new Map<DeviceId, Set<Watched>>();

  constructor(private readonly parts: { readonly clock: Clock; readonly registrar: Pick<Registrar, 'ofDevice'> }) {}

  get size(): number {
    return this.bySipCallId.size;
  }

  watch({ sipCallId, fromTag, sides, sessionSeconds, over }: ProxiedDialog): void {
    const watched = this.begin({ sipCallId, fromTag, sides: sides.map(watchedSide) }, over);
    this.expireAfter(watched, sessionSeconds);
  }

  /** Goes on watching what another process did. */
  resume({ sipCallId, fromTag, sides, endsAt, hasTimer }: ProxiedDialogCopy, over: ProxiedDialog['over']): void {
    const watched = this.begin({ sipCallId, fromTag, sides: sides.map((side) => ({ ...side })) }, over);
    // A refresh may have gone by unseen meanwhile.
    this.expireAt(watched, Math.max(endsAt, this.parts.clock.now() + LATE_MS), hasTimer);
    for (const side of watched.sides)
      if (side.key !== null && this.parts.registrar.ofDevice(side.deviceId).length === 0)
        this.waitForReturn(watched, side);
  }

  /** When it counts as over without a word; 0 where it is. */
  endsAt(sipCallId: string): number {
    return this.bySipCallId.get(sipCallId)?.endsAt ?? 0;
  }

  /** @returns undefined where it is over */
  copy(of: string): ProxiedDialogCopy | undefined {
    const watched = this.bySipCallId.get(of);
    if (watched === undefined) return undefined;
    const { sipCallId, fromTag, sides, endsAt, hasTimer } = watched;
    return { sipCallId, fromTag, sides: sides.map((side) => ({ ...side })), endsAt, hasTimer };
  }

  private begin(of: Pick<Watched, 'sipCallId' | 'fromTag' | 'sides'>, over: ProxiedDialog['over']): Watched {
    const before = this.bySipCallId.get(of.sipCallId);
    if (before !== undefined) this.over(before, 'Another call took its place');
    const watched: Watched = {
      ...{ ...of, over, endsAt: 0, hasTimer: false, stopTimer: () => undefined, stopWaiting: [] },
    };
    this.bySipCallId.set(of.sipCallId, watched);
    for (const { deviceId } of of.sides) {
      const others = this.byDevice.get(deviceId);
      if (others === undefined) this.byDevice.set(deviceId, new Set([watched]));
      else others.add(watched);
    }
    return watched;
  }

  /** A BYE goes by. */
  hungUp(sipCallId: string, fromTag: string): void {
    const watched = this.bySipCallId.get(sipCallId);
    if (watched === undefined) return;
    this.over(watched, `Hung up by the ${fromTag === watched.fromTag ? 'caller' : 'called party'}`);
  }

  private forget(watched: Watched): boolean {
    if (!this.bySipCallId.delete(watched.sipCallId)) return false;
    watched.stopTimer();
    for (const stop of watched.stopWaiting) stop();
    for (const { deviceId } of watched.sides) {
      const others = this.byDevice.get(deviceId);
      others?.delete(watched);
      if (others?.size === 0) this.byDevice.delete(deviceId);
    }
    return true;
  }

  /** A request inside the dialog was answered. */
  passed(sipCallId: string, method: string, { status, sessionSeconds }: ProxyOutcome): void {
    const watched = this.bySipCallId.get(sipCallId);
    if (watched === undefined || (method !== 'INVITE' && method !== 'UPDATE')) return;
    if (status >= 200 && status < 300) this.expireAfter(watched, sessionSeconds);
    else if (status === 481 || status === 408) this.over(watched, 'One side does not know of the call any more');
  }

  /** A registration has changed. */
  registered(binding: Binding, event: BindingEvent): void {
    if (this.byDevice.size === 0) return;
    for (const watched of this.byDevice.get(binding.device.deviceId) ?? [])
      for (const side of watched.sides)
        if (isSamePhone(side, binding)) this.sideChanged(watched, side, { binding, event });
  }

  private sideChanged(
    watched: Watched,
    side: WatchedSide,
    { binding, event }: { binding: Binding; event: BindingEvent },
  ): void {
    if (event !== 'added' && event !== 'refreshed') {
      this.waitForReturn(watched, side);
      return;
    }
    if (binding.callId === side.callId) side.keepsCallId = true;
    else if (side.keepsCallId) this.over(watched, `The phone of ${side.name} has started anew`);
    else side.callId = binding.callId;
  }

  private waitForReturn(watched: Watched, side: WatchedSide): void {
    const { clock, registrar } = this.parts;
    const stop = clock.after(COMES_BACK_MS, () => {
      if (registrar.ofDevice(side.deviceId).length === 0)
        this.over(watched, `The phone of ${side.name} is not registered any more`);
    });
    watched.stopWaiting.push(stop);
  }

  private expireAfter(watched: Watched, seconds: number | undefined): void {
    const delayMs = seconds === undefined ? LONGEST_MS : seconds * 1000 + LATE_MS;
    this.expireAt(watched, this.parts.clock.now() + delayMs, seconds !== undefined);
  }

  private expireAt(watched: Watched, endsAt: number, hasTimer: boolean): void {
    const { clock } = this.parts;
    const why = hasTimer ? 'The session timer ran out without a refresh' : 'No end was seen';
    watched.stopTimer();
    watched.endsAt = endsAt;
    watched.hasTimer = hasTimer;
    watched.stopTimer = clock.after(endsAt - clock.now(), () => this.over(watched, why));
  }

  private over(watched: Watched, reason: string): void {
    if (this.forget(watched)) watched.over(reason);
  }
}

function watchedSide({ name, deviceId, binding }: DialogSide): WatchedSide {
  return {
    ...{
      name,
      deviceId,
      key: binding?.key ?? null,
      instance: binding?.instance ?? null,
      callId: binding?.callId ?? '',
    },
    // RFC 5627 §5.1: who has an instance counts its starts by the Call-ID.
    keepsCallId: binding !== undefined && binding.instance !== null,
  };
}

/** By its contact, or its instance: after a new start it may have another port (RFC 5626 §4.1). */
function isSamePhone(side: WatchedSide, { device, key, instance, regId }: Binding): boolean {
  if (side.deviceId !== device.deviceId || side.key === null) return false;
  return side.key === key || (regId === null && instance !== null && side.instance === instance);
}
