import { DigestAuthenticator, type UserAgent } from '@carillon/sip-stack';
import type { HealthState } from '@carillon/service-runtime';
import type { OverloadGuard } from './border/overload-guard.js';
import { rememberDevices } from './border/remember-devices.js';
import type { ShedLog } from './border/shed-log.js';
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
import { Authenticate } from './inbound/authenticate.js';
import { Challenges } from './inbound/challenges.js';
import { GivenUpChallenges } from './inbound/given-up-challenges.js';
import { FailureLimiter } from './inbound/failure-limiter.js';
import { hearRequests } from './inbound/hear-requests.js';
import { handleLearntPhoneCommands } from './inbound/learnt-phone-commands.js';
import { startLadders } from './ladder/start-ladders.js';
import { MessageDelivery } from './messages/message-delivery.js';
import { PhoneMessages } from './messages/phone-messages.js';
import { FarCalls } from './processes/give-calls.js';
import { handleProcessCommands } from './processes/handle-process-commands.js';
import { placeOf } from './processes/place.js';
import { preferProcess } from './processes/prefer-process.js';
import { Quiet } from './processes/quiet.js';
import { SharedBans } from './processes/shared-bans.js';
import { shareCopies } from './processes/share-copies.js';
import { legFactsOf, SharedCalls } from './processes/shared-calls.js';
import { SharedCounts } from './processes/shared-counts.js';
import { TakeOver } from './processes/take-over.js';
import { BindingPings } from './registrar/binding-pings.js';
import { DateText } from './registrar/date-text.js';
import { startRegistrar } from './registrar/start-registrar.js';
import { watchRestored } from './registrar/watch-binding.js';
import { ProxiedCalls } from './roles/proxied-calls.js';
import { Directories } from './routing/directories.js';
import type { SignallingOptions } from './signalling-options.js';
import { describeTls } from './sip/describe-tls.js';
import { openUserAgent } from './sip/open-user-agent.js';
import { tlsOptions } from './sip/secure-sip.js';
import { Lamps } from './subscriptions/lamps.js';
import { LiveCallBook } from './subscriptions/live-call-book.js';
import { startTrunks } from './trunks/start-trunks.js';

export interface RunningSignalling {
  readonly userAgent: UserAgent;
  check(): HealthState;
  /** Ends calls politely, writes what is left to write, closes the sockets. */
  close(): Promise<void>;
}

/** Puts the parts together and listens. Rejects where a port cannot be taken or the database does not answer. */
export async function startSignalling(options: SignallingOptions): Promise<RunningSignalling> {
  const { settings, database, bus, clock, logger, metrics, webSocket, secure } = options;
  const { advertisedAddress, sipDomain } = settings;
  const place = placeOf(options.pinning);
  const isAlone = place.count === 1;

  const records = new CallRecords(database, clock, logger);
  const left = await TakeOver.ask(bus, place, logger);
  const interrupted = await records.closeInterrupted(isAlone ? undefined : (id) => place.owns(id) && !left.has(id));
  if (interrupted > 0) logger.warn({ calls: interrupted }, 'Calls were interrupted when the last process ended');
  const quiet = isAlone ? undefined : new Quiet({ bus, place, clock });
  const { registrar, ...registrations } = await startRegistrar({
    ...{ database, bus, clock, logger, place, maximum: settings.maxRegistrations },
  });
  const directories = new Directories(database, clock, logger);
  const { ladders, close: closeLadders } = await startLadders({
    ...{ database, bus, clock, logger, metrics, advertised: advertisedAddress, defaultDomain: sipDomain },
    unsealKey: options.unsealHepKey,
    organisationOf: async (host) => (await directories.ofDomain(host))?.organisationId,
  });

  const book = new LiveCallBook();
  const sharedCalls = isAlone ? undefined : new SharedCalls({ bus, place, book });
  const calls = new Calls(bus, records, sharedCalls === undefined ? undefined : { place, calls: sharedCalls });
  const sharedCounts = new SharedCounts({ bus, place, clock });
  const limiter = new FailureLimiter(clock, (what, key) => sharedCounts.tell(what, key));
  const givenUp = new GivenUpChallenges(clock, (what, phone) => sharedCounts.tell(what, phone));
  sharedCounts.useChallenges(givenUp);
  const {
    border,
    overload,
    shedLog: shed,
    useConnections,
    close: closeBorder,
  } = await startBorder({
    ...{ database, bus, clock, logger, metrics, directories, limiter, random: options.random },
    sharedBans: new SharedBans({ bus, place }),
    ...{ sharedCounts, place },
    countSettingUp: () => calls.settingUp,
  });
  rememberDevices(border, registrar);
  const userAgent = await openUserAgent(options, {
    border,
    ladders,
    prefer:
      sharedCalls &&
      ((request) =>
        preferProcess({ directories, defaultDomain: sipDomain, calls, place, shared: sharedCalls }, request)),
  });
  useConnections((unwanted, reason) => userAgent.shedConnections(unwanted, reason));
  const lines = await startTrunks({
    ...{ userAgent, database, directories, bus, clock, logger, random: Math.random },
    place,
    countCalls: (trunkId) => calls.countOverTrunk(trunkId),
    started: (trunkId) => sharedCounts.tell('trunk-starts', trunkId),
    unsealPassword: options.unsealTrunkPassword,
  });
  sharedCounts.useTrunks(lines.trunks);
  border.trustPeers((address) => lines.trunks.isPeer(address));

  const hosts = ownHosts(advertisedAddress, userAgent);
  const parts: CallParts = {
    ...{ userAgent, bus, calls, registrar, directories, ladders, clock, logger },
    ownHosts: hosts,
    media: new CallMedia(bus, logger),
    behaviours: SESSION_BEHAVIOURS,
    trunks: lines.trunks,
    far: sharedCalls === undefined ? undefined : new FarCalls(bus, place, sharedCalls),
    figures: new SignallingFigures(metrics, {
      calls: () => calls.size,
      registrations: registrations.count,
      gaveUp: () => givenUp.total,
    }),
  };
  const challenges = new Challenges(new DigestAuthenticator(), givenUp, logger);
  const authenticate = new Authenticate(directories, challenges, limiter, clock, {
    registrar,
    hosts,
    defaultDomain: sipDomain,
  });
  const pings = new BindingPings(userAgent, clock);
  watchRestored({ registrar, pings, clock }, userAgent);
  const recognise = { trunks: lines.trunks, directories, limiter, challenges };
  const lamps = new Lamps({
    ...{ userAgent, registrar, clock, authenticate, book, bus, logger, process: place.own },
    factsOf: ({ organisationId, callId }, { legId }) => {
      const leg = calls.find(organisationId, callId)?.legs.find((one) => one.legId === legId);
      return leg === undefined ? sharedCalls?.factsOf(callId, legId) : legFactsOf(leg);
    },
  });
  await sharedCalls?.learn();

  const delivery = new MessageDelivery({ userAgent, directories, registrar, logger, owns: place.owns });
  const stopDelivery = bus.subscribe('chat-message.sent', async (event) => void (await delivery.deliver(event)));
  const proxiedCalls = new ProxiedCalls(parts);
  hearRequests(userAgent, {
    role: { userAgent, authenticate, registrar, proxiedCalls, call: parts, calls, overload, shed },
    invite: { authenticate, overload, shed, recognise, call: parts },
    register: { authenticate, registrar, clock, dates: new DateText(), pings },
    lamps,
    messages: new PhoneMessages({ authenticate, bus, clock }),
  });
  const stopCommands = handleCallCommands(bus, parts, place);
  const stopDescribing = describeTls(bus, secure);
  const stopLearntPhones = handleLearntPhoneCommands({ bus, place, directories, givenUp });
  const stopEvents = hearEvents(bus, parts, lamps);
  const resumed = left.resume(parts, lamps, proxiedCalls);
  if (Object.values(resumed).some((count) => count > 0))
    logger.warn({ process: place.own, ...resumed }, 'Goes on with what the last process had');
  const stopCopies = isAlone ? undefined : shareCopies({ bus, place, clock }, { parts, lamps });
  userAgent.start();
  webSocket.open(userAgent);
  secure?.certificates.onChange((loaded) => userAgent.useTls(tlsOptions(loaded)));

  let closed = false;
  const check = (): HealthState =>
    closed ? { ok: false, detail: 'Closed' } : { ok: true, detail: describeLoad({ calls, shed, overload }) };
  const stopProcessCommands = isAlone
    ? undefined
    : handleProcessCommands({ bus, place, calls, metrics, check, countRegistrations: registrations.count });
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
      stopLearntPhones();
      stopProcessCommands?.();
      stopCopies?.();
      await lines.close();
      stopEvents();
      stopDelivery();
      lamps.close();
      // First, so that connections that we close ourselves do not end the registrations that came over them.
      pings.close();
      registrations.stopSharing();
      sharedCalls?.close();
      sharedCounts.close();
      await registrar.close();
      await userAgent.close(quiet === undefined ? {} : { beforeSockets: () => quiet.reached() });
      await closeBorder();
      await closeLadders();
      await records.close();
    },
  };
}

/** For health: what goes on, and whether it is too much. */
function describeLoad({ calls, shed, overload }: { calls: Calls; shed: ShedLog; overload: OverloadGuard }): string {
  const turnedAway = shed.total === 0 ? '' : `, ${shed.total} turned away within the last hour`;
  const share = overload.admittedShare;
  const overloaded = share < 1 ? `, overloaded: ${Math.round(share * 100)} % of new calls are let in` : '';
  return `${calls.size} calls${turnedAway}${overloaded}`;
}

/** Names of ours that a phone may have been set up with in place of a SIP domain. */
function ownHosts(advertisedAddress: string, userAgent: UserAgent): ReadonlySet<string> {
  const unspecified = new Set(['0.0.0.0', '::']);
  const bound = userAgent.addresses.map(({ host }) => host).filter((host) => !unspecified.has(host));
  return new Set([advertisedAddress.toLowerCase(), 'localhost', ...bound]);
}
