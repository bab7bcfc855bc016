import type { types } from 'mediasoup';
import {
  nextConnection,
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-machine.js';
import type { WebRtcLostReason } from './webrtc-api.js';

export interface ConnectionLimits {
  /** From the answer until ICE and DTLS are up. */
  readonly connectMs: number;
  /** For the BYE of who closed DTLS. */
  readonly leaveMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { connectMs: 15_000, leaveMs: 3_000 };

/** Follows one transport's ICE (with consent, RFC 7675) and DTLS states and tells once when the other side is lost. */
export class ConnectionWatch {
  private state: ConnectionState = 'idle';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly transport: types.WebRtcTransport,
    private readonly limits: ConnectionLimits,
    private readonly lost: (reason: WebRtcLostReason, detail: string) => void,
  ) {
    transport.on('icestatechange', (state) => {
      if (state === 'disconnected' || state === 'closed') this.happened('ice-lost');
    });
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') this.happened('up');
      else if (state === 'failed') this.happened('dtls-failed');
      else if (state === 'closed') this.happened('dtls-closed');
    });
  }

  get connected(): boolean {
    return this.state === 'connected';
  }

  /** The other side has, or is about to get, all that it needs to connect. */
  expect(): void {
    this.happened('expected');
  }

  /** Nothing is told any more. Idempotent. */
  stop(): void {
    this.state = 'lost';
    clearTimeout(this.timer);
  }

  private happened(event: ConnectionEvent): void {
    const step = nextConnection(this.state, event);
    if (step === undefined) return;
    this.state = step.next;
    this.act(step.action);
  }

  private act(action: ConnectionAction): void {
    clearTimeout(this.timer);
    const { iceState, dtlsState } = this.transport;
    switch (action) {
      case 'start-connect-timer':
        return this.startTimer(this.limits.connectMs);
      case 'start-leave-timer':
        return this.startTimer(this.limits.leaveMs);
      case 'stop-timer':
        return;
      case 'tell-not-connected':
        return this.lost('not-connected', `No media connection: ICE ${iceState}, DTLS ${dtlsState}`);
      case 'tell-connection-lost':
        return this.lost('connection-lost', `The media connection is lost: ICE ${iceState}, DTLS ${dtlsState}`);
    }
  }

  private startTimer(milliseconds: number): void {
    this.timer = setTimeout(() => this.happened('time-up'), milliseconds);
    this.timer.unref();
  }
}
