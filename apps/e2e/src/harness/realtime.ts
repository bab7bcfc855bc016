import { io, type Socket } from 'socket.io-client';
import type { Carillon } from './carillon.js';
import type { Portal } from './portal.js';

export interface RealtimeEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** Everything that a logged-in browser would be told, and a way to ask. */
export class Realtime {
  readonly events: RealtimeEvent[] = [];

  private constructor(private readonly socket: Socket) {
    socket.onAny((name: string, payload: unknown) => this.events.push({ name, payload }));
  }

  static async connect(carillon: Carillon, portal: Portal): Promise<Realtime> {
    const socket = io(carillon.httpUrl, {
      path: '/realtime',
      transports: ['websocket'],
      reconnection: false,
      auth: { clientKey: crypto.randomUUID() },
      extraHeaders: { cookie: portal.cookieHeader, origin: carillon.httpUrl },
    });
    const realtime = new Realtime(socket);
    await new Promise<void>((settle, fail) => {
      socket.once('connect', settle);
      socket.once('connect_error', fail);
    });
    return realtime;
  }

  names(): string[] {
    return this.events.map(({ name }) => name);
  }

  async request(name: string, input: object): Promise<{ ok: boolean }> {
    return (await this.socket.timeout(10_000).emitWithAck(name, input)) as { ok: boolean };
  }

  close(): void {
    this.socket.disconnect();
  }
}
