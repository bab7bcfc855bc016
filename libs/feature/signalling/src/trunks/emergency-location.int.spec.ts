import { findPartById, parseMultipart, sessionDescription, type SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { outcome, ringing } from '../testing/signalling-bench.js';
import { incoming, useTrunks } from '../testing/trunk-bench.js';

const PORT = 17_180;
const { bench, trunks } = useTrunks(PORT);
const OUT = [{ pattern: 'X.', strip: 0, prepend: '' }];
const PLACE =
  '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:alice@example.org"><tuple id="a"/></presence>';
const HEADERS = { Geolocation: '<cid:place@phone.example>, <https://lis.example/4711>', 'Geolocation-Routing': 'yes' };

/** A phone that knows where it is (RFC 6442 §4.1). */
const call = (phone: Phone, number: string, headers: Readonly<Record<string, string>> = HEADERS) =>
  phone.userAgent.invite({
    target: `sip:${number}@${bench.organisation.domain}`,
    route: [`sip:127.0.0.1:${PORT};lr`],
    from: phone.address,
    credentials: { username: '1001', password: 'pw-1001' },
    headers,
    sdp: PHONE_SDP,
    attached: [
      {
        headers: [
          ['Content-Type', 'application/pidf+xml'],
          ['Content-ID', '<place@phone.example>'],
        ],
        body: Buffer.from(PLACE),
      },
    ],
  });

const placeIn = (request: SipRequest): string | undefined => {
  const multipart = parseMultipart(request.body, request.header('Content-Type') ?? '');
  return multipart === undefined ? undefined : findPartById(multipart, 'place@phone.example')?.body.toString();
};

async function line() {
  const carrier = await trunks.provider();
  await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: OUT });
  return { carrier, alice: await bench.phone('1001') };
}

describe('a call for help', () => {
  it('takes along where the caller is, as it came, and tells the caller what is wrong with it', async () => {
    const { carrier, alice } = await line();
    const result = outcome(call(alice, '112', { ...HEADERS, Privacy: 'id' }));
    const invite = await incoming(carrier);
    const { request } = invite;
    expect(request.header('Content-Type')).toMatch(/^multipart\/mixed;/);
    expect(placeIn(request)).toBe(PLACE);
    expect(sessionDescription(request)).toContain('m=audio');
    expect(request.headers('Geolocation').join(', ')).toBe(HEADERS.Geolocation);
    expect(request.header('Geolocation-Routing')).toBe('yes');
    invite.reject(424, { headers: { 'Geolocation-Error': '300;code="Cannot be dereferenced"' } });
    const { status, response } = await result;
    expect([status, response?.header('Geolocation-Error')]).toEqual([424, '300;code="Cannot be dereferenced"']);
  });

  it('is answered over a trunk that takes no body beside SDP: it is asked again without', async () => {
    const { carrier, alice } = await line();
    const result = outcome(call(alice, '112'));
    (await incoming(carrier)).reject(415, { headers: { Accept: 'application/sdp' } });
    await expect.poll(() => carrier.invites.length, { timeout: 5000 }).toBe(2);
    const again = await incoming(carrier);
    expect(again.request.contentType).toBe('application/sdp');
    again.accept({ sdp: PHONE_SDP, headers: { 'Geolocation-Error': '100;code="Not found"' } });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
  });
});

describe('any other call', () => {
  it('tells no one where the caller is', async () => {
    const { carrier, alice } = await line();
    const result = outcome(call(alice, '4711'));
    const invite = await incoming(carrier);
    expect(invite.request.contentType).toBe('application/sdp');
    expect(invite.request.has('Geolocation') || invite.request.has('Geolocation-Routing')).toBe(false);
    invite.reject(424, { headers: { 'Geolocation-Error': '200' } });
    expect((await result).response?.has('Geolocation-Error')).toBe(false);
    const bob = await bench.phone('1002');
    const inside = call(alice, '1002');
    expect((await ringing(bob)).request.has('Geolocation')).toBe(false);
    inside.cancel();
    await outcome(inside);
  });

  it('does where the organisation lets it through, but for who wants privacy', async () => {
    const { organisationId } = bench.organisation;
    await bench.database.database.asSystem('lets Geolocation through', (tx) =>
      tx.organisation.update({
        where: { id: organisationId },
        data: { settings: { ringSeconds: 5, privateHeaders: ['Geolocation'] } },
      }),
    );
    bench.bus.publish('directory.changed', { organisationId });
    await bench.bus.settled();
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    const open = call(alice, '1002');
    const { request } = await ringing(bob);
    expect([placeIn(request), request.has('Geolocation')]).toEqual([PLACE, true]);
    open.cancel();
    await outcome(open);
    const hidden = call(alice, '1002', { ...HEADERS, Privacy: 'user' });
    await expect.poll(() => bob.invites.length, { timeout: 5000 }).toBe(2);
    const second = await ringing(bob);
    expect([second.request.contentType, second.request.has('Geolocation')]).toEqual(['application/sdp', false]);
    hidden.cancel();
    await outcome(hidden);
  });
});
