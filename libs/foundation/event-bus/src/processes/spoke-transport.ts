import type { Logger } from '@carillon/service-runtime';
import type { BusTransport, MessageHandler, RequestHandler, WireReply, WireValue } from '../bus-transport.js';
import { MemoryTransport } from '../memory-transport.js';
import type { BusLink } from './bus-link.js';
import { PeerProcess } from './peer-process.js';

/** The bus in one of several processes: what is not answered here is asked of the hub, events go both ways. */
export class SpokeTransport implements BusTransport {
  readonly inProcess = false;
  private readonly local = new MemoryTransport();
  private readonly hub: PeerProcess;
  /** How many of ours respond or listen to a subject: the hub is told of the first and of the last. */
  private readonly interests = new Map<string, number>();

  /** @param lost the hub's process is gone */
  constructor(link: BusLink, logger: Logger, lost: () => void = () => undefined) {
    this.hub = new PeerProcess(
      link,
      {
        request: (subject, payload, timeoutMs) => this.local.request(subject, payload, timeoutMs),
        event: (subject, payload) => this.local.send(subject, payload),
        interest: () => undefined,
        closed: lost,
      },
      logger,
    );
  }

  async request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    return this.interests.has(`responds ${subject}`)
      ? this.local.request(subject, payload, timeoutMs)
      : this.hub.ask(subject, payload, timeoutMs);
  }

  respond(subject: string, handler: RequestHandler): () => void {
    const stop = this.local.respond(subject, handler);
    return this.show(subject, ['responds', 'quits'], stop);
  }

  send(subject: string, payload: WireValue): void {
    this.local.send(subject, payload);
    this.hub.tell({ kind: 'event', subject, payload });
  }

  /** The hub knows who listens elsewhere. */
  mayBeHeard(): boolean {
    return true;
  }

  listen(subject: string, handler: MessageHandler): () => void {
    const stop = this.local.listen(subject, handler);
    return this.show(subject, ['listens', 'leaves'], stop);
  }

  close(): Promise<void> {
    this.hub.close();
    return this.local.close();
  }

  private show(
    subject: string,
    [begin, end]: readonly ['responds', 'quits'] | readonly ['listens', 'leaves'],
    stop: () => void,
  ): () => void {
    const key = `${begin} ${subject}`;
    const before = this.interests.get(key) ?? 0;
    this.interests.set(key, before + 1);
    if (before === 0) this.hub.tell({ kind: begin, subject });
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      stop();
      const left = (this.interests.get(key) ?? 1) - 1;
      if (left > 0) {
        this.interests.set(key, left);
        return;
      }
      this.interests.delete(key);
      this.hub.tell({ kind: end, subject });
    };
  }
}
