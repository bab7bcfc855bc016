import type { Clock, TimerHandle } from '../clock.js';
import { buildBindingRequest } from './stun-message.js';
import type { StunMessage } from './stun-message.js';

/** First wait; it doubles seven times (RFC 8489 §6.2.1), and the last request is given 16 times this (RFC 5626 §4.4.2). */
const RTO_MILLISECONDS = 500;
const MAX_REQUESTS = 7;
const LAST_WAIT = 16;

interface Question {
  readonly remote: string;
  readonly answered: (dead: string | undefined) => void;
  timer: TimerHandle | undefined;
}

/** Binding requests that wait for their answer, of one UDP socket. */
export class StunQuestions {
  private readonly open = new Map<string, Question>();
  /** Where each peer saw us last time: a change means that a NAT forgot us. */
  private readonly mapped = new Map<string, string>();

  constructor(private readonly parts: { clock: Clock; bytes: (length: number) => Uint8Array }) {}

  /** @param send writes to the peer; `remote` names it */
  ask(remote: string, send: (bytes: Buffer) => void, answered: (dead: string | undefined) => void): () => void {
    const { clock, bytes } = this.parts;
    const id = Buffer.from(bytes(12));
    const key = id.toString('hex');
    const request = buildBindingRequest(id);
    const question: Question = { remote, answered, timer: undefined };
    this.open.set(key, question);
    const repeat = (sent: number): void => {
      send(request);
      const wait = sent === MAX_REQUESTS ? LAST_WAIT * RTO_MILLISECONDS : RTO_MILLISECONDS * 2 ** (sent - 1);
      question.timer = clock.setTimeout(() => {
        if (sent < MAX_REQUESTS) repeat(sent + 1);
        else this.settle(key, 'no answer to STUN');
      }, wait);
    };
    repeat(1);
    return () => this.forget(key);
  }

  /** Takes a response; those that nobody waits for are ignored. */
  receive(message: StunMessage, remote: string): void {
    const question = this.open.get(message.transactionId);
    if (question === undefined || question.remote !== remote) return;
    if (message.kind === 'error') this.settle(message.transactionId, 'STUN refused');
    else {
      const seen = message.mapped === undefined ? '' : `${message.mapped.address} ${message.mapped.port}`;
      const before = this.mapped.get(remote);
      this.mapped.set(remote, seen);
      this.settle(message.transactionId, before === undefined || before === seen ? undefined : 'our address changed');
    }
  }

  /** Nobody asks this peer any more. */
  forgetPeer(remote: string): void {
    this.mapped.delete(remote);
  }

  close(): void {
    for (const key of [...this.open.keys()]) this.forget(key);
    this.mapped.clear();
  }

  private settle(key: string, dead: string | undefined): void {
    const question = this.open.get(key);
    this.forget(key);
    question?.answered(dead);
  }

  private forget(key: string): void {
    const timer = this.open.get(key)?.timer;
    if (timer !== undefined) this.parts.clock.clearTimeout(timer);
    this.open.delete(key);
  }
}
