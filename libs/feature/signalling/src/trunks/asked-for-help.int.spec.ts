import { describe, expect, it } from 'vitest';
import { LIMITS } from '../limits.js';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { outcome, ringing, until } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks, type TrunkData } from '../testing/trunk-bench.js';

const PORT = 17_260;
const { bench, trunks } = useTrunks(PORT);
const HELP = [{ pattern: '112', strip: 0, prepend: '' }];
const GEOLOCATION = { Geolocation: '<https://lis.example/4711>' };

interface Asked {
  readonly target?: string;
  readonly to?: string;
  readonly from?: string;
}

/** A phone that was given the names of services, or found out itself who answers for one (RFC 6881 §9.2). */
const ask = (phone: Phone, { target = 'urn:service:sos', to, from = phone.address }: Asked = {}) =>
  phone.userAgent.invite({
    ...{ target, from, to, sdp: PHONE_SDP, headers: GEOLOCATION },
    route: [`sip:127.0.0.1:${PORT};lr`],
    credentials: { username: '1001', password: 'pw-1001' },
  });

async function line() {
  const carrier = await trunks.provider();
  await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: HELP });
  return { carrier, alice: await bench.phone('1001') };
}

describe('a call for an emergency service by its name (RFC 5031)', () => {
  const own = (number: string): string => `sip:${number}@${bench.organisation.domain}`;
  it.each([
    ['is answered', () => ({})],
    ['of one kind is answered', () => ({ target: 'urn:service:sos.fire' })],
    ['that nobody knows is answered', () => ({ target: 'URN:service:SOS.no-such.thing' })],
    ['in To is answered', () => ({ target: own('sos'), to: '<urn:service:sos>' })],
    [
      'in To, to a server of its own choice, is answered',
      () => ({ target: 'sip:psap@e.example', to: '<urn:service:sos>' }),
    ],
    ['of somebody who says no name is answered', () => ({ from: '"Anonymous" <sip:anonymous@anonymous.invalid>' })],
  ])('%s over the trunk that takes emergency numbers, and tells where the caller is', async (_what, asked) => {
    const { carrier, alice } = await line();
    const result = outcome(ask(alice, asked()));
    const invite = await incoming(carrier);
    expect(invite.request.uriText).toMatch(/^sip:112@127\.0\.0\.2/);
    expect(invite.request.header('Geolocation')).toBe(GEOLOCATION.Geolocation);
    invite.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    expect(await session?.bye()).toMatchObject({ ok: true });
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered' });
  });

  it('that the caller gives up ends at the provider', async () => {
    const { carrier, alice } = await line();
    const asked = ask(alice);
    const invite = await incoming(carrier);
    const cancelled = new Promise<void>((settle) => invite.onCancelled(() => settle()));
    invite.progress(180);
    asked.cancel();
    await cancelled;
  });

  it('in To leaves it to the Request-URI who answers, where that is somebody', async () => {
    const { carrier, alice } = await line();
    const bob = await bench.phone('1002');
    const asked = ask(alice, { target: own('1002'), to: '<urn:service:sos>' });
    await ringing(bob);
    expect(carrier.invites).toHaveLength(0);
    asked.cancel();
    await outcome(asked);
  });

  it('leads nowhere without a trunk that takes one, and says so', async () => {
    const alice = await bench.phone('1001');
    expect((await outcome(ask(alice))).status).toBe(404);
  });

  it('is not what other names are', async () => {
    const { carrier, alice } = await line();
    for (const target of ['urn:service:counseling', 'urn:isbn:0451450523'])
      expect((await outcome(ask(alice, { target }))).status).toBe(416);
    expect(carrier.invites).toHaveLength(0);
  });
});

describe('a call for help where any other is refused', () => {
  const BOTH = [...HELP, ...OUT];
  const full = async (more: Partial<TrunkData> = {}) => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: BOTH, maxCalls: 1, priority: 1, ...more });
    const bob = await bench.phone('1002');
    const held = bob.call('030123');
    await incoming(carrier);
    return { carrier, held, alice: await bench.phone('1001') };
  };

  it.each(['112', 'urn:service:sos'])('goes out over a trunk that has no room (%s)', async (target) => {
    const { carrier, held, alice } = await full();
    expect((await outcome(alice.call('030124'))).status).toBe(503);
    const asked = target === '112' ? alice.call('112') : ask(alice);
    const { request } = await until('the call for help', () => carrier.invites[1]);
    expect(request.uriText).toMatch(/^sip:112@/);
    for (const call of [asked, held]) call.cancel();
    expect((await outcome(asked)).status).toBe(487);
  });

  it('goes out over one that has room before that', async () => {
    const { carrier, held, alice } = await full();
    const next = await trunks.provider({ host: '127.0.0.3' });
    await trunks.add({ host: '127.0.0.3', port: next.port, outbound: HELP, priority: 2 });
    const result = outcome(alice.call('112'));
    (await incoming(next)).reject(503);
    // Nobody else is left.
    (await until('the call for help', () => carrier.invites[1])).reject(486);
    expect((await result).status).toBe(486);
    held.cancel();
  });

  it('is taken from a user who has as many calls as there may be', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: BOTH, maxCalls: 50 });
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    const calls = [];
    for (let made = 1; made <= LIMITS.callsPerUser; made += 1) {
      calls.push(alice.call('1002'));
      await until('the next call', () => bob.invites.length === made);
    }
    expect((await outcome(alice.call('030123'))).status).toBe(486);
    for (let made = 1; made <= LIMITS.forHelp.callsPerUser; made += 1) {
      calls.push(alice.call('112'));
      await until('the call for help', () => carrier.invites.length === made);
    }
    // One who calls for help over and over is bounded, too.
    expect((await outcome(alice.call('112'))).status).toBe(486);
    for (const call of calls) call.cancel();
  });
});
