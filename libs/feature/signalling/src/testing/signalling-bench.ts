import type { EventName } from '@carillon/contracts';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import type { SipResponse } from '@carillon/sip-message';
import type { InviteSession, OutgoingInvite, SessionEnd } from '@carillon/sip-stack';
import { Metrics, silentLogger, SystemClock, TrustedProxies } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startSignalling, type RunningSignalling } from '../signalling.js';
import type { SecureSip } from '../sip/secure-sip.js';
import { SipWebSocket } from '../sip/sip-web-socket.js';
import { MediaSide } from './media-side.js';
import { addOrganisation, type TestOrganisation } from './organisation.js';
import { Phone, PHONE_SDP, type PhoneOptions } from './phone.js';

const HEARD: EventName[] = [
  'call.started',
  'call.answered',
  'call.ended',
  'registration.added',
  'registration.removed',
];

/** Signalling on real sockets and a real database, with phones; made anew for each test. */
export class SignallingBench {
  database!: TestDatabase;
  bus!: Bus;
  media!: MediaSide;
  running!: RunningSignalling;
  /** For who attaches an HTTP server to it. */
  webSocket!: SipWebSocket;
  organisation!: TestOrganisation;
  /** Names of the events that were published, in order. */
  events: string[] = [];
  private readonly phones: Phone[] = [];

  constructor(private readonly port: number) {}

  async open(): Promise<void> {
    this.bus = createMemoryBus();
    this.media = new MediaSide(this.bus);
    this.events = [];
    this.bus.subscribe(HEARD, (_, name) => void this.events.push(name));
    this.organisation = await addOrganisation(this.database.database, ['1001', '1002', '1003'], ['1003']);
    this.running = await this.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.phones.splice(0).map((one) => one.userAgent.close({ graceMilliseconds: 200 })));
    await this.running.close();
    await this.bus.close();
  }

  /** @param secure TLS beside UDP and TCP */
  start(secure?: SecureSip): Promise<RunningSignalling> {
    const sip = { host: '127.0.0.1', port: this.port };
    this.webSocket = new SipWebSocket(silentLogger(), new TrustedProxies([]));
    return startSignalling({
      settings: { sip, sipDomain: this.organisation.domain, advertisedAddress: '127.0.0.1' },
      secure,
      database: this.database.database,
      bus: this.bus,
      clock: new SystemClock(),
      logger: silentLogger(),
      metrics: new Metrics(),
      unsealTrunkPassword: (sealed) => sealed,
      // A busy machine is no overload that a test is about: every call is let in.
      random: () => 0,
      webSocket: this.webSocket,
    });
  }

  async phone(
    extension: string,
    { register = true, ...options }: { register?: boolean } & Pick<PhoneOptions, 'protocol' | 'advertisedAddress'> = {},
  ): Promise<Phone> {
    const one = await Phone.start({
      organisation: this.organisation,
      extension,
      serverPort: this.port,
      ...options,
    });
    this.phones.push(one);
    if (!register) return one;
    const { status } = await one.register();
    if (status !== 200) throw new Error(`${extension} was refused with ${status}`);
    return one;
  }

  /** The newest call record. */
  record() {
    return this.database.database.forOrganisation(this.organisation.organisationId, (tx) =>
      tx.call.findFirst({ orderBy: { startedAt: 'desc' } }),
    );
  }

  endedRecord() {
    return until('the record of the ended call', async () => {
      const row = await this.record();
      return row !== null && row.endedAt !== null && row;
    });
  }

  /** Alice calls Bob and they talk. */
  async talking() {
    const alice = await this.phone('1001');
    const bob = await this.phone('1002');
    const result = outcome(alice.call('1002'));
    const invite = await ringing(bob);
    invite.progress(180);
    const callee = invite.accept({ sdp: PHONE_SDP });
    const caller = (await result).session;
    if (callee === undefined || caller === undefined) throw new Error('The call was not answered');
    return { alice, bob, invite, caller, callee };
  }
}

/** A bench for the tests of one file. @param port for SIP, UDP and TCP */
export function useSignalling(port: number): SignallingBench {
  const bench = new SignallingBench(port);
  beforeAll(async () => {
    bench.database = await openTestDatabase();
  });
  beforeEach(() => bench.open());
  afterEach(() => bench.close());
  afterAll(() => bench.database.close());
  return bench;
}

export async function until<Value>(
  what: string,
  probe: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  for (let turn = 0; turn < 400; turn += 1) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await new Promise((settle) => setTimeout(settle, 25));
  }
  throw new Error(`Waited in vain for ${what}`);
}

/** The final answer to a call, as its status; with the session where it was answered. */
export interface CallOutcome {
  readonly status: number;
  readonly session?: InviteSession;
  /** Where it was refused by an answer. */
  readonly response?: SipResponse;
}

export function outcome(invite: OutgoingInvite): Promise<CallOutcome> {
  return new Promise((settle) => {
    invite.on('accepted', (session, response) => settle({ status: response.status, session }));
    invite.on('rejected', ({ status, response }) =>
      settle({ status, ...(response === undefined ? {} : { response }) }),
    );
  });
}

export const ringing = (one: Phone) => until('an INVITE', () => one.invites.at(-1));

export const ended = (session: InviteSession) => new Promise<SessionEnd>((settle) => void session.on('ended', settle));
