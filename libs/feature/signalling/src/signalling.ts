import { createUserAgent, DigestAuthenticator, type Pinning, type UserAgent } from '@carillon/sip-stack';
import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { Clock, HealthState, Logger, Metrics, Settings } from '@carillon/service-runtime';
import { startBorder } from './border/start-border.js';
import { endCall } from './call/actions/end-call.js';
import { SESSION_BEHAVIOURS } from './call/behaviours/index.js';
import { handleCallCommands } from './call/call-commands.js';
import { hearEvents } from './call/call-events.js';
import { CallMedia } from './call/call-media.js';
import type { CallParts } from './call/call-parts.js';
import { CallRecords } from './call/call-records.js';
import { Calls } from './call/calls.js';
import { SignallingFigures } from './figures.js';
import { orUnavailable } from './inbound/or-unavailable.js';
import { Authenticate } from './inbound/authenticate.js';
import { Challenges } from './inbound/challenges.js';
import { FailureLimiter } from './inbound/failure-limiter.js';
import { receiveInvite } from './inbound/receive-invite.js';
import { receiveRegister } from './inbound/receive-register.js';
import { startLadders } from './ladder/start-ladders.js';
import { MessageDelivery } from './messages/message-delivery.js';
import { PhoneMessages } from './messages/phone-messages.js';
import { handleProcessCommands } from './processes/handle-process-commands.js';
import { placeOf } from './processes/place.js';
import { preferProcess } from './processes/prefer-process.js';
import { Quiet } from './processes/quiet.js';
import { SharedBans } from './processes/shared-bans.js';
import { SharedBindings, type SharedBindingsParts } from './processes/shared-bindings.js';
import { legFactsOf, SharedCalls } from './processes/shared-calls.js';
import type { Binding } from './registrar/binding.js';
import { BindingPings } from './registrar/binding-pings.js';
import { BindingRecords } from './registrar/binding-records.js';
import { DateText } from './registrar/date-text.js';
import { defaultMaxRegistrations } from './registrar/max-registrations.js';
import { REGISTRAR_OPTION_TAGS } from './registrar/register-extensions.js';
import { Registrar } from './registrar/registrar.js';
import { socketOf } from './registrar/socket-of.js';
import { watchRestored } from './registrar/watch-binding.js';
import { chooseRole } from './roles/choose-role.js';
import { ProxiedCalls } from './roles/proxied-calls.js';
import { Directories } from './routing/directories.js';
import { describeTls } from './sip/describe-tls.js';
import { listenAddresses, tlsOptions } from './sip/secure-sip.js';
import type { SecureSip } from './sip/secure-sip.js';
import type { SipWebSocket } from './sip/sip-web-socket.js';
import { Lamps } from './subscriptions/lamps.js';
import { LiveCallBook } from './subscriptions/live-call-book.js';
import { EVENT_PACKAGES } from './subscriptions/packages.js';
import { startTrunks } from './trunks/start-trunks.js';

export interface SignallingOptions {
  readonly settings: Pick<Settings, 'sip' | 'sipDomain' | 'advertisedAddress'> &
    Partial<Pick<Settings, 'maxRegistrations' | 'sipDscp'>>;
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly webSocket: SipWebSocket;
  /** 0 to 1, for which of the new calls are shed in overload; `Math.random` where left out. */
  readonly random?: () => number;
  /** Marks the dialogs that only pass through us, so that they still do after a restart. */
  readonly proxySecret?: Uint8Array;
  /** Opens the stored password of a trunk. */
  readonly unsealTrunkPassword: (sealed: string) => string;
  /** Without it there is no TLS. */
  readonly secure?: SecureSip | undefined;
  /** Our place among the processes that signalling runs in; left out, we are the only one. */
  readonly pinning?: Pinning | undefined;
  /** Opens what was sealed for a HEP collector; without it no key is sent. */
  readonly unsealHepKey?: (sealed: string) => string;
}

/** Calls that only pass through us are asked to say so often that they go on (RFC 4028 §8.1). */
const PROXIED_SESSION_SECONDS = 1_800;

export interface RunningSignalling {
  readonly userAgent: UserAgent;
  check(): HealthState;
  /** Ends calls politely, writes what is left to write, closes the sockets. */
  close(): Promise<void>;
}

/** Puts the parts together and listens. Rejects where a port cannot be taken or the database does not answer. */
export async function startSignalling(options: SignallingOptions): Promise<RunningSignalling> {
  const { settings, database, bus, clock, logger, metrics, webSocket, secure } = options;
  const { sip, advertisedAddress } = settings;
  const place = placeOf(options.pinning);
  const isAlone = place.count === 1;
  const records = new CallRecords(database, clock, logger);
  const interrupted = await records.closeInterrupted(isAlone ? undefined : place.owns);
  if (interrupted > 0) logger.warn({ calls: interrupted }, 'Calls were interrupted when the last process ended');
  const registrar = new Registrar({
    records: new BindingRecords(database),
    bus,
    clock,
    logger,
    maximum: settings.maxRegistrations ?? defaultMaxRegistrations(),
    ...(isAlone ? {} : { owns: place.owns }),
  });
  const quiet = isAlone ? undefined : new Quiet({ bus, place, clock });
  const shared = isAlone ? undefined : await startSharing({ registrar, bus, place, clock });
  await registrar.restore();
  const directories = new Directories(database, clock, logger);
  const { ladders, close: closeLadders } = await startLadders({
    ...{ database, bus, clock, logger, metrics, advertised: advertisedAddress, defaultDomain: settings.sipDomain },
    unsealKey: options.unsealHepKey,
    organisationOf: async (host) => (await directories.ofDomain(host))?.organisationId,
  });

  const book = new LiveCallBook();
  const sharedCalls = isAlone ? undefined : new SharedCalls({ bus, place, book });
  const calls = new Calls(bus, records, sharedCalls === undefined ? undefined : { place, calls: sharedCalls });
  const limiter = new FailureLimiter(clock);
  const {
    border,
    overload,
    shedLog: shed,
    useConnections,
    close: closeBorder,
  } = await startBorder({
    ...{ database, bus, clock, logger, metrics, directories, limiter, random: options.random },
    sharedBans: new SharedBans({ bus, place }),
    countSettingUp: () => calls.settingUp,
  });
  const remember = (binding: Binding): void => {
    const socket = socketOf(binding);
    if (socket !== undefined) border.remember(socket);
  };
  for (const binding of registrar.all()) remember(binding);
  registrar.onChange((binding, event, here) => {
    if (!here && event === 'added') remember(binding);
  });
  const preferred = { directories, defaultDomain: settings.sipDomain, calls, place };
  const userAgent = await createUserAgent({
    listen: listenAddresses(sip, secure),
    dscp: settings.sipDscp ?? 0,
    ...(secure === undefined ? {} : { tls: tlsOptions(secure.certificates.current) }),
    advertisedAddress,
    proxy: {
      sessionExpiresSeconds: PROXIED_SESSION_SECONDS,
      ...(options.proxySecret === undefined ? {} : { secret: options.proxySecret }),
    },
    ...(options.pinning === undefined || sharedCalls === undefined
      ? {}
      : {
          pinning: {
            ...options.pinning,
            prefer: (request) => preferProcess({ ...preferred, shared: sharedCalls }, request),
          },
        }),
    serverName: 'Carillon',
    admits: border.admits,
    admitsConnection: border.admitsConnection,
    malformed: border.seeMalformed,
    tap: (message) => {
      border.see(message);
      ladders.tap(message);
    },
    supported: REGISTRAR_OPTION_TAGS,
    eventPackages: EVENT_PACKAGES,
    logger: {
      debug: (details, text) => logger.debug(details, text),
      info: (details, text) => logger.info(details, text),
      warn: (details, text) => logger.warn(details, text),
      error: (details, text) => logger.error(details, text),
    },
  });
  useConnections((unwanted, reason) => userAgent.shedConnections(unwanted, reason));
  const lines = await startTrunks({
    ...{ userAgent, database, directories, bus, clock, logger, random: Math.random },
    place,
    countCalls: (trunkId) => calls.countOverTrunk(trunkId),
    unsealPassword: options.unsealTrunkPassword,
  });
  border.trustPeers((address) => lines.trunks.isPeer(address));
  const countRegistrations = (): number =>
    isAlone ? registrar.size : [...registrar.all()].filter(({ callId }) => place.owns(callId)).length;
  const parts: CallParts = {
    userAgent,
    bus,
    media: new CallMedia(bus, logger),
    calls,
    behaviours: SESSION_BEHAVIOURS,
    registrar,
    directories,
    ladders,
    trunks: lines.trunks,
    figures: new SignallingFigures(metrics, { calls: () => calls.size, registrations: countRegistrations }),
    clock,
    logger,
  };
  const authenticate = new Authenticate(directories, new Challenges(), limiter, clock, {
    hosts: ownHosts(advertisedAddress, userAgent),
    defaultDomain: settings.sipDomain,
  });
  const pings = new BindingPings(userAgent, clock);
  const dates = new DateText();
  watchRestored({ registrar, pings, clock }, userAgent);
  const recognise = { trunks: lines.trunks, directories, limiter, authenticator: new DigestAuthenticator() };
  const lamps = new Lamps({
    ...{ registrar, clock, authenticate, book, bus, logger, process: place.own },
    factsOf: ({ organisationId, callId }, { legId }) => {
      const leg = calls.find(organisationId, callId)?.legs.find((one) => one.legId === legId);
      return leg === undefined ? sharedCalls?.factsOf(callId, legId) : legFactsOf(leg);
    },
  });
  await sharedCalls?.learn();

  const messages = new PhoneMessages({ authenticate, bus, clock });
  const delivery = new MessageDelivery({ userAgent, directories, registrar, logger, owns: place.owns });
  const stopDelivery = bus.subscribe('chat-message.sent', (event) => delivery.deliver(event));
  const proxiedCalls = new ProxiedCalls(parts);
  userAgent
    .on('route', (routed) =>
      chooseRole({ userAgent, authenticate, registrar, proxiedCalls, call: parts, calls, overload, shed }, routed),
    )
    .on('passing', (passing) => proxiedCalls.passing(passing))
    .on('passed', (passed) => proxiedCalls.passed(passed));
  registrar.onChange((binding, event) => proxiedCalls.registered(binding, event));
  userAgent
    .on('register', (request) =>
      orUnavailable(request, () => receiveRegister({ authenticate, registrar, clock, dates, pings }, request)),
    )
    .on('invite', (invite) =>
      orUnavailable(
        invite,
        () =>
          proxiedCalls.resume(invite) ??
          receiveInvite({ authenticate, overload, shed, recognise, call: parts }, invite),
      ),
    )
    .on('subscribe', (request) => orUnavailable(request, () => lamps.receiveSubscribe(request)))
    .on('message', (request) => orUnavailable(request, () => messages.receive(request)))
    .on('publish', (request) => orUnavailable(request, () => lamps.receivePublish(request)));
  const stopCommands = handleCallCommands(bus, parts, place);
  const stopDescribing = describeTls(bus, secure);
  const stopEvents = hearEvents(bus, parts, lamps);
  webSocket.open(userAgent);
  secure?.certificates.onChange((loaded) => userAgent.useTls(tlsOptions(loaded)));

  let closed = false;
  const check = (): HealthState => {
    if (closed) return { ok: false, detail: 'Closed' };
    const turnedAway = shed.total === 0 ? '' : `, ${shed.total} turned away within the last hour`;
    const share = overload.admittedShare;
    const overloaded = share < 1 ? `, overloaded: ${Math.round(share * 100)} % of new calls are let in` : '';
    return { ok: true, detail: `${calls.size} calls${turnedAway}${overloaded}` };
  };
  const stopProcessCommands = isAlone
    ? undefined
    : handleProcessCommands({ bus, place, calls, metrics, check, countRegistrations });
  return {
    userAgent,
    check,
    close: async () => {
      closed = true;
      webSocket.close();
      for (const call of calls.all())
        endCall(parts, call, { outcome: 'failed', reason: 'Service stopping', sipStatus: 503 });
      stopCommands();
      stopDescribing();
      stopProcessCommands?.();
      await lines.close();
      stopEvents();
      stopDelivery();
      lamps.close();
      // First, so that connections that we close ourselves do not end the registrations that came over them.
      pings.close();
      shared?.close();
      sharedCalls?.close();
      await registrar.close();
      await userAgent.close(quiet === undefined ? {} : { beforeSockets: () => quiet.reached() });
      await closeBorder();
      await closeLadders();
      await records.close();
    },
  };
}

/** Bindings of the other processes: before those of the database, which may be older. */
async function startSharing(parts: SharedBindingsParts): Promise<SharedBindings> {
  const shared = new SharedBindings(parts);
  await shared.learn();
  return shared;
}

/** Names of ours that a phone may have been set up with in place of a SIP domain. */
function ownHosts(advertisedAddress: string, userAgent: UserAgent): ReadonlySet<string> {
  const unspecified = new Set(['0.0.0.0', '::']);
  const bound = userAgent.addresses.map(({ host }) => host).filter((host) => !unspecified.has(host));
  return new Set([advertisedAddress.toLowerCase(), 'localhost', ...bound]);
}
