import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, ringing, until } from '../testing/signalling-bench.js';
import { OUT, useTrunks } from '../testing/trunk-bench.js';

const PORT = 16_024;
const { bench, trunks } = useTrunks(PORT);

describe('a call in', () => {
  const inbound = [{ number: '+4930100', extension: '1002' }];

  it('is known by its source and goes to the extension of the number, with name and number', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound });
    const bob = await bench.phone('1002');
    const result = outcome(carrier.call('004930100', { from: '"Carol" <sip:+44201@provider.test>' }));
    const invite = await ringing(bob);
    expect(invite.request.from).toMatchObject({
      displayName: 'Carol',
      uri: `sip:+44201@${bench.organisation.domain}`,
    });
    const callee = invite.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    if (session === undefined || callee === undefined) throw new Error('Not answered');
    const over = ended(callee);
    void session.bye();
    await over;
    expect(await bench.endedRecord()).toMatchObject({ direction: 'inbound', fromNumber: '+44201', toNumber: '1002' });
  });

  it('to a GRUU rings the one phone that it names, and none where it names none', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound });
    const bob = await bench.phone('1002');
    const desk = await bench.phone('1002', { register: false });
    const instance = 'urn:uuid:00000000-0000-1000-8000-000A95A0E1FF';
    const contact = `<${desk.userAgent.contactUri('udp', 'me')}>;+sip.instance="<${instance}>"`;
    await desk.register({ headers: { Contact: contact, Supported: 'gruu' } });
    const call = (gr: string) =>
      outcome(
        carrier.userAgent.invite({
          target: `sip:1002@127.0.0.1:${PORT};gr=${gr}`,
          from: 'sip:+44201@provider.test',
          sdp: PHONE_SDP,
        }),
      );
    const first = call(instance);
    (await until('the call', () => desk.invites.pop())).reject(486);
    expect((await first).status).toBe(486);
    expect((await call('urn:uuid:00000000-0000-1000-8000-000000000000')).status).toBe(480);
    expect(bob.invites).toHaveLength(0);
  });

  it('says who it is by P-Asserted-Identity on a trusted trunk only', async () => {
    const carrier = await trunks.provider();
    const row = await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound });
    const bob = await bench.phone('1002');
    const call = () =>
      carrier.call('+4930100', {
        from: '<sip:anonymous@anonymous.invalid>',
        headers: { 'P-Asserted-Identity': '"Carol" <tel:+44201>', Privacy: 'id' },
      });
    const first = call();
    await ringing(bob);
    first.cancel();
    await outcome(first);
    expect(await bench.endedRecord()).toMatchObject({ fromNumber: '' });
    await trunks.change(row.id, { trusted: true });
    const second = call();
    const { request } = await until('the second call', () => bob.invites[1]);
    expect(request.from?.uri).toBe('sip:anonymous@anonymous.invalid');
    expect(Buffer.from(request.bytes).toString()).not.toContain('44201');
    second.cancel();
    await outcome(second);
    const record = await until('its record', async () => {
      const found = await bench.endedRecord();
      return found.fromNumber === '+44201' && found;
    });
    expect(record.fromName).toBe('Carol');
  });

  it('to a number that leads nowhere is 404, or goes where other numbers go', async () => {
    const carrier = await trunks.provider();
    const row = await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound });
    expect((await outcome(carrier.call('+4930199'))).status).toBe(404);
    await trunks.change(row.id, { defaultExtension: '1003' });
    const carol = await bench.phone('1003');
    const call = carrier.call('+4930199');
    await ringing(carol);
    call.cancel();
    await outcome(call);
  });

  it('never goes out again over a trunk', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: OUT, inbound });
    expect((await outcome(carrier.call('030123'))).status).toBe(404);
    expect(carrier.invites).toHaveLength(0);
  });

  it('from elsewhere is no call of the trunk: refused, or proven by its password', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound });
    const stranger = await trunks.provider({ host: '127.0.0.4' });
    expect((await outcome(stranger.call('+4930100'))).status).toBe(404);
    const { domain } = bench.organisation;
    await trunks.add({
      host: '127.0.0.5',
      inbound: [{ number: '+4930200', extension: '1002' }],
      username: 'acme',
      passwordSealed: 'secret',
      challenges: true,
    });
    const bob = await bench.phone('1002');
    expect((await outcome(stranger.call('+4930200'))).status).toBe(404);
    const at = (credentials: { username: string; password: string }) =>
      stranger.userAgent.invite({
        target: `sip:+4930200@${domain}`,
        route: [`sip:127.0.0.1:${PORT};lr`],
        from: 'sip:+44201@provider.test',
        sdp: PHONE_SDP,
        credentials,
      });
    expect((await outcome(at({ username: 'acme', password: 'wrong' }))).status).toBe(403);
    expect((await outcome(at({ username: 'nobody', password: 'secret' }))).status).toBe(403);
    const good = outcome(at({ username: 'acme', password: 'secret' }));
    (await ringing(bob)).accept({ sdp: PHONE_SDP });
    expect((await good).status).toBe(200);
  });

  it('over the limit is told to come back', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, inbound, maxCalls: 1 });
    const bob = await bench.phone('1002');
    const first = carrier.call('+4930100');
    await ringing(bob);
    expect((await outcome(carrier.call('+4930100'))).status).toBe(503);
    first.cancel();
    await outcome(first);
  });
});
