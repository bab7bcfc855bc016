import type { UserAgentOptions } from '../api/user-agent.js';
import { systemClock } from '../clock.js';
import { AllowSets } from '../dialog/allow-sets.js';
import { DialogLayer } from '../dialog/dialog-layer.js';
import { Identifiers } from '../identifiers.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { ServerLocator } from '../location/server-locator.js';
import { systemDns } from '../location/system-dns.js';
import { silentLogger } from '../logger.js';
import { isOurs } from '../multi-core/pinning.js';
import { systemRandom } from '../random.js';
import { EndedDialogs } from '../replaces/ended-dialogs.js';
import { Session } from '../session/session.js';
import { SubscriptionLayer } from '../subscription/subscription-layer.js';
import { TimerQueues } from '../timer-queues.js';
import { RFC_3261_TIMERS } from '../timers.js';
import { TransactionLayer } from '../transaction/transaction-layer.js';
import { socketMarker } from '../transport/mark-socket.js';
import type { Network, TransportContext } from '../transport/network.js';
import { TlsContexts } from '../transport/tls/tls-contexts.js';
import { TransportLayer } from '../transport/transport-layer.js';
import { withLines } from './core.js';
import type { Capabilities, Core } from './core.js';
import type { Inbound } from './inbound.js';
import { ALLOWED, SUPPORTED } from './methods.js';
import { RequestSender } from './request-sender.js';

const DEFAULT_SESSION_TIMER = { expiresSeconds: 1800, minimumSeconds: 90 } as const;

/** The layers of one user agent, and the certificates that may be changed while they run. */
export interface Layers {
  readonly core: Core;
  readonly tls: TlsContexts | undefined;
}

/**
 * Binds the addresses and puts the layers together: transport → transaction → dialog → what is above.
 * @throws Error with the system's code when an address cannot be bound
 */
export async function assembleLayers(options: UserAgentOptions, network: Network, inbound: Inbound): Promise<Layers> {
  const logger = options.logger ?? silentLogger;
  // A mistake of ours at one timer must not end the calls of all others.
  const clock = new TimerQueues(options.clock ?? systemClock, (error) =>
    logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'A timer failed'),
  );
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timers = { ...RFC_3261_TIMERS, ...options.timers };
  const random = options.random ?? systemRandom;
  const fraction = (): number => Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
  const { counters } = inbound;
  const { pinning } = options;
  const isOwn = pinning === undefined ? undefined : (callId: string): boolean => isOurs(callId, pinning);
  const identifiers = new Identifiers(random, isOwn);
  const endedDialogs = new EndedDialogs(clock);
  const dialogs = new DialogLayer((id, usage) => {
    if (usage instanceof Session) endedDialogs.add(id);
  });
  const supported = supportedTags(options);
  const tls = options.tls === undefined ? undefined : new TlsContexts(options.tls);
  const transportContext: TransportContext = {
    clock,
    limits,
    logger,
    tls,
    allowOrigin: options.allowOrigin,
    admitsConnection: options.admitsConnection,
    mark: socketMarker(options.dscp, logger),
    bytes: (length) => random.bytes(length),
    fraction,
    receiver: {
      message: (message, flow) => inbound.message(message, flow),
      malformed: (problem, flow) => inbound.malformed(problem, flow),
    },
    sent: (bytes, flow) => inbound.sent(bytes, flow),
  };
  const transport = await TransportLayer.open(options.listen, network, {
    context: transportContext,
    advertisedAddress: options.advertisedAddress,
  });
  const transactions = new TransactionLayer(transport, {
    context: {
      clock,
      timers,
      logger,
      resent: () => (counters.resent += 1),
      repeated: () => (counters.repeated += 1),
    },
    limits,
    identifiers,
    supported: new Set(supported.map((tag) => tag.toLowerCase())),
    user: inbound,
  });
  const locator = new ServerLocator({
    dns: options.dns ?? systemDns(),
    clock,
    random: fraction,
    reaches: (protocol, family) => transport.reaches(protocol, family),
  });
  const eventPackages = options.eventPackages ?? [];
  const capabilities = capabilitiesOf(options, supported);
  const core: Core = {
    clock,
    logger,
    timers,
    limits,
    identifiers,
    transport,
    transactions,
    dialogs,
    subscriptions: new SubscriptionLayer(dialogs, () => capabilities),
    eventPackages: new Map(eventPackages.flatMap((one) => (typeof one === 'string' ? [] : [[one.name, one] as const]))),
    endedDialogs,
    locator,
    sender: new RequestSender({ transport, transactions, locator, clock, t1: timers.t1 }),
    sessionTimer: options.sessionTimer ?? DEFAULT_SESSION_TIMER,
    reliableProvisional: options.reliableProvisional ?? 'supported',
    allowSets: new AllowSets(),
    capabilities,
  };
  return { core, tls };
}

function supportedTags(options: UserAgentOptions): readonly string[] {
  const reliable = options.reliableProvisional === 'off' ? [] : ['100rel'];
  return [...SUPPORTED, ...reliable, ...(options.supported ?? [])];
}

function capabilitiesOf(options: UserAgentOptions, supported: readonly string[]): Capabilities {
  const names = options.eventPackages?.map((one) => (typeof one === 'string' ? one : one.name));
  return withLines({
    serverName: options.serverName,
    allow: ALLOWED,
    supported: supported.join(', '),
    infoPackages: options.infoPackages?.map((name) => name.toLowerCase()),
    allowEvents: names?.join(', '),
  });
}
