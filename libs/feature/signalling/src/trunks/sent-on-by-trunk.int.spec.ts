import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import type { Provider } from '../testing/provider.js';
import { outcome } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks, type TrunkData } from '../testing/trunk-bench.js';

const PORT = 17_240;
const { bench, trunks } = useTrunks(PORT);
const NUMBER = '+4930123';

/** A line to 127.0.0.2, which has a second server at the same address and is followed by a trunk to 127.0.0.3. */
async function lines(first: Partial<TrunkData> = {}) {
  const [gateway, server, next] = [
    await trunks.provider(),
    await trunks.provider(),
    await trunks.provider({ host: '127.0.0.3' }),
  ];
  await trunks.add({ host: '127.0.0.2', port: gateway.port, outbound: OUT, priority: 1, ...first });
  await trunks.add({ host: '127.0.0.3', port: next.port, outbound: OUT, priority: 2 });
  return { gateway, server, next, alice: await bench.phone('1001') };
}

const sendOn = async (from: Provider, contact: string, status = 302): Promise<void> =>
  (await incoming(from)).reject(status, { headers: { Contact: contact } });

describe('a trunk that sends a call on', () => {
  it.each([300, 301, 302])('to another server of its own (%i) is followed, and the caller talks', async (status) => {
    const { gateway, server, next, alice } = await lines();
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, `<sip:${NUMBER};npdi;rn=+4930777@127.0.0.2:${server.port}>`, status);
    const invite = await incoming(server);
    expect(invite.request.uriText).toBe(`sip:${NUMBER};npdi;rn=+4930777@127.0.0.2:${server.port}`);
    // To stays as it was (RFC 3261 §8.1.3.4).
    expect(invite.request.to?.uri).toBe(`sip:${NUMBER}@127.0.0.2`);
    invite.accept({ sdp: PHONE_SDP });
    const { status: answered, session } = await result;
    expect([answered, next.invites.length]).toEqual([200, 0]);
    await session?.bye();
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered', sipStatus: 200 });
    await trunks.remarked(`asked at sip:${NUMBER};npdi`);
  });

  it('through a proxy of its own (305) is asked there for the same', async () => {
    const { gateway, server, alice } = await lines();
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, `<sip:127.0.0.2:${server.port}>`, 305);
    const { request } = await incoming(server);
    expect(request.uriText).toBe(`sip:${NUMBER}@127.0.0.2:${gateway.port}`);
    server.invites.at(-1)?.reject(486);
    expect((await result).status).toBe(486);
  });

  it('and says there what the called party says is believed: nobody else is asked', async () => {
    const { gateway, server, next, alice } = await lines();
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, `<sip:${NUMBER}@127.0.0.2:${server.port}>`);
    (await incoming(server)).reject(486);
    expect([(await result).status, next.invites.length]).toEqual([486, 0]);
  });

  it('to a server that refuses, and to another, is followed to both', async () => {
    const { gateway, server, alice } = await lines();
    const last = await trunks.provider();
    const result = outcome(alice.call('030123'));
    const [one, other] = [server, last].map(({ port }) => `<sip:${NUMBER}@127.0.0.2:${port}>`);
    await sendOn(gateway, `${other};q=0.2, ${one};q=0.7`);
    (await incoming(server)).reject(404);
    (await incoming(last)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
  });

  it('to a server that is silent, and to another, has time for both', async () => {
    const { gateway, server, next, alice } = await lines();
    const silent = createSocket('udp4');
    await new Promise<void>((bound) => void silent.bind(0, '127.0.0.2', bound));
    const result = outcome(alice.call('030123'));
    const [one, other] = [silent.address().port, server.port].map((port) => `<sip:${NUMBER}@127.0.0.2:${port}>`);
    await sendOn(gateway, `${one};q=0.7, ${other};q=0.2`);
    (await incoming(server)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, next.invites.length]).toEqual([200, 0]);
    await session?.bye();
    silent.close();
  });

  it('in a ring comes to an end, and the next trunk is asked', async () => {
    const { gateway, server, next, alice } = await lines();
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, `<sip:${NUMBER}@127.0.0.2:${server.port}>`);
    await sendOn(server, `<sip:${NUMBER}@127.0.0.2:${gateway.port}>`);
    (await incoming(next)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, gateway.invites.length, server.invites.length]).toEqual([200, 1, 1]);
    await session?.bye();
  });

  it.each([
    ['to another number', `<sip:+49900666@127.0.0.2:%port>`, 'it is another number'],
    ['to somebody else’s server', `<sip:${NUMBER}@127.0.0.4:%port>`, 'it is at no server of the provider'],
    ['to the other trunk', `<sip:${NUMBER}@127.0.0.3:%port>`, 'it is at no server of the provider'],
  ])('%s is not followed: the next trunk is asked as ever', async (_what, contact, why) => {
    const { gateway, server, next, alice } = await lines();
    const elsewhere = await trunks.provider({ host: '127.0.0.4' });
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, contact.replace('%port', String(elsewhere.port)));
    const invite = await incoming(next);
    expect(invite.request.uriText).toBe(`sip:${NUMBER}@127.0.0.3:${next.port}`);
    invite.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, server.invites.length, elsewhere.invites.length]).toEqual([200, 0, 0]);
    await session?.bye();
    await trunks.remarked(why);
  });

  it.each([302, 380])('nowhere that we go (%i), and is the last: the caller is told what it was', async (status) => {
    const { gateway, next, alice } = await lines();
    const result = outcome(alice.call('030123'));
    await sendOn(gateway, '<sip:+49900666@127.0.0.2>', status);
    (await incoming(next)).reject(503);
    const { status: heard, response } = await result;
    expect(heard).toBe(480);
    expect(response?.header('Reason')).toMatch(new RegExp(`^SIP ?;cause=${status};text="`));
    // Nobody outside is the caller's to call.
    expect(response?.has('Contact')).toBe(false);
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'missed', sipStatus: 480 });
  });

  it('and a caller that gives up leaves nobody ringing', async () => {
    const { gateway, server, alice } = await lines();
    const asked = alice.call('030123');
    await sendOn(gateway, `<sip:${NUMBER}@127.0.0.2:${server.port}>`);
    const invite = await incoming(server);
    const cancelled = new Promise<void>((settle) => invite.onCancelled(() => settle()));
    invite.progress(180);
    asked.cancel();
    await cancelled;
  });
});
