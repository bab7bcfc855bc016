import type { Answered, BusTransport, MessageHandler, RequestHandler, WireValue } from './bus-transport.js';
import { Deadlines, timedOut } from './deadlines.js';

/** One process's transport: hands over the very objects, and leaves it to the bus that nobody shares them. */
export class MemoryTransport implements BusTransport {
  readonly inProcess = true;
  readonly sameCode = true;
  private readonly deadlines = new Deadlines();
  private readonly responders = new Map<string, RequestHandler[]>();
  private readonly listeners = new Map<string, Set<MessageHandler>>();

  request(subject: string, payload: WireValue, timeoutMs: number): Answered | Promise<Answered> {
    const queue = this.responders.get(subject);
    const handler = queue?.[0];
    if (queue === undefined || handler === undefined) return undefined;
    // Round robin, as a queue group would.
    if (queue.length > 1) queue.push(...queue.splice(0, 1));
    const reply = handler(payload);
    if (!(reply instanceof Promise)) return reply;
    return new Promise((resolve, reject) => {
      const deadline = this.deadlines.add(timeoutMs, () => reject(timedOut(subject, timeoutMs)));
      reply.then(
        (late) => {
          this.deadlines.remove(deadline);
          resolve(late);
        },
        (error: unknown) => {
          this.deadlines.remove(deadline);
          reject(error);
        },
      );
    });
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

  mayBeHeard(subject: string): boolean {
    return this.listeners.has(subject);
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
    this.deadlines.clear();
    this.responders.clear();
    this.listeners.clear();
    return Promise.resolve();
  }
}
