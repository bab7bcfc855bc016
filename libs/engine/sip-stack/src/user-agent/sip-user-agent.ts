import { parseMessage, parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipMessage } from '@carillon/sip-message';
import type { WebSocket } from 'ws';
import type { Flow, TransportProtocol } from '../api/flow.js';
import type { InviteSession } from '../api/invite-session.js';
import type { InviteOptions, OutgoingInvite, OutgoingRequestOptions } from '../api/outgoing-invite.js';
import type { Publication, PublishOptions } from '../api/publication.js';
import type { OutOfDialogReferOptions, OutgoingRefer } from '../api/refer.js';
import type { RegisterOptions, Registration } from '../api/registration.js';
import type { RequestOutcome } from '../api/request-outcome.js';
import type { SubscribeOptions, Subscription } from '../api/subscription.js';
import type { ListenAddress, UserAgent, UserAgentEvents, UserAgentOptions, UserAgentStats } from '../api/user-agent.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { TlsOptions } from '../api/tls.js';
import { systemClock } from '../clock.js';
import { AllowSets } from '../dialog/allow-sets.js';
import { DialogLayer } from '../dialog/dialog-layer.js';
import type { DialogUsage } from '../dialog/dialog-layer.js';
import { Identifiers } from '../identifiers.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { ServerLocator } from '../location/server-locator.js';
import { systemDns } from '../location/system-dns.js';
import { silentLogger } from '../logger.js';
import { isOurs } from '../multi-core/pinning.js';
import { systemRandom } from '../random.js';
import { PublicationClient } from '../publication/publication-client.js';
import { ReferClient } from '../refer/refer-client.js';
import { RegistrationClient } from '../registration/registration-client.js';
import { EndedDialogs } from '../replaces/ended-dialogs.js';
import { Session } from '../session/session.js';
import { ProxyCore } from '../proxy/proxy-core.js';
import { SubscriptionDialog } from '../subscription/subscription-dialog.js';
import { SubscriptionLayer } from '../subscription/subscription-layer.js';
import { SubscriptionClient } from '../subscription/subscription-client.js';
import { TimerQueues } from '../timer-queues.js';
import { RFC_3261_TIMERS } from '../timers.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { TransactionLayer } from '../transaction/transaction-layer.js';
import { socketMarker } from '../transport/mark-socket.js';
import type { Network, TransportContext, UnwantedPeer } from '../transport/network.js';
import type { SipFlow } from '../transport/sip-flow.js';
import { TlsContexts } from '../transport/tls/tls-contexts.js';
import { TransportLayer } from '../transport/transport-layer.js';
import type { Core } from './core.js';
import { InviteClient } from './invite-client.js';
import { InviteServer } from './invite-server.js';
import { ALLOWED, SUPPORTED } from './methods.js';
import { outgoingIdentity } from './outgoing-draft.js';
import { receiveOutOfDialog, receiveSubscribeIn } from './receive-out-of-dialog.js';
import { RequestSender } from './request-sender.js';
import { sendOutOfDialog } from './send-out-of-dialog.js';

const DEFAULT_SESSION_TIMER = { expiresSeconds: 1800, minimumSeconds: 90 } as const;
const DEFAULT_GRACE_MILLISECONDS = 2000;

/** Puts the layers together: transport → transaction → dialog → handlers. */
export class SipUserAgent implements UserAgent {
  private readonly handlers: Partial<UserAgentEvents> = {};
  private readonly calling = new Set<InviteClient>();
  private readonly registrations = new Set<RegistrationClient>();
  private readonly subscriptions = new Set<SubscriptionClient>();
  private readonly publications = new Set<PublicationClient>();
  private readonly counters = { messagesIn: 0, messagesOut: 0, malformedIn: 0, resent: 0, repeated: 0 };
  /** Undefined only while the addresses are being bound. */
  private core!: Core;
  private proxy: ProxyCore | undefined;
  private closing: Promise<void> | undefined;
  private tls: TlsContexts | undefined;

  private constructor(private readonly options: UserAgentOptions) {}

  /** @throws Error with the system's code when an address cannot be bound */
  static async open(options: UserAgentOptions, network: Network): Promise<SipUserAgent> {
    const agent = new SipUserAgent(options);
    await agent.start(network);
    return agent;
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
    if (this.tls === undefined) throw new Error('The user agent was opened without TLS');
    this.tls.use(tls);
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
      begun: (started) => this.calling.add(started),
      done: (finished) => this.calling.delete(finished),
    });
    return invite.start();
  }

  register(options: RegisterOptions): Registration {
    const registration = new RegistrationClient(this.core, options, (ended) => this.registrations.delete(ended));
    this.registrations.add(registration);
    return registration.start();
  }

  refer(options: OutOfDialogReferOptions): OutgoingRefer {
    return ReferClient.outOfDialog(this.core, options);
  }

  subscribe(options: SubscribeOptions): Subscription {
    const subscription = new SubscriptionClient(this.core, options, (ended) => this.subscriptions.delete(ended));
    this.subscriptions.add(subscription);
    return subscription.start();
  }

  publish(options: PublishOptions): Publication {
    const publication = new PublicationClient(this.core, options, (ended) => this.publications.delete(ended));
    this.publications.add(publication);
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
    const usages = dialogs.all();
    return {
      clientTransactions: client,
      serverTransactions: server,
      dialogs: usages.length,
      subscriptions: this.core.subscriptions.count,
      connections: transport.connections,
      messagesIn: this.counters.messagesIn,
      messagesOut: this.counters.messagesOut,
      retransmissionsIn: this.counters.repeated,
      retransmissionsOut: this.counters.resent,
      malformedIn: this.counters.malformedIn,
    };
  }

  close(options: { graceMilliseconds?: number } = {}): Promise<void> {
    this.closing ??= this.closeOnce(options.graceMilliseconds ?? DEFAULT_GRACE_MILLISECONDS);
    return this.closing;
  }

  private async closeOnce(graceMilliseconds: number): Promise<void> {
    const { core } = this;
    for (const invite of [...this.calling]) invite.giveUp();
    const usages = core.dialogs.all();
    // What rings is refused first, so that no new session comes up while the others end.
    for (const usage of usages) if (rings(usage)) void usage.close();
    const ends: Promise<unknown>[] = [...this.registrations].map((registration) => registration.close());
    for (const publication of this.publications) ends.push(publication.close());
    for (const subscription of this.subscriptions) ends.push(subscription.close());
    for (const subscription of core.subscriptions.all()) ends.push(subscription.close());
    for (const usage of usages) if (!rings(usage)) ends.push(usage.close());
    const grace = new Promise<void>((resolve) => {
      const timer = core.clock.setTimeout(resolve, graceMilliseconds);
      void Promise.allSettled(ends).then(() => {
        core.clock.clearTimeout(timer);
        resolve();
      });
    });
    await grace;
    this.proxy?.close();
    core.transactions.terminate();
    await core.transport.close();
  }

  private async start(network: Network): Promise<void> {
    const { options } = this;
    const clock = new TimerQueues(options.clock ?? systemClock);
    const logger = options.logger ?? silentLogger;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const timers = { ...RFC_3261_TIMERS, ...options.timers };
    const { pinning } = options;
    const isOwn = pinning === undefined ? undefined : (callId: string): boolean => isOurs(callId, pinning);
    const identifiers = new Identifiers(options.random ?? systemRandom, isOwn);
    const endedDialogs = new EndedDialogs(clock);
    const dialogs = new DialogLayer((id, usage) => {
      if (usage instanceof Session) endedDialogs.add(id);
    });
    const packages = options.eventPackages ?? [];
    const reliableProvisional = options.reliableProvisional ?? 'supported';
    const reliable = reliableProvisional === 'off' ? [] : ['100rel'];
    const supported = [...SUPPORTED, ...reliable, ...(options.supported ?? [])];
    const context = {
      clock,
      timers,
      logger,
      resent: () => (this.counters.resent += 1),
      repeated: () => (this.counters.repeated += 1),
    };
    const transactions: TransactionLayer = new TransactionLayer(() => this.core.transport, {
      context,
      limits,
      identifiers,
      supported: new Set(supported.map((tag) => tag.toLowerCase())),
      user: {
        request: (transaction) => this.receive(transaction),
        ack: (request) => dialogs.findFor(request)?.receiveAck(request),
        cancelled: (invite) => invite.respond(487),
        claim: (request, flow) => this.closing === undefined && this.proxy?.claim(request, flow) === true,
        stray: (response) => this.proxy?.stray(response),
      },
    });
    const random = options.random ?? systemRandom;
    const tls = options.tls === undefined ? undefined : new TlsContexts(options.tls);
    this.tls = tls;
    const transportContext: TransportContext = {
      clock,
      limits,
      logger,
      tls,
      allowOrigin: options.allowOrigin,
      admitsConnection: options.admitsConnection,
      mark: socketMarker(options.dscp, logger),
      bytes: (length) => random.bytes(length),
      fraction: () => Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32,
      receiver: {
        message: (message, flow) => this.received(message, flow),
        malformed: (problem, flow) => {
          if (this.core === undefined) return;
          if (options.admits?.(flow) === false) return;
          this.counters.malformedIn += 1;
          options.malformed?.(flow);
          logger.debug({ flow: flow.id, code: problem.code, detail: problem.detail }, 'Malformed message');
          if (problem.request === undefined) return;
          this.tap('in', problem.request.bytes, { flow, parsed: problem.request });
          const status = problem.code === 'BODY_TOO_LARGE' || problem.code === 'HEAD_TOO_LARGE' ? 413 : 400;
          transactions.replyStateless(problem.request, flow, { status, reason: problem.detail });
        },
      },
      sent: (bytes, flow) => {
        this.counters.messagesOut += 1;
        this.tap('out', bytes, { flow, parsed: undefined });
      },
    };
    const transport = await TransportLayer.open(options.listen, network, {
      context: transportContext,
      advertisedAddress: options.advertisedAddress,
    });
    const locator = new ServerLocator({
      dns: options.dns ?? systemDns(),
      clock,
      random: transportContext.fraction,
      reaches: (protocol, family) => transport.reaches(protocol, family),
    });
    this.core = {
      clock,
      logger,
      timers,
      limits,
      identifiers,
      transport,
      transactions,
      dialogs,
      subscriptions: new SubscriptionLayer(dialogs, () => this.core.capabilities),
      eventPackages: new Map(packages.flatMap((one) => (typeof one === 'string' ? [] : [[one.name, one] as const]))),
      endedDialogs,
      locator,
      sender: new RequestSender(transport, transactions, locator),
      sessionTimer: options.sessionTimer ?? DEFAULT_SESSION_TIMER,
      reliableProvisional,
      allowSets: new AllowSets(),
      capabilities: {
        serverName: options.serverName,
        allow: ALLOWED,
        supported: supported.join(', '),
        infoPackages: options.infoPackages?.map((name) => name.toLowerCase()),
        allowEvents:
          options.eventPackages === undefined
            ? undefined
            : packages.map((one) => (typeof one === 'string' ? one : one.name)).join(', '),
      },
    };
    this.proxy = new ProxyCore(this.core, this.handlers, {
      ...options.proxy,
      random: (octets) => random.bytes(octets),
      advertisedAddress: options.advertisedAddress,
    });
  }

  private received(message: SipMessage, flow: SipFlow): void {
    // A packet may come while the other addresses are still being bound.
    if (this.core === undefined) return;
    if (this.options.admits?.(flow) === false) return;
    this.counters.messagesIn += 1;
    this.tap('in', message.bytes, { flow, parsed: message });
    try {
      this.core.transactions.receive(message, flow);
    } catch (error) {
      // A mistake of ours in one message must not end the calls of all others.
      const details = { flow: flow.id, error: error instanceof Error ? error.stack : String(error) };
      this.core.logger.error(details, 'Message could not be processed');
    }
  }

  private receive(transaction: ServerTransaction): void {
    const { core } = this;
    if (core.subscriptions.receive(transaction)) return;
    const usage = core.dialogs.findFor(transaction.request);
    const shares = usage instanceof Session || usage instanceof SubscriptionDialog;
    if (shares && transaction.request.method === 'SUBSCRIBE') {
      receiveSubscribeIn(core, this.handlers, transaction, usage.dialog);
    } else if (usage !== undefined) usage.receive(transaction);
    else if (transaction.request.toTag !== undefined && transaction.request.method !== 'REGISTER') {
      // §12.2.2: in a dialog that we do not know.
      transaction.respond(481);
    } else if (this.closing !== undefined) transaction.respond(503);
    else receiveOutOfDialog(core, this.handlers, transaction);
  }

  private tap(direction: 'in' | 'out', bytes: Buffer, about: { flow: SipFlow; parsed: SipMessage | undefined }): void {
    const { tap } = this.options;
    if (tap === undefined) return;
    const { flow } = about;
    let { parsed } = about;
    tap({
      direction,
      flow,
      bytes,
      message: () => {
        if (parsed === undefined) {
          const result = parseMessage(bytes);
          parsed = result.ok ? result.message : undefined;
        }
        return parsed;
      },
    });
  }
}

/** An INVITE that waits for its final answer, ours or the peer's. */
function rings(usage: DialogUsage): boolean {
  return usage instanceof InviteServer || (usage instanceof Session && usage.state === 'early');
}
