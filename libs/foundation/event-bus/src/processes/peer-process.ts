import { CodedError, isCodedError, type Logger } from '@carillon/service-runtime';
import type { WireReply, WireValue } from '../bus-transport.js';
import type { BusFrame, BusLink } from './bus-link.js';
import { FrameQueue } from './frame-queue.js';
import { OpenRequests } from './open-requests.js';

/** What the owner of the link does with what comes over it. */
export interface PeerHandlers {
  /** @returns undefined where nobody responds @throws {CodedError} `BUS.…` */
  request(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined>;
  event(subject: string, payload: WireValue): void;
  interest(kind: 'responds' | 'quits' | 'listens' | 'leaves', subject: string): void;
  closed(): void;
}

/** Another process, as either end of a link sees it: it can be asked, be told, and asks and tells. */
export class PeerProcess {
  private readonly open = new OpenRequests();
  private readonly queue: FrameQueue;

  constructor(
    link: BusLink,
    private readonly handlers: PeerHandlers,
    private readonly logger: Logger,
  ) {
    this.queue = new FrameQueue(link, (frame, error) => this.refused(frame, error));
    link.onFrames((frames) => {
      for (const frame of frames) this.receive(frame);
    });
    link.onClosed(() => this.close());
  }

  /** @throws {CodedError} `BUS.TIMEOUT`, `BUS.OVERLOADED`, `BUS.LOST` */
  ask(subject: string, payload: WireValue, timeoutMs: number): Promise<WireReply | undefined> {
    return this.open.ask(subject, timeoutMs, (id) =>
      this.queue.push({ kind: 'request', id, subject, payload, timeoutMs }),
    );
  }

  tell(frame: Exclude<BusFrame, { kind: 'request' | 'reply' }>): void {
    if (!this.queue.push(frame)) this.logger.debug({ subject: frame.subject }, 'An event was not told: too much waits');
  }

  /** Whoever waits for an answer is told that none will come. Idempotent. */
  close(): void {
    this.queue.close();
    this.open.lost();
    this.handlers.closed();
  }

  private receive(frame: BusFrame): void {
    switch (frame.kind) {
      case 'request':
        void this.respond(frame);
        return;
      case 'reply':
        this.open.answered(frame.id, frame.reply);
        return;
      case 'event':
        this.handlers.event(frame.subject, frame.payload);
        return;
      case 'responds':
      case 'quits':
      case 'listens':
      case 'leaves':
        this.handlers.interest(frame.kind, frame.subject);
        return;
    }
  }

  private async respond({ id, subject, payload, timeoutMs }: BusFrame & { kind: 'request' }): Promise<void> {
    const reply = await this.handlers.request(subject, payload, timeoutMs).catch(failureOf);
    // Where it cannot be told, whoever asked hears so by its own time limit.
    this.queue.push({ kind: 'reply', id, reply });
  }

  private refused(frame: BusFrame, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const failure = new CodedError('BUS.INVALID', `Cannot be copied to another process: ${text}`);
    if (frame.kind === 'request') this.open.fail(frame.id, failure);
    else if (frame.kind === 'reply') this.queue.push({ kind: 'reply', id: frame.id, reply: failureOf(failure) });
    else this.logger.error({ subject: frame.subject, error }, 'An event cannot be copied to another process');
  }
}

function failureOf(error: unknown): WireReply {
  if (isCodedError(error)) return { ok: false, code: error.code, message: error.message };
  return { ok: false, code: 'BUS.FAILED', message: error instanceof Error ? error.message : String(error) };
}
