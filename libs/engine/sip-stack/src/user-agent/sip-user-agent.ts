import { parseSipOrSipsUri } from '@carillon/sip-message';
import type { WebSocket } from 'ws';
import type {
  ResumeOptions,
  SessionCopy,
  SubscriptionCopy,
  UnfinishedCopy,
  UnfinishedEnd,
} from '../api/dialog-copy.js';
import type { Flow, TransportProtocol } from '../api/flow.js';
import type { InviteSession } from '../api/invite-session.js';
import type { NotifierSubscription } from '../api/notifier-subscription.js';
import type { InviteOptions, OutgoingInvite, OutgoingRequestOptions } from '../api/outgoing-invite.js';
import type { Publication, PublishOptions } from '../api/publication.js';
import type { OutOfDialogReferOptions, OutgoingRefer } from '../api/refer.js';
import type { RegisterOptions, Registration } from '../api/registration.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { SubscribeOptions, Subscription } from '../api/subscription.js';
import type { TlsOptions } from '../api/tls.js';
import type {
  CloseOptions,
  ListenAddress,
  UserAgent,
  UserAgentEvents,
  UserAgentOptions,
  UserAgentStats,
} from '../api/user-agent.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { ProxyCore } from '../proxy/proxy-core.js';
import { PublicationClient } from '../publication/publication-client.js';
import { systemRandom } from '../random.js';
import { ReferClient } from '../refer/refer-client.js';
import { RegistrationClient } from '../registration/registration-client.js';
import { giveSession } from '../session/copy-session.js';
import { resumeSession } from '../session/resume-session.js';
import { Session } from '../session/session.js';
import { resumeSubscription } from '../subscription/resume-subscription.js';
import { SubscriptionClient } from '../subscription/subscription-client.js';
import type { Network, UnwantedPeer } from '../transport/network.js';
import { assembleLayers } from './assemble-layers.js';
import type { Layers } from './assemble-layers.js';
import { closeEverything } from './close-everything.js';
import type { Ongoing } from './close-everything.js';
import type { Core } from './core.js';
import { Inbound } from './inbound.js';
import { InviteClient } from './invite-client.js';
import { endUnfinished } from './end-unfinished.js';
import { InviteServer } from './invite-server.js';
import { outgoingIdentity } from './outgoing-draft.js';
import { sendOutOfDialog } from './send-out-of-dialog.js';

const DEFAULT_GRACE_MILLISECONDS = 2000;

/**
 * The public side of a user agent. The layers below are put together by {@link assembleLayers}, what comes up from them
 * goes through {@link Inbound}; here is what has been begun and is kept up.
 */
export class SipUserAgent implements UserAgent {
  private readonly ongoing: Ongoing = {
    calls: new Set(),
    registrations: new Set(),
    subscriptions: new Set(),
    publications: new Set(),
  };
  private readonly core: Core;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly layers: Layers & { readonly proxy: ProxyCore },
    private readonly inbound: Inbound,
    private readonly handlers: Partial<UserAgentEvents>,
    private readonly network: Network,
  ) {
    this.core = layers.core;
  }

  /** @throws Error with the system's code when an address cannot be bound */
  static async open(options: UserAgentOptions, network: Network): Promise<SipUserAgent> {
    const handlers: Partial<UserAgentEvents> = {};
    const inbound = new Inbound(options, handlers);
    const layers = await assembleLayers(options, network, inbound);
    const random = options.random ?? systemRandom;
    const proxy = new ProxyCore(layers.core, handlers, {
      ...options.proxy,
      random: (octets) => random.bytes(octets),
      advertisedAddress: options.advertisedAddress,
    });
    inbound.begin(layers.core, proxy);
    return new SipUserAgent({ ...layers, proxy }, inbound, handlers, network);
  }

  get addresses(): readonly ListenAddress[] {
    return this.core.transport.addresses;
  }

  on<E extends keyof UserAgentEvents>(event: E, handler: UserAgentEvents[E]): this {
    this.handlers[event] = handler;
    return this;
  }

  acceptWebSocket(socket: WebSocket, remote: { address: string; port: number }): Flow | undefined {
    return this.core.transport.acceptWebSocket(socket, remote);
  }

  useTls(tls: TlsOptions): void {
    if (this.layers.tls === undefined) throw new Error('The user agent was opened without TLS');
    this.layers.tls.use(tls);
  }

  flow(id: string): Flow | undefined {
    return this.core.transport.findFlow(id);
  }

  invite(options: InviteOptions): OutgoingInvite {
    const { identifiers } = this.core;
    const identity = outgoingIdentity(options, { callId: identifiers.callId(), tag: identifiers.tag() });
    const invite: InviteClient = new InviteClient(this.core, options, {
      identity,
      sequence: 1,
      authorized: new AuthorizedRequest(new ProtectionSpaces(options.credentials, this.core)),
      begun: (started) => this.ongoing.calls.add(started),
      done: (finished) => this.ongoing.calls.delete(finished),
    });
    return invite.start();
  }

  register(options: RegisterOptions): Registration {
    const registration = new RegistrationClient(this.core, options, (ended) =>
      this.ongoing.registrations.delete(ended),
    );
    this.ongoing.registrations.add(registration);
    return registration.start();
  }

  refer(options: OutOfDialogReferOptions): OutgoingRefer {
    return ReferClient.outOfDialog(this.core, options);
  }

  subscribe(options: SubscribeOptions): Subscription {
    const subscription = new SubscriptionClient(this.core, options, (ended) =>
      this.ongoing.subscriptions.delete(ended),
    );
    this.ongoing.subscriptions.add(subscription);
    return subscription.start();
  }

  publish(options: PublishOptions): Publication {
    const publication = new PublicationClient(this.core, options, (ended) => this.ongoing.publications.delete(ended));
    this.ongoing.publications.add(publication);
    return publication.start();
  }

  request(options: OutgoingRequestOptions): Promise<RequestOutcome> {
    return sendOutOfDialog(this.core, options);
  }

  findSession(callId: string, localTag: string, remoteTag: string): InviteSession | undefined {
    const session = this.findDialog(callId, localTag, remoteTag);
    return session?.state === 'early' ? undefined : session;
  }

  findDialog(callId: string, localTag: string, remoteTag: string): InviteSession | undefined {
    const usage = this.core.dialogs.find(callId, localTag, remoteTag);
    if (usage instanceof InviteServer) return usage.dialog;
    return usage instanceof Session ? usage : undefined;
  }

  start(): void {
    this.inbound.release();
  }

  giveSession(session: InviteSession, worker: number): SessionCopy | undefined {
    const copy = session instanceof Session ? giveSession(session) : undefined;
    if (copy !== undefined) this.network.moveCall?.(session.id.callId, worker);
    return copy;
  }

  resumeSession(copy: SessionCopy, options: ResumeOptions = {}): InviteSession | undefined {
    const session = resumeSession(this.core, copy, options);
    if (session !== undefined) this.network.keepCall?.(session.id.callId);
    return session;
  }

  resumeSubscription(copy: SubscriptionCopy): NotifierSubscription | undefined {
    const subscription = resumeSubscription(this.core, copy);
    if (subscription !== undefined) this.network.keepCall?.(subscription.id.callId);
    return subscription;
  }

  endUnfinished(copy: UnfinishedCopy, end: UnfinishedEnd): boolean {
    const callId = endUnfinished(this.core, copy, end);
    if (callId !== undefined) this.network.keepCall?.(callId);
    return callId !== undefined;
  }

  contactUri(protocol: TransportProtocol, user?: string): string {
    return this.core.transport.contactUri(protocol, user);
  }

  shedConnections(unwanted: UnwantedPeer, reason: string): number {
    return this.core.transport.shed(unwanted, reason);
  }

  async addressesOf(uri: string): Promise<string[]> {
    const parsed = parseSipOrSipsUri(uri);
    return parsed === undefined ? [] : this.core.locator.addressesOf(parsed);
  }

  stats(): UserAgentStats {
    const { transactions, transport, dialogs } = this.core;
    const { client, server } = transactions.counts;
    const { messagesIn, messagesOut, malformedIn, repeated, resent } = this.inbound.counters;
    return {
      clientTransactions: client,
      serverTransactions: server,
      dialogs: dialogs.all().length,
      subscriptions: this.core.subscriptions.count,
      connections: transport.connections,
      messagesIn,
      messagesOut,
      retransmissionsIn: repeated,
      retransmissionsOut: resent,
      malformedIn,
    };
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.closing ??= this.closeOnce(options);
    return this.closing;
  }

  private async closeOnce({
    graceMilliseconds = DEFAULT_GRACE_MILLISECONDS,
    beforeSockets,
  }: CloseOptions): Promise<void> {
    const { core, ongoing, inbound, layers } = this;
    inbound.closing = true;
    await closeEverything(core, ongoing, graceMilliseconds);
    await beforeSockets?.();
    layers.proxy.close();
    core.transactions.terminate();
    await core.transport.close();
  }
}
