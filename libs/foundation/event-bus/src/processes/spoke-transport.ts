import type { Logger } from '@carillon/service-runtime';
import type { BusTransport, MessageHandler, RequestHandler, WireReply, WireValue } from '../bus-transport.js';
import { MemoryTransport } from '../memory-transport.js';
import type { BusLink } from './bus-link.js';
import { both, Interests } from './interests.js';
import { PeerProcess } from './peer-process.js';

/** The bus in one of several processes: what is not answered here is asked of the hub, events go both ways. */
export class SpokeTransport implements BusTransport {
  readonly inProcess = false;
  readonly sameCode = true;
  private readonly local = new MemoryTransport();
  private readonly hub: PeerProcess;
  private readonly responds = new Interests(
    (subject) => this.hub.tell({ kind: 'responds', subject }),
    (subject) => this.hub.tell({ kind: 'quits', subject }),
  );
  private readonly listens = new Interests(
    (subject) => this.hub.tell({ kind: 'listens', subject }),
    (subject) => this.hub.tell({ kind: 'leaves', subject }),
  );
  /** What others listen to; undefined until the hub has told. */
  private wanted: Set<string> | undefined;

  /** @param lost the hub's process is gone */
  constructor(link: BusLink, logger: Logger, lost: () => void = () => undefined) {
    this.hub = new PeerProcess(
      link,
      {
        request: async (subject, payload, timeoutMs) => this.local.request(subject, payload, timeoutMs),
        event: (subject, payload) => this.local.send(subject, payload),
        interest: (kind, subject) => {
          this.wanted ??= new Set();
          if (kind === 'listens') this.wanted.add(subject);
          else if (kind === 'leaves') this.wanted.delete(subject);
        },
        closed: lost,
      },
      logger,
    );
  }

  async request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    return this.responds.has(subject)
      ? this.local.request(subject, payload, timeoutMs)
      : this.hub.ask(subject, payload, timeoutMs);
  }

  respond(subject: string, handler: RequestHandler): () => void {
    return both(this.local.respond(subject, handler), this.responds.add(subject));
  }

  send(subject: string, payload: WireValue): void {
    this.local.send(subject, payload);
    if (this.isWanted(subject)) this.hub.tell({ kind: 'event', subject, payload });
  }

  mayBeHeard(subject: string): boolean {
    return this.isWanted(subject) || this.listens.has(subject);
  }

  listen(subject: string, handler: MessageHandler): () => void {
    return both(this.local.listen(subject, handler), this.listens.add(subject));
  }

  close(): Promise<void> {
    this.hub.close();
    return this.local.close();
  }

  private isWanted(subject: string): boolean {
    return this.wanted === undefined || this.wanted.has(subject);
  }
}
