import type { Logger } from '@carillon/service-runtime';
import type { BusTransport, MessageHandler, RequestHandler, WireReply, WireValue } from '../bus-transport.js';
import { MemoryTransport } from '../memory-transport.js';
import type { BusLink } from './bus-link.js';
import { both, Interests } from './interests.js';
import { PeerProcess } from './peer-process.js';

interface Spoke {
  readonly peer: PeerProcess;
  readonly listens: Set<string>;
  /** What it knows that others listen to; undefined until it is there: what is sent before is lost. */
  told: Set<string> | undefined;
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
  readonly sameCode = true;
  private readonly local = new MemoryTransport();
  private readonly spokes = new Set<Spoke>();
  /** Who responds to a subject; whose turn it is comes first. */
  private readonly responders = new Map<string, Spoke[]>();
  /** What is responded to and listened to here. */
  private readonly responds = new Interests(nothing, nothing);
  private readonly listens = new Interests(
    (subject) => this.tellWanted(subject),
    (subject) => this.tellWanted(subject),
  );

  constructor(private readonly logger: Logger) {}

  /** One more process takes part, until its link closes. */
  attach(link: BusLink): void {
    const listens = new Set<string>();
    const peer = new PeerProcess(
      link,
      {
        request: (subject, payload, timeoutMs) => this.request(subject, payload, timeoutMs),
        event: (subject, payload) => this.tell(subject, payload, spoke),
        interest: (kind, subject) => this.interest(spoke, kind, subject),
        closed: () => {
          this.spokes.delete(spoke);
          for (const subject of this.responders.keys()) this.withdraw(subject, spoke);
          for (const subject of listens) this.tellWanted(subject);
        },
      },
      this.logger,
    );
    const spoke: Spoke = { peer, listens, told: undefined };
    this.spokes.add(spoke);
  }

  async request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    if (this.responds.has(subject)) return this.local.request(subject, payload, timeoutMs);
    const queue = this.responders.get(subject);
    const spoke = queue?.shift();
    if (queue === undefined || spoke === undefined) return undefined;
    queue.push(spoke);
    return spoke.peer.ask(subject, payload, timeoutMs);
  }

  respond(subject: string, handler: RequestHandler): () => void {
    return both(this.local.respond(subject, handler), this.responds.add(subject));
  }

  send(subject: string, payload: WireValue): void {
    this.tell(subject, payload, undefined);
  }

  mayBeHeard(subject: string): boolean {
    return this.isWanted(subject, undefined);
  }

  listen(subject: string, handler: MessageHandler): () => void {
    return both(this.local.listen(subject, handler), this.listens.add(subject));
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

  private interest(spoke: Spoke, kind: 'responds' | 'quits' | 'listens' | 'leaves', subject: string): void {
    if (spoke.told === undefined) this.welcome(spoke);
    switch (kind) {
      case 'responds':
        this.responders.set(subject, [...(this.responders.get(subject) ?? []), spoke]);
        return;
      case 'quits':
        this.withdraw(subject, spoke);
        return;
      case 'listens':
        spoke.listens.add(subject);
        this.tellWanted(subject);
        return;
      case 'leaves':
        spoke.listens.delete(subject);
        this.tellWanted(subject);
        return;
    }
  }

  /** From now on it need not send what nobody hears. */
  private welcome(spoke: Spoke): void {
    spoke.told = new Set();
    spoke.peer.tell({ kind: 'leaves', subject: '' });
    for (const subject of this.listens.all()) this.tellWanted(subject);
    for (const other of this.spokes) for (const subject of other.listens) this.tellWanted(subject);
  }

  /** Whether anybody but `from` listens. */
  private isWanted(subject: string, from: Spoke | undefined): boolean {
    if (this.listens.has(subject)) return true;
    for (const spoke of this.spokes) if (spoke !== from && spoke.listens.has(subject)) return true;
    return false;
  }

  /** Each process sends what somebody else hears. */
  private tellWanted(subject: string): void {
    for (const spoke of this.spokes) {
      const { told } = spoke;
      const wanted = this.isWanted(subject, spoke);
      if (told === undefined || wanted === told.has(subject)) continue;
      if (wanted) told.add(subject);
      else told.delete(subject);
      spoke.peer.tell({ kind: wanted ? 'listens' : 'leaves', subject });
    }
  }

  private withdraw(subject: string, spoke: Spoke): void {
    const left = this.responders.get(subject)?.filter((one) => one !== spoke) ?? [];
    if (left.length === 0) this.responders.delete(subject);
    else this.responders.set(subject, left);
  }
}

function nothing(): void {
  // Nobody has to be told.
}
