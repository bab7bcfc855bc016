import type { SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';
import { ResponseTemplate } from './response-template.js';
import type { ResponseBody } from './response-template.js';
import { statelessTag } from './stateless-tag.js';
import type { ServerMachine } from './server-machine.js';

/** What a new server transaction is made of. */
export interface ServerTransactionParts {
  readonly request: SipRequest;
  /** Where the request came from. */
  readonly source: SipFlow;
  readonly machine: ServerMachine;
  /** Makes the To tag of our responses, when one is needed. */
  readonly makeTag: () => string;
}

/** A request that came, and the way to answer it; the {@link ServerMachine} behind it absorbs what repeats. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly source: SipFlow;
  /** Called when the caller gives up, before a final response; without it the layer's user is asked. */
  onCancelled: ((cancel: SipRequest) => void) | undefined;
  readonly machine: ServerMachine;
  private readonly makeTag: () => string;
  private madeTag: string | undefined;
  private madeTemplate: ResponseTemplate | undefined;

  constructor(parts: ServerTransactionParts) {
    this.request = parts.request;
    this.source = parts.source;
    this.machine = parts.machine;
    this.makeTag = parts.makeTag;
    parts.machine.transaction = this;
  }

  get isInvite(): boolean {
    return this.machine.isInvite;
  }

  get answered(): boolean {
    return this.machine.answered;
  }

  /** Called when a response could not be sent, a failure was never acknowledged, or nobody waits for an answer any more. */
  set onFailed(callback: (() => void) | undefined) {
    this.machine.onFailed = callback;
  }

  /** The To tag of our responses: the one that the request brought, or one of our own. */
  get localTag(): string {
    this.madeTag ??= this.request.toTag ?? this.makeTag();
    return this.madeTag;
  }

  /** The tag, where a response of ours has needed it. */
  get givenTag(): string | undefined {
    return this.madeTag;
  }

  /** Sends a response. Calls after a final response are ignored, except a 2xx to INVITE again. */
  respond(status: number, parts: ResponseBody = {}): void {
    this.respondBytes(status, this.build(status, parts));
  }

  /** A final response without a memory of it (§8.2.7): the same request gets the same tag again. */
  respondOnce(status: number, parts: ResponseBody): void {
    // A client that has heard a provisional reply sends its INVITE no more: the final one must not get lost.
    if (this.isInvite && this.machine.hasSpoken) {
      this.respond(status, parts);
      return;
    }
    // Nobody has heard of the tag that we may have thought of before.
    this.madeTag = this.request.toTag ?? statelessTag(this.request);
    this.machine.respondOnce(this.build(status, parts));
  }

  /** A response that is already built, e.g. a 2xx sent again. */
  respondBytes(status: number, bytes: Buffer): void {
    this.machine.respond(status, bytes);
  }

  /** A response's octets without sending them. */
  build(status: number, parts: ResponseBody): Buffer {
    this.madeTemplate ??= new ResponseTemplate(this.request, this.source, () => this.localTag);
    return this.madeTemplate.build(status, status === 100 ? this.withTimestamp(parts) : parts);
  }

  /** §8.2.6.1: by it a client measures the way there. */
  private withTimestamp(parts: ResponseBody): ResponseBody {
    const timestamp = this.request.header('Timestamp');
    if (timestamp === undefined) return parts;
    return { ...parts, headers: [['Timestamp', timestamp], ...(parts.headers ?? [])] };
  }
}
