import type { SipMessage } from '@carillon/sip-message';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';
import type { Dns } from '../location/dns.js';
import type { Logger } from '../logger.js';
import type { Pinning } from '../multi-core/pinning.js';
import type { Random } from '../random.js';
import type { Timers } from '../timers.js';
import type { ResumeOptions, SessionCopy, SubscriptionCopy, UnfinishedCopy, UnfinishedEnd } from './dialog-copy.js';
import type { ConnectionArrival, Flow, TransportProtocol } from './flow.js';
import type { IncomingInvite } from './incoming-invite.js';
import type { IncomingRequest } from './incoming-request.js';
import type { InviteSession, SessionTimerOptions } from './invite-session.js';
import type { EventPackage, IncomingSubscribe, NotifierSubscription } from './notifier-subscription.js';
import type {
  InviteOptions,
  OutgoingInvite,
  OutgoingRequestOptions,
  ReliableProvisionalPolicy,
} from './outgoing-invite.js';
import type { Publication, PublishOptions } from './publication.js';
import type { IncomingRefer, OutOfDialogReferOptions, OutgoingRefer } from './refer.js';
import type { RegisterOptions, Registration } from './registration.js';
import type { RequestOutcome } from './request-outcome.js';
import type { PassedRequest, PassingRequest, ProxyOptions, RoutedRequest } from './routed-request.js';
import type { SubscribeOptions, Subscription } from './subscription.js';
import type { TlsOptions } from './tls.js';

export interface ListenAddress {
  /** `tls` and `wss` need {@link UserAgentOptions.tls}. */
  protocol: TransportProtocol;
  /** An IP address; `::` takes IPv6 only: list `0.0.0.0` beside it for both. */
  host: string;
  /** 0 picks a free port; read it back from {@link UserAgent.addresses}. */
  port: number;
}

/** A message as it crossed the wire; `bytes` must not be kept without copying, `message` may be. */
export interface TappedMessage {
  readonly direction: 'in' | 'out';
  readonly flow: Flow;
  readonly bytes: Uint8Array;
  /** Parsed, when it could be parsed; parsed on demand for messages that go out. */
  message(): SipMessage | undefined;
}

export interface UserAgentOptions {
  listen: readonly ListenAddress[];
  /** Host that peers can reach us at, for Via, Contact and Record-Route; each socket's own address when left out. */
  advertisedAddress?: string;
  clock?: Clock;
  random?: Random;
  logger?: Logger;
  limits?: Partial<Limits>;
  timers?: Partial<Timers>;
  /** Value of Server and User-Agent. */
  serverName?: string;
  /** Default 1800 s with a minimum of 90 s; `expiresSeconds: 0` switches session timers off. */
  sessionTimer?: SessionTimerOptions;
  /** Reliable provisional responses (RFC 3262); default `supported`. */
  reliableProvisional?: ReliableProvisionalPolicy;
  /**
   * Event packages for Allow-Events, e.g. `message-summary`; others get 489. With a definition, times and body types that do not
   * fit are refused as well, before the `subscribe` handler is asked.
   */
  eventPackages?: readonly (string | EventPackage)[];
  /** INFO packages that calls take (RFC 6086): told as Recv-Info, others get 469. Left out, packages are not spoken of. */
  infoPackages?: readonly string[];
  /** Option tags understood besides the built-in ones (`timer`, `replaces`, …): not answered with 420. */
  supported?: readonly string[];
  /** Our place among the processes that share our sockets, from `joinSipWorkers`: each call stays with one of them. */
  pinning?: Pinning;
  /** Used when there is a `route` handler. */
  proxy?: ProxyOptions;
  /**
   * Whether messages of this peer are looked at; where not, they are thrown away in silence. Asked for each message,
   * on the hot path.
   */
  admits?: (flow: Flow) => boolean;
  /**
   * Whether a peer may connect (TCP, TLS, WS, WSS), asked before any handshake and beside the limits; where not, it is
   * closed without a word.
   */
  admitsConnection?: (arrival: ConnectionArrival) => boolean;
  /** Told of what could not be parsed. */
  malformed?: (flow: Flow) => void;
  /** Sees every message in and out, at once, on the hot path: be quick. */
  tap?: (message: TappedMessage) => void;
  /** Name service to find servers by (RFC 3263); the system's when left out. */
  dns?: Dns;
  /** Certificates and rules of TLS and WSS; also used to dial. Change them later by {@link UserAgent.useTls}. */
  tls?: TlsOptions;
  /** Differentiated services code point of our packets, e.g. 24 (CS3); unmarked when left out or 0. */
  dscp?: number;
  /** May a page of this origin open a WebSocket? All may when left out; clients that are no browser send none. */
  allowOrigin?: (origin: string) => boolean;
  /** Messages wait, within bounds, until {@link UserAgent.start}: whoever answers them is not there yet. */
  held?: boolean;
}

/** One handler per event; a request without a handler goes to `request`, and without that gets 405 with Allow. */
export interface UserAgentEvents {
  /** Chooses, for each request that belongs to no dialog, what we are: user agent, proxy or redirect server. Without it: user agent. */
  route: (request: RoutedRequest) => void | Promise<void>;
  /** A request of a dialog that we only record-route goes through. */
  passing: (request: PassingRequest) => void;
  /** Such a request has its final answer; not told of ACK. */
  passed: (request: PassedRequest) => void;
  invite: (invite: IncomingInvite) => void | Promise<void>;
  register: (request: IncomingRequest) => void | Promise<void>;
  subscribe: (request: IncomingSubscribe) => void | Promise<void>;
  message: (request: IncomingRequest) => void | Promise<void>;
  /** Without a handler: 200. Any 200 says by itself what we are able to do (RFC 3261 §11.2). */
  options: (request: IncomingRequest) => void | Promise<void>;
  publish: (request: IncomingRequest) => void | Promise<void>;
  refer: (request: IncomingRefer) => void | Promise<void>;
  info: (request: IncomingRequest) => void | Promise<void>;
  /** Out of dialog NOTIFY; without a handler: 481. */
  notify: (request: IncomingRequest) => void | Promise<void>;
  request: (request: IncomingRequest) => void | Promise<void>;
}

export interface UserAgentStats {
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  readonly dialogs: number;
  readonly subscriptions: number;
  readonly connections: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly retransmissionsIn: number;
  readonly retransmissionsOut: number;
  readonly malformedIn: number;
}

export interface CloseOptions {
  readonly graceMilliseconds?: number;
  readonly beforeSockets?: () => Promise<void>;
}

/** A SIP element with one identity on several transports. Every method is synchronous up to the first packet. */
export interface UserAgent {
  /** Bound addresses with the real ports. */
  readonly addresses: readonly ListenAddress[];
  /** A handler that throws or rejects makes a 500, never a crash. A new handler replaces the old one. */
  on<E extends keyof UserAgentEvents>(event: E, handler: UserAgentEvents[E]): this;
  /**
   * Takes over an upgraded WebSocket (subprotocol `sip`, RFC 7118) from an HTTP server.
   * @param remote address of the peer, as the HTTP server knows it
   */
  acceptWebSocket(socket: WebSocket, remote: { address: string; port: number }): Flow | undefined;
  /** Finds a live flow by its id. */
  flow(id: string): Flow | undefined;
  /** Closes the connections of peers that are not wanted any more. @returns how many */
  shedConnections(unwanted: (peer: Pick<Flow, 'remoteAddress' | 'remotePort'>) => boolean, reason: string): number;
  /** Addresses of the servers of a SIP or SIPS URI (RFC 3263), each once, best first; none where the name leads nowhere. */
  addressesOf(uri: string): Promise<string[]>;
  invite(options: InviteOptions): OutgoingInvite;
  /** Keeps an address registered with another server, e.g. a trunk's provider, until it is closed. */
  register(options: RegisterOptions): Registration;
  /** Asks a peer to send a request (RFC 3515), outside a dialog. */
  refer(options: OutOfDialogReferOptions): OutgoingRefer;
  /** Watches a resource (RFC 6665) until it is closed. */
  subscribe(options: SubscribeOptions): Subscription;
  /** Keeps a state published (RFC 3903) until it is closed. */
  publish(options: PublishOptions): Publication;
  /** One request outside a dialog; resolves with its final response. */
  request(options: OutgoingRequestOptions): Promise<RequestOutcome>;
  /** Confirmed or accepted session of these tags, e.g. for Replaces (RFC 3891). */
  findSession(callId: string, localTag: string, remoteTag: string): InviteSession | undefined;
  /** Any INVITE dialog of these tags, also one that is still early, in either direction: `invite` then tells its call. */
  findDialog(callId: string, localTag: string, remoteTag: string): InviteSession | undefined;
  /** Our Contact URI for a transport, without angle brackets. */
  contactUri(protocol: TransportProtocol, user?: string): string;
  stats(): UserAgentStats;
  /** Takes what has come since it was opened `held`, and goes on. */
  start(): void;
  /**
   * Another process, that shares our sockets by `pinning`, goes on with a session: it ends here without a message or an
   * event. @returns what that one needs; undefined where the session cannot go now, and stays
   */
  giveSession(session: InviteSession, worker: number): SessionCopy | undefined;
  /** Goes on with a session of another process. @returns undefined where it is here already, or cannot be read */
  resumeSession(copy: SessionCopy, options?: ResumeOptions): InviteSession | undefined;
  /** The same of a subscription: notify its state next. */
  resumeSubscription(copy: SubscriptionCopy): NotifierSubscription | undefined;
  /**
   * Ends what a process that died has left open: who called gets the final response, who is called a CANCEL, who talks a
   * BYE; what comes of it is taken care of. @returns false where no way leads there, or it cannot be read
   */
  endUnfinished(copy: UnfinishedCopy, end: UnfinishedEnd): boolean;
  /**
   * New certificates and rules for TLS and WSS from now on; open connections go on with what they have.
   * @throws Error when a certificate, key or authority cannot be used: the old ones then stay
   */
  useTls(tls: TlsOptions): void;
  /**
   * Ends sessions with BYE and subscriptions with a last NOTIFY, waits at most `graceMilliseconds` (2000), then for
   * `beforeSockets`, while others of `pinning` may still write to our connections, then closes sockets. Idempotent.
   */
  close(options?: CloseOptions): Promise<void>;
}
