import { CodedError } from '@carillon/service-runtime';
import type { BusTransport, MessageHandler, RequestHandler, WireReply, WireValue } from './bus-transport.js';

/** One process's transport: hands over the very objects, and leaves it to the bus that nobody shares them. */
export class MemoryTransport implements BusTransport {
  readonly inProcess = true;
  private readonly responders = new Map<string, RequestHandler[]>();
  private readonly listeners = new Map<string, Set<MessageHandler>>();

  async request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    const queue = this.responders.get(subject);
    const handler = queue?.shift();
    if (queue === undefined || handler === undefined) return undefined;
    // Round robin, as a queue group would.
    queue.push(handler);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(
        () => fail(new CodedError('BUS.TIMEOUT', `No answer to ${subject} within ${timeoutMs} ms`)),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([handler(payload), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  respond(subject: string, handler: RequestHandler): () => void {
    const queue = this.responders.get(subject) ?? [];
    this.responders.set(subject, queue);
    queue.push(handler);
    return () => {
      const index = queue.indexOf(handler);
      if (index >= 0) queue.splice(index, 1);
      if (queue.length === 0 && this.responders.get(subject) === queue) this.responders.delete(subject);
    };
  }

  send(subject: string, payload: WireValue): void {
    for (const listener of this.listeners.get(subject) ?? []) listener(payload);
  }

  listen(subject: string, handler: MessageHandler): () => void {
    const set = this.listeners.get(subject) ?? new Set();
    this.listeners.set(subject, set);
    // Wrapped, so that one function listening twice counts twice.
    const own: MessageHandler = (payload) => handler(payload);
    set.add(own);
    return () => {
      set.delete(own);
      if (set.size === 0 && this.listeners.get(subject) === set) this.listeners.delete(subject);
    };
  }

  close(): Promise<void> {
    this.responders.clear();
    this.listeners.clear();
    return Promise.resolve();
  }
}
