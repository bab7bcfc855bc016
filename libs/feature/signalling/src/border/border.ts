import { parseUri, type SipMessage } from '@carillon/sip-message';
import type { ConnectionArrival, Flow, TappedMessage } from '@carillon/sip-stack';
import type { Clock, Logger, Rate } from '@carillon/service-runtime';
import type { BorderFigures } from './border-figures.js';
import { isLoopback, type KnownSources, type SourceSocket } from './known-sources.js';
import { MessageRate } from './message-rate.js';
import { isScanner, OFFENCES, offenceOfStatus, type Offence } from './offences.js';
import type { SourceBook } from './source-book.js';

/** For an address that nobody has registered from; a phone that boots sends some dozens of messages. */
const STRANGER_RATE: Rate = { perSecond: 100, burst: 400 };
/** For an office or a peer that has shown who it is. */
const KNOWN_RATE: Rate = { perSecond: 5_000, burst: 10_000 };

/** Connections at once from an address that nobody has registered from. */
const STRANGER_CONNECTIONS = 250;
/** Of all places for connections, so many are kept for those who are known. */
const KNOWN_SHARE = 0.25;

/** `SIP/2.0 403`: where the status stands in a response. */
const STATUS_AT = 8;
const S = 0x53;

/**
 * Who may talk to us at all. It looks at what passes: at requests for the name of a scanner, and at our own answers for
 * what they say about who asked, so that no decision elsewhere has to remember to report here. A banned source gets
 * silence: nothing is parsed, answered or stored for it.
 */
export class Border {
  /** What it has let in is counted over all processes. */
  readonly rate = new MessageRate();
  private asked = 0;

  constructor(
    private readonly book: SourceBook,
    private readonly known: KnownSources,
    private readonly services: {
      readonly clock: Clock;
      readonly logger: Logger;
      readonly figures: BorderFigures;
      /** Connections of this source are to be closed. */
      readonly banned: (source: string) => void;
    },
  ) {}

  /** A device that was good before the service started: after a restart a whole office comes back at once, and is no attack. */
  remember(socket: SourceSocket): void {
    this.known.addDevice(socket, this.services.clock.now());
  }

  /** Messages that have come since the start, those of banned sources among them. */
  get messages(): number {
    return this.asked;
  }

  /** Whether a message of this peer is looked at. On the path of every message. */
  readonly admits = (flow: Flow): boolean => {
    this.asked += 1;
    const now = this.services.clock.now();
    const socket = socketOf(flow);
    const { address } = socket;
    const source = this.known.keyOf(socket, now);
    if (this.book.refuses(source, now) && !this.known.isPeer(address)) {
      this.services.figures.dropped.inc({ why: 'banned' });
      // It was connected before the ban, or in the middle of its handshake.
      if (flow.protocol !== 'udp') this.services.banned(source);
      return false;
    }
    // Load tests and gateways on this machine are the operator's own business.
    if (isLoopback(address)) return true;
    const isKnown = this.known.has(address, now);
    // A trunk is counted by itself, whoever else is in its network.
    const isPeer = !isKnown && this.known.isPeer(address);
    if (this.rate.take(isPeer ? address : source, isKnown || isPeer ? KNOWN_RATE : STRANGER_RATE, now)) return true;
    this.services.figures.dropped.inc({ why: 'rate' });
    this.note(flow, 'flood');
    return false;
  };

  /** Whether a peer may connect: nobody who is banned, and strangers never take all the places. */
  readonly admitsConnection = ({ address, port, openFromAddress, open, most }: ConnectionArrival): boolean => {
    const now = this.services.clock.now();
    if (this.known.isPeer(address)) return true;
    if (this.book.refuses(this.known.keyOf({ address, port }, now), now)) return this.turnAway('banned');
    if (this.known.has(address, now)) return true;
    const crowded = openFromAddress >= STRANGER_CONNECTIONS || open >= most * (1 - KNOWN_SHARE);
    return crowded ? this.turnAway('connections') : true;
  };

  /** Where the other sides of trunks are: never banned, and no strangers. */
  trustPeers(isPeer: (address: string) => boolean): void {
    this.known.trustPeers(isPeer);
  }

  /** Whether an address is known: by a device that showed who it is, an administrator, or as a trunk's. */
  isKnown(address: string): boolean {
    return this.known.isPeer(address) || this.known.has(address, this.services.clock.now());
  }

  /** Sees every message that passes, both ways. */
  readonly see = (message: TappedMessage): void => {
    if (message.direction === 'in') {
      if (message.bytes[0] !== S) this.seeRequest(message);
    } else if (message.bytes[0] === S) this.seeResponse(message);
  };

  /** Something that was no SIP message at all, and got no answer. */
  readonly seeMalformed = (flow: Flow): void => this.note(flow, 'malformed');

  private turnAway(why: 'banned' | 'connections'): false {
    this.services.figures.turnedAway.inc({ why });
    return false;
  }

  private seeRequest({ flow, message }: TappedMessage): void {
    // Nearly every request: nothing is held against a device, whatever it calls itself.
    if (this.known.isDevice(socketOf(flow), this.services.clock.now())) return;
    const userAgent = message()?.header('User-Agent');
    if (userAgent !== undefined && isScanner(userAgent)) this.note(flow, 'scanner', message);
  }

  private seeResponse({ flow, bytes, message }: TappedMessage): void {
    const status = statusOf(bytes);
    if (status === 200) {
      this.sawSuccess(flow, message);
      return;
    }
    const offence = offenceOfStatus(status);
    if (offence !== undefined) this.note(flow, offence, message);
  }

  /** Only who has credentials gets a 200 to these. */
  private sawSuccess(flow: Flow, message: () => SipMessage | undefined): void {
    const now = this.services.clock.now();
    const socket = socketOf(flow);
    // Most answers go to who is known already: they need not be taken apart once more.
    if (this.known.isDevice(socket, now)) return;
    const method = message()?.cseq?.method;
    if (method !== 'REGISTER' && method !== 'INVITE' && method !== 'SUBSCRIBE') return;
    this.book.forgive(this.known.keyOf(socket, now));
    this.known.addDevice(socket, now);
  }

  /** @param message names the domain; not asked for where nothing is held against its peer */
  private note(flow: Flow, offence: Offence, message?: () => SipMessage | undefined): void {
    const { clock, logger, figures } = this.services;
    const now = clock.now();
    const socket = socketOf(flow);
    // Who has credentials, or a trunk, may dial what does not exist as often as they like.
    if (this.known.isDevice(socket, now) || this.known.isPeer(socket.address)) return;
    const source = this.known.keyOf(socket, now);
    const domain = domainOf(message?.());
    const ban = this.book.note(source, offence, { domain, now });
    if (ban === undefined) return;
    figures.bans.inc({ reason: offence });
    if (flow.protocol !== 'udp') this.services.banned(source);
    const minutes = Math.round((ban.until - ban.since) / 60_000);
    logger.warn({ source, reason: offence, domain, minutes }, `Banned: ${OFFENCES[offence].words.toLowerCase()}`);
  }
}

function socketOf({ remoteAddress, remotePort }: Flow): SourceSocket {
  return { address: remoteAddress, port: remotePort };
}

function statusOf(bytes: Uint8Array): number {
  const digit = (at: number): number => (bytes[STATUS_AT + at] ?? 0) - 0x30;
  return digit(0) * 100 + digit(1) * 10 + digit(2);
}

/** The domain that was asked for: To's host, which a response repeats. */
function domainOf(message: SipMessage | undefined): string | null {
  const uri = message?.to === undefined ? undefined : parseUri(message.to.uri);
  return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.host.toLowerCase().slice(0, 255) : null;
}
