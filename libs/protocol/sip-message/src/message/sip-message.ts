import { parseDeltaSeconds, parseContact } from '../values/contact.js';
import type { Contact } from '../values/contact.js';
import { parseCSeq } from '../values/cseq.js';
import type { CSeq } from '../values/cseq.js';
import { parseDecimal } from '../values/characters.js';
import { parseEvent } from '../values/event-header.js';
import type { EventHeader } from '../values/event-header.js';
import { parseNameAddress } from '../values/name-address.js';
import type { NameAddress } from '../values/name-address.js';
import { parseReason } from '../values/reason.js';
import type { Reason } from '../values/reason.js';
import { firstValue, splitValues } from '../values/split-values.js';
import { parseUri } from '../values/uri.js';
import type { Uri } from '../values/uri.js';
import { parseVia } from '../values/via.js';
import type { Via } from '../values/via.js';
import type { HeaderIndex } from './header-index.js';

/** A message's octets and where its headers lie in them. */
export interface MessageOctets {
  /** The received octets, shared with the socket's buffer and never written to. */
  readonly bytes: Buffer;
  readonly index: HeaderIndex;
  /** A view into `bytes`. */
  readonly body: Buffer;
}

/**
 * What requests and responses have in common. Every getter parses when first read;
 * a header that is absent or malformed reads as undefined ({@link checkMandatoryHeaders} tells which).
 */
class MessageHead {
  private cachedVia: Via | null | undefined = null;
  private cachedFrom: NameAddress | null | undefined = null;
  private cachedTo: NameAddress | null | undefined = null;
  private cachedCSeq: CSeq | null | undefined = null;
  private cachedCallId: string | null | undefined = null;

  readonly bytes: Buffer;
  readonly body: Buffer;
  private readonly index: HeaderIndex;

  constructor(head: MessageOctets) {
    this.bytes = head.bytes;
    this.index = head.index;
    this.body = head.body;
  }

  /** Raw value of the first line with this name (or its compact form); folds are undone. */
  header(name: string): string | undefined {
    const line = this.index.find(name);
    return line < 0 ? undefined : this.index.value(line);
  }

  has(name: string): boolean {
    return this.index.find(name) >= 0;
  }

  /** Lines with this name; makes no string. */
  count(name: string): number {
    return this.index.countOf(name);
  }

  /** Raw values of all lines with this name, in order. */
  headers(name: string): string[] {
    const values: string[] = [];
    for (let line = this.index.find(name); line >= 0; line = this.index.find(name, line + 1)) {
      values.push(this.index.value(line));
    }
    return values;
  }

  /** All values of a comma-list header over all its lines; empty pieces are left out. */
  values(name: string): string[] {
    return this.headers(name)
      .flatMap(splitValues)
      .filter((value) => value !== '');
  }

  /** Comma list of tokens (Allow, Require, Supported, …) in lower case. */
  tokens(name: string): string[] {
    return this.values(name).map((value) => value.toLowerCase());
  }

  /** Every line as written, in order: what a message is copied from. */
  *lines(): Generator<readonly [name: string, value: string]> {
    for (let line = 0; line < this.index.count; line++) yield [this.index.name(line), this.index.value(line)];
  }

  /** Header lines in the message; with {@link lineId} and {@link lineStart} a message is copied without making strings. */
  get lineCount(): number {
    return this.index.count;
  }

  /** Which header a line holds, as {@link headerId} numbers them; -1 for names that have no number. */
  lineId(line: number): number {
    return this.index.id(line);
  }

  /** A line's header name as written. */
  lineName(line: number): string {
    return this.index.name(line);
  }

  /** Offset in `bytes` of a line's first octet (`value` false) or of its value. */
  lineStart(line: number, value = false): number {
    return value ? this.index.offset(line) : this.index.start(line);
  }

  /** Offset behind the last octet of a line's value, before its line break. */
  lineEnd(line: number): number {
    return this.index.end(line);
  }

  /** First line at or after `from` with this name, or -1. */
  findLine(name: string, from = 0): number {
    return this.index.find(name, from);
  }

  get topVia(): Via | undefined {
    if (this.cachedVia === null) {
      const text = this.header('Via');
      this.cachedVia = text === undefined ? undefined : parseVia(firstValue(text));
    }
    return this.cachedVia;
  }

  get from(): NameAddress | undefined {
    if (this.cachedFrom === null) this.cachedFrom = this.address('From');
    return this.cachedFrom;
  }

  get to(): NameAddress | undefined {
    if (this.cachedTo === null) this.cachedTo = this.address('To');
    return this.cachedTo;
  }

  get fromTag(): string | undefined {
    return this.from?.parameters.get('tag');
  }

  get toTag(): string | undefined {
    return this.to?.parameters.get('tag');
  }

  get callId(): string | undefined {
    if (this.cachedCallId === null) this.cachedCallId = this.header('Call-ID');
    return this.cachedCallId;
  }

  get cseq(): CSeq | undefined {
    if (this.cachedCSeq === null) {
      const text = this.header('CSeq');
      this.cachedCSeq = text === undefined ? undefined : parseCSeq(text);
    }
    return this.cachedCSeq;
  }

  /** Well-formed Contact values; malformed ones are left out, so compare with `values('Contact')` to refuse them. */
  get contacts(): Contact[] {
    return this.values('Contact').flatMap((value) => parseContact(value) ?? []);
  }

  /** URI of the first Contact that is an address. */
  get contactUri(): string | undefined {
    const text = this.header('Contact');
    const contact = text === undefined ? undefined : parseContact(firstValue(text));
    return contact === undefined || contact.wildcard ? undefined : contact.uri;
  }

  /** Expires header in seconds. */
  get expires(): number | undefined {
    const text = this.header('Expires');
    return text === undefined ? undefined : parseDeltaSeconds(text);
  }

  get event(): EventHeader | undefined {
    const text = this.header('Event');
    return text === undefined ? undefined : parseEvent(text);
  }

  /** Well-formed Reason values (RFC 3326). */
  get reasons(): Reason[] {
    return this.values('Reason').flatMap((value) => parseReason(value) ?? []);
  }

  /** Media type in lower case without parameters. */
  get contentType(): string | undefined {
    return this.header('Content-Type')?.split(';', 1)[0]?.trim().toLowerCase();
  }

  get bodyText(): string {
    return this.body.toString('utf8');
  }

  /** A name-addr header by name, e.g. `Refer-To` or `P-Asserted-Identity` (its first value). */
  address(name: string): NameAddress | undefined {
    const text = this.header(name);
    return text === undefined ? undefined : parseNameAddress(text);
  }
}

/** A request as received. */
export class SipRequest extends MessageHead {
  readonly kind = 'request';
  private cachedUri: Uri | null | undefined = null;

  /** As written; methods are case-sensitive. */
  readonly method: string;
  /** Request-URI as written. */
  readonly uriText: string;
  /** `SIP/2.0`, or whatever the peer claims (505 is right then). */
  readonly version: string;

  constructor(head: MessageOctets, startLine: { method: string; uriText: string; version: string }) {
    super(head);
    this.method = startLine.method;
    this.uriText = startLine.uriText;
    this.version = startLine.version;
  }

  get uri(): Uri | undefined {
    if (this.cachedUri === null) this.cachedUri = parseUri(this.uriText);
    return this.cachedUri;
  }

  get maxForwards(): number | undefined {
    const text = this.header('Max-Forwards');
    return text === undefined ? undefined : parseDecimal(text, 255);
  }
}

/** A response as received. */
export class SipResponse extends MessageHead {
  readonly kind = 'response';

  /** 100–699. */
  readonly status: number;
  readonly reason: string;

  constructor(head: MessageOctets, startLine: { status: number; reason: string }) {
    super(head);
    this.status = startLine.status;
    this.reason = startLine.reason;
  }
}

export type SipMessage = SipRequest | SipResponse;
