import { dtmfKeyOfEvent, parseTelephoneEvent } from '@carillon/rtp';

/** RFC 4733 §2.5.2.2: no packet for this long and the event counts as over. */
const EVENT_TIMEOUT_MS = 200;

export interface DtmfReceiverHandlers {
  onBegin(key: string): void;
  onEnd(key: string, durationMs: number): void;
}

/** Turns telephone-event packets into one begin and one end per key; retransmissions and losses do not matter. */
export class DtmfReceiver {
  private current: { key: string; timestamp: number; durationMs: number; lastMs: number } | null = null;
  private endedTimestamp: number | null = null;

  constructor(private readonly handlers: DtmfReceiverHandlers) {}

  receive(packet: { timestamp: number; payload: Uint8Array }, clockRate: number, nowMs: number): void {
    const event = parseTelephoneEvent(packet.payload);
    const key = event === null ? null : dtmfKeyOfEvent(event.event);
    if (event === null || key === null) return;
    if (packet.timestamp === this.endedTimestamp) return;
    if (this.current !== null && this.current.timestamp !== packet.timestamp) this.finish();
    if (this.current === null) {
      this.current = { key, timestamp: packet.timestamp, durationMs: 0, lastMs: nowMs };
      this.endedTimestamp = null;
      this.handlers.onBegin(key);
    }
    this.current.durationMs = Math.max(this.current.durationMs, Math.round((event.duration * 1000) / clockRate));
    this.current.lastMs = nowMs;
    if (event.end) this.finish();
  }

  /** Called once per tick. */
  tick(nowMs: number): void {
    if (this.current !== null && nowMs - this.current.lastMs > EVENT_TIMEOUT_MS) this.finish();
  }

  private finish(): void {
    const { current } = this;
    if (current === null) return;
    this.current = null;
    this.endedTimestamp = current.timestamp;
    this.handlers.onEnd(current.key, current.durationMs);
  }
}
