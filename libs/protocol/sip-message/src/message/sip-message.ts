import { parseDeltaSeconds, parseContact } from '../values/contact.js';
import type { Contact } from '../values/contact.js';
import type { CSeq } from '../values/cseq.js';
import { parseEvent } from '../values/event-header.js';
import type { EventHeader } from '../values/event-header.js';
import { parseNameAddress, parsePartyAddress } from '../values/name-address.js';
import type { NameAddress } from '../values/name-address.js';
import { parseReason } from '../values/reason.js';
import type { Reason } from '../values/reason.js';
import { addValues, firstValue } from '../values/split-values.js';
import { listsToken } from '../values/token-list.js';
import { bareMediaType } from '../values/media-type.js';
import { bracketHost, parseUri } from '../values/uri.js';
import type { Uri } from '../values/uri.js';
import { parseVia, type Via } from '../values/via.js';
import { parseRoute, type Route } from '../values/route.js';
import { readCSeq } from './read-cseq.js';
import { readRoute } from './read-route.js';
import { readSipUri } from './read-sip-uri.js';
import { readTag } from './read-tag.js';
import { readBranch, readReturnPath, readSentBy, type ReturnPath } from './read-via.js';
import { TYPED_HEADERS } from './typed-headers.js';
import type { HeaderValue, TypedHeader } from './typed-headers.js';
import type { HeaderIndex } from './header-index.js';
import type { MessageOctets } from './message-octets.js';
import './buffer-slices.js';
import type { RequestLine, StatusLine } from './parse-start-line.js';
import { CALL_ID, CSEQ, FROM, MAX_FORWARDS, ROUTE, TO, VIA } from './header-names.js';

/**
 * What requests and responses have in common. Every getter parses when first read;
 * a header that is absent or malformed reads as undefined ({@link checkMandatoryHeaders} tells which).
 */
class MessageHead {
  private cachedVia: Via | null | undefined = null;
  private cachedReturnPath: ReturnPath | null | undefined = null;
  private cachedFrom: NameAddress | null | undefined = null;
  private cachedTo: NameAddress | null | undefined = null;
  private cachedCSeq: CSeq | null | undefined = null;
  private cachedCallId: string | null | undefined = null;
  private cachedContactUri: string | null | undefined = null;
  private cachedBody: Buffer | null = null;
  constructor(readonly octets: MessageOctets) {}

  /** The received octets, with whatever came behind the message. */
  get bytes(): Buffer {
    return this.octets.bytes;
  }

  /** A view into {@link bytes}. */
  get body(): Buffer {
    this.cachedBody ??= this.octets.bytes.subarray(this.octets.bodyStart, this.octets.bodyEnd);
    return this.cachedBody;
  }

  private get index(): HeaderIndex {
    return this.octets.index;
  }

  /** Raw value of the first line with this name (or its compact form); folds are undone. */
  header(name: string): string | undefined {
    const line = this.index.find(name);
    return line < 0 ? undefined : this.index.value(line);
  }

  /** Like {@link header}, for those who read it and let it go: cut from a text of the whole head, which it keeps alive ({@link ownText}). */
  glance(name: string): string | undefined {
    const line = this.index.find(name);
    return line < 0 ? undefined : this.index.passingValue(line);
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
    const values: string[] = [];
    for (let line = this.index.find(name); line >= 0; line = this.index.find(name, line + 1)) {
      addValues(values, this.index.value(line));
    }
    return values;
  }

  /** Comma list of tokens (Allow, Require, Supported, …) in lower case. */
  tokens(name: string): string[] {
    return this.values(name).map((value) => value.toLowerCase());
  }

  /** Whether a comma list of tokens has this one, which is in lower case. */
  lists(name: string, token: string): boolean {
    for (let line = this.index.find(name); line >= 0; line = this.index.find(name, line + 1)) {
      if (listsToken(this.index.value(line), token)) return true;
    }
    return false;
  }

  /**
   * The value of a header of known form, its first one where it may have several: `message.read('Replaces')`.
   * @returns undefined when absent or malformed
   */
  read<Name extends TypedHeader>(name: Name): HeaderValue<Name> | undefined {
    const text = this.header(name);
    if (text === undefined) return undefined;
    const { list, parse } = TYPED_HEADERS[name];
    // The table's own types say that this parser makes these values.
    return parse(list ? firstValue(text) : text) as HeaderValue<Name> | undefined;
  }

  /** All values of a header of known form, over all its lines. @returns undefined when one of them is malformed */
  readAll<Name extends TypedHeader>(name: Name): HeaderValue<Name>[] | undefined {
    const { list, parse } = TYPED_HEADERS[name];
    const values: HeaderValue<Name>[] = [];
    for (const text of list ? this.values(name) : this.headers(name)) {
      const value = parse(text);
      if (value === undefined) return undefined;
      values.push(value as HeaderValue<Name>);
    }
    return values;
  }

  /** Every line as written, in order: what a message is copied from. */
  *lines(): Generator<readonly [name: string, value: string]> {
    for (let line = 0; line < this.index.count; line++) yield [this.index.name(line), this.index.value(line)];
  }

  /** Header lines in the message. */
  get lineCount(): number {
    return this.index.count;
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
      const text = this.known(VIA);
      this.cachedVia = text === undefined ? undefined : parseVia(firstValue(text));
    }
    return this.cachedVia;
  }

  /** What the top Via says of the way back. @returns undefined unless it is of the usual form: then {@link topVia} tells */
  get returnPath(): ReturnPath | undefined {
    if (this.cachedReturnPath === null) {
      const { index } = this.octets;
      const line = index.first(VIA);
      this.cachedReturnPath = line < 0 ? undefined : readReturnPath(index, line);
    }
    return this.cachedReturnPath;
  }

  /** Branch of the top Via, which costs less than the whole of it. */
  get branch(): string | undefined {
    if (this.cachedVia !== null) return this.cachedVia?.parameters.get('branch');
    const { index } = this.octets;
    const line = index.first(VIA);
    if (line < 0) return undefined;
    const branch = readBranch(index, line);
    return branch === undefined ? this.topVia?.parameters.get('branch') : (branch ?? undefined);
  }

  /** `host` or `host:port` of the top Via in lower case, IPv6 in brackets: with the branch it names a transaction. */
  get sentBy(): string | undefined {
    const { index } = this.octets;
    const line = index.first(VIA);
    if (line < 0) return undefined;
    const sentBy = readSentBy(index, line);
    if (sentBy !== undefined) return sentBy;
    const via = this.topVia;
    return via && `${bracketHost(via.host)}${via.port === undefined ? '' : `:${via.port}`}`;
  }

  /** The first Route value. @returns undefined when absent or malformed */
  get topRoute(): Route | undefined {
    const { index } = this.octets;
    const line = index.first(ROUTE);
    return line < 0 ? undefined : (readRoute(index, line) ?? parseRoute(firstValue(index.value(line))));
  }

  get from(): NameAddress | undefined {
    if (this.cachedFrom === null) this.cachedFrom = partyIn(this.known(FROM));
    return this.cachedFrom;
  }

  get to(): NameAddress | undefined {
    if (this.cachedTo === null) this.cachedTo = partyIn(this.known(TO));
    return this.cachedTo;
  }

  get fromTag(): string | undefined {
    return this.tagIn(FROM, this.cachedFrom);
  }

  get toTag(): string | undefined {
    return this.tagIn(TO, this.cachedTo);
  }

  get callId(): string | undefined {
    if (this.cachedCallId === null) this.cachedCallId = this.known(CALL_ID);
    return this.cachedCallId;
  }

  get cseq(): CSeq | undefined {
    if (this.cachedCSeq === null) {
      const { index } = this.octets;
      const line = index.first(CSEQ);
      this.cachedCSeq = line < 0 ? undefined : readCSeq(index, line);
    }
    return this.cachedCSeq;
  }

  /** Well-formed Contact values; malformed ones are left out, so compare with `values('Contact')` to refuse them. */
  get contacts(): Contact[] {
    return this.values('Contact').flatMap((value) => parseContact(value) ?? []);
  }

  /** URI of the first Contact that is an address. */
  get contactUri(): string | undefined {
    if (this.cachedContactUri === null) {
      const text = this.header('Contact');
      const contact = text === undefined ? undefined : parseContact(firstValue(text));
      this.cachedContactUri = contact === undefined || contact.wildcard ? undefined : contact.uri;
    }
    return this.cachedContactUri;
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

  /** Media type in lower case without parameters, and without the white space that may stand around its slash. */
  get contentType(): string | undefined {
    const text = this.header('Content-Type');
    return text === undefined ? undefined : bareMediaType(text);
  }

  get bodyText(): string {
    return this.body.toString('utf8');
  }

  /** A name-addr header by name, e.g. `Refer-To` or `P-Asserted-Identity` (its first value). */
  address(name: string): NameAddress | undefined {
    return addressIn(this.header(name));
  }

  /** The tag alone costs less than the whole address, which most readers do not need. */
  private tagIn(id: number, address: NameAddress | null | undefined): string | undefined {
    if (address !== null) return tagOf(address);
    const { index } = this.octets;
    const line = index.first(id);
    if (line < 0) return undefined;
    const tag = readTag(index, line);
    if (tag !== undefined) return tag ?? undefined;
    return tagOf(id === FROM ? this.from : this.to);
  }

  private known(id: number): string | undefined {
    const { index } = this.octets;
    const line = index.first(id);
    return line < 0 ? undefined : index.passingValue(line);
  }
}

/** `;tag=` without a value names no dialog. */
function tagOf(address: NameAddress | undefined): string | undefined {
  return address?.parameters.get('tag') || undefined;
}

function partyIn(text: string | undefined): NameAddress | undefined {
  return text === undefined ? undefined : parsePartyAddress(text);
}

function addressIn(text: string | undefined): NameAddress | undefined {
  return text === undefined ? undefined : parseNameAddress(text);
}

/** A request as received. */
export class SipRequest extends MessageHead {
  readonly kind = 'request';
  private cachedUri: Uri | null | undefined = null;

  /** As written; methods are case-sensitive. */
  readonly method: string;
  private cachedUriText: string | null = null;

  constructor(
    octets: MessageOctets,
    private readonly line: RequestLine,
  ) {
    super(octets);
    this.method = line.method;
  }

  /** Request-URI as written. */
  get uriText(): string {
    if (this.cachedUriText === null) {
      const { bytes, index, start } = this.octets;
      const from = start + this.line.uriStart;
      const to = start + this.line.uriEnd;
      this.cachedUriText = this.line.ascii ? index.text(from, to) : bytes.utf8Slice(from, to);
    }
    return this.cachedUriText;
  }

  /** `SIP/2.0`, or whatever the peer claims (505 is right then). */
  get version(): string {
    return this.line.version;
  }

  get uri(): Uri | undefined {
    if (this.cachedUri === null) {
      const { index, start } = this.octets;
      const text = this.uriText;
      index.hold();
      this.cachedUri = readSipUri(start - index.base + this.line.uriStart, text) ?? parseUri(text);
    }
    return this.cachedUri;
  }

  get maxForwards(): number | undefined {
    const { index } = this.octets;
    const line = index.first(MAX_FORWARDS);
    return line < 0 ? undefined : index.decimal(line, 255);
  }
}

/** A response as received. */
export class SipResponse extends MessageHead {
  readonly kind = 'response';

  /** 100–699. */
  readonly status: number;
  private cachedReason: string | null = null;

  constructor(
    octets: MessageOctets,
    private readonly line: StatusLine,
  ) {
    super(octets);
    this.status = line.status;
  }

  get reason(): string {
    const { bytes, start } = this.octets;
    this.cachedReason ??= bytes.utf8Slice(start + this.line.reasonStart, start + this.line.reasonEnd);
    return this.cachedReason;
  }
}

export type SipMessage = SipRequest | SipResponse;
