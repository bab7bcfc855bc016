import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { outcome, ringing } from '../testing/signalling-bench.js';
import { incoming, useTrunks } from '../testing/trunk-bench.js';

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
