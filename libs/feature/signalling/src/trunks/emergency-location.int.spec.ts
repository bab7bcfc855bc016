import { createSocket } from 'node:dgram';
import { findPartById, parseMultipart, sessionDescription, type SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import type { Provider } from '../testing/provider.js';
import { outcome, ringing, until } from '../testing/signalling-bench.js';
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

/** The INVITE after the first. */
const next = (carrier: Provider) => until('the second INVITE', () => carrier.invites[1]?.request);

/** Somebody who hears INVITEs and says nothing, at 127.0.0.2. */
async function silence() {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => void socket.bind(0, '127.0.0.2', bound));
  const heard: string[] = [];
  socket.on('message', (bytes) => void heard.push(bytes.toString()));
  const invites = () => heard.filter((text) => text.startsWith('INVITE ')).map((text) => text.split('\r\n\r\n', 1)[0]);
  return { port: socket.address().port, invites, close: () => void socket.close() };
}

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
    // What is wrong with the place keeps nobody from help.
    invite.reject(424, { headers: { 'Geolocation-Error': '300;code="Cannot be dereferenced"' } });
    const again = await next(carrier);
    expect([again.contentType, again.has('Geolocation')]).toEqual(['application/sdp', false]);
    carrier.invites.at(-1)?.reject(480);
    const { status, response } = await result;
    expect([status, response?.header('Geolocation-Error')]).toEqual([480, '300;code="Cannot be dereferenced"']);
  });

  it.each([400, 403, 406, 413, 415, 488, 493, 500, 501, 513, 606])(
    'is answered over a trunk that refuses a body beside SDP with %i: it is asked again without',
    async (refusal) => {
      const { carrier, alice } = await line();
      const result = outcome(call(alice, '112'));
      (await incoming(carrier)).reject(refusal);
      const again = await next(carrier);
      expect(again.contentType).toBe('application/sdp');
      // No header names a part that did not go along.
      expect(again.headers('Geolocation')).toEqual(['<https://lis.example/4711>']);
      carrier.invites.at(-1)?.accept({ sdp: PHONE_SDP, headers: { 'Geolocation-Error': '100;code="Not found"' } });
      const { status, session } = await result;
      expect(status).toBe(200);
      await session?.bye();
    },
  );

  it('is asked once of who is busy or not there', async () => {
    const { carrier, alice } = await line();
    const result = outcome(call(alice, '112'));
    (await incoming(carrier)).reject(486);
    expect([(await result).status, carrier.invites.length]).toEqual([486, 1]);
  });

  it('is asked again without, over the same trunk, where a long INVITE gets no answer', async () => {
    const { port, invites, close } = await silence();
    await trunks.add({ host: '127.0.0.2', port, outbound: OUT, priority: 1 });
    const asked = call(await bench.phone('1001'), '112');
    await until('a short INVITE', () => invites().some((head) => head?.includes('Content-Type: application/sdp')));
    expect(invites()[0]).toContain('cid:place@phone.example');
    expect(invites().at(-1)).not.toContain('cid:place@phone.example');
    asked.cancel();
    await outcome(asked);
    close();
  }, 15_000);

  it('reaches the next trunk as soon as any call does, with the place, where one is silent', async () => {
    const { port, invites, close } = await silence();
    await trunks.add({ host: '127.0.0.2', port, outbound: OUT, priority: 1 });
    const carrier = await trunks.provider({ host: '127.0.0.3' });
    await trunks.add({ host: '127.0.0.3', port: carrier.port, outbound: OUT, priority: 2 });
    const alice = await bench.phone('1001');
    const began = Date.now();
    const result = outcome(call(alice, '112'));
    const { request } = await until('the call at the next trunk', () => carrier.invites[0]);
    expect(Date.now() - began).toBeLessThan(7_000);
    expect(placeIn(request)).toBe(PLACE);
    expect(invites().every((head) => head?.includes('cid:place@phone.example'))).toBe(true);
    carrier.invites[0]?.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
    close();
  }, 20_000);

  // What a provider says of who is called leads no other call on.
  it.each([
    [503, 503],
    [404, 404],
    [486, 486],
    [603, 603],
  ])(
    'goes to a silent trunk once more without its place when no other one took it (%i)',
    async (refusal, heard) => {
      const { port, invites, close } = await silence();
      await trunks.add({ host: '127.0.0.2', port, outbound: OUT, priority: 1 });
      const carrier = await trunks.provider({ host: '127.0.0.3' });
      await trunks.add({ host: '127.0.0.3', port: carrier.port, outbound: OUT, priority: 2 });
      const result = outcome(call(await bench.phone('1001'), '112'));
      (await until('the call at the next trunk', () => carrier.invites[0])).reject(refusal);
      await until('a short INVITE', () => invites().some((head) => head?.includes('Content-Type: application/sdp')));
      // What was said of who is called still stands when nobody answers that one either.
      expect((await result).status).toBe(heard);
      close();
    },
    25_000,
  );
});

describe('any other call', () => {
  it('is one that an extension with the number of an emergency call sends on', async () => {
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.extension.updateMany({ where: { number: '1002' }, data: { number: '110' } }),
    );
    const { carrier, alice } = await line();
    const bob = await bench.phone('1002');
    const asked = call(alice, '110', { ...HEADERS, Privacy: 'id;user' });
    (await ringing(bob)).reject(302, { headers: { Contact: `<sip:01701234@${bench.organisation.domain}>` } });
    const { request } = await incoming(carrier);
    expect(request.uriText).toMatch(/^sip:01701234@/);
    expect([request.contentType, request.has('Geolocation')]).toEqual(['application/sdp', false]);
    asked.cancel();
    await outcome(asked);
  });

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
