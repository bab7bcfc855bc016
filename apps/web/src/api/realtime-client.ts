import {
  realtimeEvents,
  realtimeRequests,
  type RealtimeEventName,
  type RealtimeEventPayload,
  type RealtimeInput,
  type RealtimeOutput,
  type RealtimeRequestName,
  type Refusal,
} from '@carillon/contracts';
import { io, type Socket } from 'socket.io-client';

/** `lost` mends itself; `refused` means that the server does not know the user, or the guest link. */
export type RealtimeState = 'connecting' | 'connected' | 'lost' | 'refused';

/** Who a guest is; staff are known by their session's cookie. */
export interface GuestIdentity {
  readonly guestToken: string;
  readonly name: string;
}

const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_MS = 2_000;
/** A page that has just been opened may ask before it is connected: so long it waits. */
const FIRST_CONNECTION_MS = 3_000;

/** Typed requests and events over socket.io. It reconnects by itself; a request is never sent late. */
export class RealtimeClient {
  private readonly socket: Socket;
  private readonly stateListeners = new Set<() => void>();
  private current: RealtimeState = 'connecting';
  private heldBy = 0;

  constructor(guest?: GuestIdentity) {
    this.socket = io({
      path: '/realtime',
      autoConnect: false,
      transports: ['websocket', 'polling'],
      // The key lets a connection that was cut off take up its seat in a meeting again.
      auth: { ...guest, clientKey: crypto.randomUUID() },
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
    });
    this.socket.on('connect', () => this.change('connected'));
    this.socket.on('disconnect', (reason) => {
      if (this.heldBy === 0) return this.change('connecting');
      this.change('lost');
      if (reason === 'io server disconnect') this.tryLater();
    });
    this.socket.on('connect_error', (error) => {
      if (error.message.startsWith('IDENTITY.')) return this.change('refused');
      this.change('lost');
      if (!this.socket.active) this.tryLater();
    });
  }

  /** Connects while at least one holder needs it. The answer lets go again. */
  hold(): () => void {
    this.heldBy += 1;
    if (this.heldBy === 1) this.socket.connect();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.heldBy -= 1;
      // A component that is mounted again at once keeps the connection.
      setTimeout(() => {
        if (this.heldBy === 0) this.socket.disconnect();
      }, 250);
    };
  }

  /** Tries anew after `refused`. */
  reconnect(): void {
    this.change('connecting');
    this.socket.connect();
  }

  get state(): RealtimeState {
    return this.current;
  }

  readonly subscribeState = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  };

  /** Asks the server. A refusal is a value: the server's, or CLIENT.OFFLINE, CLIENT.TIMEOUT, CLIENT.UNEXPECTED_ANSWER. */
  async request<Name extends RealtimeRequestName>(
    name: Name,
    input: RealtimeInput<Name>,
  ): Promise<RealtimeOutput<Name> | Refusal> {
    if (!(await this.isConnected())) return { ok: false, code: 'CLIENT.OFFLINE' };
    let answer: unknown;
    try {
      answer = await this.socket.timeout(REQUEST_TIMEOUT_MS).emitWithAck(name, input);
    } catch {
      return { ok: false, code: this.socket.connected ? 'CLIENT.TIMEOUT' : 'CLIENT.OFFLINE' };
    }
    const parsed = realtimeRequests[name].output.safeParse(answer);
    return parsed.success ? (parsed.data as RealtimeOutput<Name>) : { ok: false, code: 'CLIENT.UNEXPECTED_ANSWER' };
  }

  /** Waits for the first connection alone: what is asked while one is lost would come late. */
  private async isConnected(): Promise<boolean> {
    if (this.current === 'connecting' && this.heldBy > 0)
      await new Promise<void>((settle) => {
        const stop = this.subscribeState(() => done());
        const timer = setTimeout(() => done(), FIRST_CONNECTION_MS);
        const done = (): void => {
          clearTimeout(timer);
          stop();
          settle();
        };
      });
    return this.socket.connected;
  }

  /** Listens to one event; what does not fit its schema is reported and left out. The answer stops it. */
  on<Name extends RealtimeEventName>(name: Name, handler: (payload: RealtimeEventPayload<Name>) => void): () => void {
    const listener = (wire: unknown) => {
      const event = realtimeEvents[name].safeParse(wire);
      if (event.success) handler(event.data as RealtimeEventPayload<Name>);
      else console.warn(`The event ${name} does not fit its schema`, event.error.issues);
    };
    const event: string = name;
    this.socket.on(event, listener);
    return () => this.socket.off(event, listener);
  }

  /** socket.io itself tries again only where the connection broke, not where the server closed or refused it. */
  private tryLater(): void {
    setTimeout(() => {
      if (this.heldBy > 0 && !this.socket.connected) this.socket.connect();
    }, RETRY_MS);
  }

  private change(state: RealtimeState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.stateListeners) listener();
  }
}
