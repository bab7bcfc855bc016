import type { Logger } from '@carillon/service-runtime';
import type { BusTransport, MessageHandler, RequestHandler, WireReply, WireValue } from '../bus-transport.js';
import { MemoryTransport } from '../memory-transport.js';
import type { BusLink } from './bus-link.js';
import { PeerProcess } from './peer-process.js';

interface Spoke {
  readonly peer: PeerProcess;
  readonly listens: Set<string>;
}

/**
 * The bus in the process that started the others: it answers and listens itself, and passes on what the others ask of
 * and tell each other. What is answered here is asked here; else the processes that respond take turns.
 *
 * ```text
 * process 1 ──┐            ┌── features here
 * process 2 ──┼── the hub ─┘
 * process 3 ──┘
 * ```
 */
export class HubTransport implements BusTransport {
  readonly inProcess = false;
  private readonly local = new MemoryTransport();
  private readonly spokes = new Set<Spoke>();
  /** Who responds to a subject; whose turn it is comes first. */
  private readonly responders = new Map<string, Spoke[]>();

  constructor(private readonly logger: Logger) {}

  /** One more process takes part, until its link closes. */
  attach(link: BusLink): void {
    const listens = new Set<string>();
    const peer = new PeerProcess(
      link,
      {
        request: (subject, payload, timeoutMs) => this.request(subject, payload, timeoutMs),
        event: (subject, payload) => this.tell(subject, payload, spoke),
        interest: (kind, subject) => {
          if (kind === 'listens') listens.add(subject);
          else if (kind === 'leaves') listens.delete(subject);
          else if (kind === 'responds') this.responders.set(subject, [...(this.responders.get(subject) ?? []), spoke]);
          else this.withdraw(subject, spoke);
        },
        closed: () => {
          this.spokes.delete(spoke);
          for (const subject of this.responders.keys()) this.withdraw(subject, spoke);
        },
      },
      this.logger,
    );
    const spoke: Spoke = { peer, listens };
    this.spokes.add(spoke);
  }

  async request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    const here = await this.local.request(subject, payload, timeoutMs);
    if (here !== undefined) return here;
    const queue = this.responders.get(subject);
    const spoke = queue?.shift();
    if (queue === undefined || spoke === undefined) return undefined;
    queue.push(spoke);
    return spoke.peer.ask(subject, payload, timeoutMs);
  }

  respond(subject: string, handler: RequestHandler): () => void {
    return this.local.respond(subject, handler);
  }

  send(subject: string, payload: WireValue): void {
    this.tell(subject, payload, undefined);
  }

  mayBeHeard(subject: string): boolean {
    if (this.local.mayBeHeard(subject)) return true;
    for (const { listens } of this.spokes) if (listens.has(subject)) return true;
    return false;
  }

  listen(subject: string, handler: MessageHandler): () => void {
    return this.local.listen(subject, handler);
  }

  async close(): Promise<void> {
    for (const { peer } of this.spokes) peer.close();
    await this.local.close();
  }

  private tell(subject: string, payload: WireValue, from: Spoke | undefined): void {
    this.local.send(subject, payload);
    for (const spoke of this.spokes)
      if (spoke !== from && spoke.listens.has(subject)) spoke.peer.tell({ kind: 'event', subject, payload });
  }

  private withdraw(subject: string, spoke: Spoke): void {
    const left = this.responders.get(subject)?.filter((one) => one !== spoke) ?? [];
    if (left.length === 0) this.responders.delete(subject);
    else this.responders.set(subject, left);
  }
}
