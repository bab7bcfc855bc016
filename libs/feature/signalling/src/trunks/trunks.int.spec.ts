import { CallId, newId, OrganisationId, TrunkId } from '@carillon/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { Provider, type ProviderOptions } from '../testing/provider.js';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const PORT = 16_020;
const bench = useSignalling(PORT);
const providers: Provider[] = [];
const OUT = [{ pattern: '0.', strip: 1, prepend: '+49' }];

afterEach(async () => {
  await bench.database.database.asSystem('the next test starts without trunks', (tx) => tx.trunk.deleteMany());
  await Promise.all(providers.splice(0).map((one) => one.userAgent.close({ graceMilliseconds: 50 })));
});

async function provider(options: Partial<ProviderOptions> = {}): Promise<Provider> {
  const one = await Provider.start({ host: '127.0.0.2', serverPort: PORT, ...options });
  providers.push(one);
  return one;
}

interface TrunkData {
  readonly host: string;
  readonly port?: number;
  readonly transport?: string;
  readonly username?: string;
  readonly passwordSealed?: string;
  readonly registers?: boolean;
  readonly challenges?: boolean;
  readonly trusted?: boolean;
  readonly maxCalls?: number;
  readonly outbound?: { pattern: string; strip: number; prepend: string }[];
  readonly inbound?: { number: string; extension: string }[];
  readonly callerNumber?: string;
  readonly callerIdentity?: string;
  readonly priority?: number;
  readonly mediaEncryption?: string;
  readonly keysInClear?: boolean;
}

/** Adds a trunk and waits until it is in use. */
async function trunk(data: TrunkData) {
  const { organisationId } = bench.organisation;
  const row = await bench.database.database.forOrganisation(organisationId, (tx) =>
    tx.trunk.create({ data: { organisationId, name: `Trunk ${Math.random()}`, ...data } }),
  );
  bench.bus.publish('directory.changed', { organisationId });
  await until('the trunk', async () => (await states()).some(({ trunkId }) => trunkId === row.id));
  return row;
}

async function states() {
  const { organisationId } = bench.organisation;
  const answer = await bench.bus.call('trunk.list-states', { organisationId });
  return answer.ok ? answer.states : [];
}

const incoming = (one: Provider) => until('a call at the provider', () => one.invites.at(-1));

describe('a call out', () => {
  it('answers the 407 of the provider, shows a number of ours, and is an outbound call', async () => {
    const carrier = await provider({ credentials: { username: 'acme', password: 'secret' } });
    await trunk({
      host: '127.0.0.2',
      port: carrier.port,
      username: 'acme',
      passwordSealed: 'secret',
      outbound: OUT,
      inbound: [{ number: '+4930100', extension: '1001' }],
      callerNumber: '+49301',
      callerIdentity: 'user',
    });
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    const invite = await incoming(carrier);
    expect(invite.request.uriText).toMatch(/^sip:\+4930123@127\.0\.0\.2:/);
    expect(invite.request.from?.uri).toBe('sip:+4930100@127.0.0.2');
    expect(Buffer.from(invite.request.bytes).toString()).not.toContain(bench.organisation.domain);
    invite.progress(180);
    const session = invite.accept({ sdp: PHONE_SDP });
    const { status, session: caller } = await result;
    if (caller === undefined || session === undefined) throw new Error(`Not answered: ${status}`);
    const over = ended(caller);
    void session.bye();
    await over;
    expect(await bench.endedRecord()).toMatchObject({
      direction: 'outbound',
      toKind: 'external',
      toNumber: '030123',
      fromNumber: '1001',
      outcome: 'answered',
    });
  });

  it('goes to the next trunk where the first is silent or overloaded, and is told what the called party says', async () => {
    const broken = await provider();
    const good = await provider({ host: '127.0.0.3' });
    await trunk({ host: '127.0.0.2', port: broken.port, outbound: OUT, priority: 1 });
    await trunk({ host: '127.0.0.3', port: good.port, outbound: OUT, priority: 2 });
    const alice = await bench.phone('1001');
    const first = outcome(alice.call('030123'));
    (await incoming(broken)).reject(503);
    (await incoming(good)).reject(486);
    expect((await first).status).toBe(486);
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'busy', sipStatus: 486 });
    const second = outcome(alice.call('030124'));
    await until('the second call', () => broken.invites.length === 2);
    broken.invites[1]?.reject(404);
    expect((await second).status).toBe(404);
    expect(good.invites).toHaveLength(1);
  });

  it('is passed over to the next trunk where nothing answers within seconds', async () => {
    const silent = await provider();
    await trunk({ host: '127.0.0.2', port: silent.port, outbound: OUT, priority: 1 });
    const good = await provider({ host: '127.0.0.3' });
    await trunk({ host: '127.0.0.3', port: good.port, outbound: OUT, priority: 2 });
    await silent.userAgent.close();
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    (await until('a call at the second', () => good.invites.at(-1))).accept({ sdp: PHONE_SDP });
    expect((await result).status).toBe(200);
  }, 20_000);

  it('over the limit of all trunks is refused', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, outbound: OUT, maxCalls: 1 });
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const first = alice.call('030123');
    (await incoming(carrier)).progress(180);
    expect((await outcome(bob.call('030124'))).status).toBe(503);
    first.cancel();
    expect((await outcome(first)).status).toBe(487);
    await until('the line to be free', async () => (await states())[0]?.calls === 0);
    void bob.call('030124');
    await until('the next call', () => carrier.invites.length === 2);
  });

  it('keeps who calls from a peer that is not trusted, and gives it to one that is', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, outbound: OUT, callerNumber: '+49301' });
    const alice = await bench.phone('1001');
    const hidden = alice.call('030123', PHONE_SDP, { headers: { Privacy: 'id' } });
    const { request } = await incoming(carrier);
    expect([request.has('P-Asserted-Identity'), request.from?.uri]).toEqual([false, 'sip:anonymous@anonymous.invalid']);
    hidden.cancel();
    await outcome(hidden);
    const friend = await provider({ host: '127.0.0.3' });
    const friendly = [{ pattern: '9.', strip: 0, prepend: '' }];
    await trunk({ host: '127.0.0.3', port: friend.port, outbound: friendly, callerNumber: '+49301', trusted: true });
    const known = alice.call('9123', PHONE_SDP, { headers: { Privacy: 'id' } });
    const asserted = (await incoming(friend)).request;
    expect(asserted.header('P-Asserted-Identity')).toBe('"User 1001" <sip:+49301@127.0.0.3>');
    expect([asserted.header('Privacy'), asserted.from?.uri]).toEqual(['id', 'sip:anonymous@anonymous.invalid']);
    known.cancel();
    await outcome(known);
  });
});

describe('a call in', () => {
  const inbound = [{ number: '+4930100', extension: '1002' }];

  it('is known by its source and goes to the extension of the number, with name and number', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, inbound });
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
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, inbound });
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
    const carrier = await provider();
    const row = await trunk({ host: '127.0.0.2', port: carrier.port, inbound });
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
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.trunk.update({ where: { id: row.id }, data: { trusted: true } }),
    );
    bench.bus.publish('directory.changed', { organisationId });
    await bench.bus.settled();
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
    const carrier = await provider();
    const row = await trunk({ host: '127.0.0.2', port: carrier.port, inbound });
    expect((await outcome(carrier.call('+4930199'))).status).toBe(404);
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.trunk.update({ where: { id: row.id }, data: { defaultExtension: '1003' } }),
    );
    bench.bus.publish('directory.changed', { organisationId });
    await bench.bus.settled();
    const carol = await bench.phone('1003');
    const call = carrier.call('+4930199');
    await ringing(carol);
    call.cancel();
    await outcome(call);
  });

  it('never goes out again over a trunk', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, outbound: OUT, inbound });
    expect((await outcome(carrier.call('030123'))).status).toBe(404);
    expect(carrier.invites).toHaveLength(0);
  });

  it('from elsewhere is no call of the trunk: refused, or proven by its password', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, inbound });
    const stranger = await provider({ host: '127.0.0.4' });
    expect((await outcome(stranger.call('+4930100'))).status).toBe(404);
    const { domain } = bench.organisation;
    await trunk({
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
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, inbound, maxCalls: 1 });
    const bob = await bench.phone('1002');
    const first = carrier.call('+4930100');
    await ringing(bob);
    expect((await outcome(carrier.call('+4930100'))).status).toBe(503);
    first.cancel();
    await outcome(first);
  });
});

describe('encrypted sound', () => {
  const inbound = [{ number: '+4930100', extension: '1002' }];
  const encrypted = (mediaEncryption: string, port: number) =>
    trunk({ host: '127.0.0.2', port, outbound: OUT, inbound, mediaEncryption, keysInClear: true });
  const answerTo = (offer: string | undefined, change: (sdp: string) => string = (sdp) => sdp): string =>
    change(`${PHONE_SDP.replace('RTP/AVP', /RTP\/\S+/.exec(offer ?? '')?.[0] ?? 'RTP/AVP')}`);
  const KEY = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'B'.repeat(40)}\r\n`;
  const offered = () => bench.media.encryptions.splice(0);
  const remarked = (text: string) =>
    until(`the remark ${text}`, async () => {
      const { organisationId } = bench.organisation;
      const { id } = await bench.endedRecord();
      const answer = await bench.bus.call('ladder.read', { organisationId, callId: CallId.parse(id) });
      return answer.ok && JSON.stringify(answer).includes(text);
    });

  it('where it can: SRTP is asked for, then keys that may be left, after 488', async () => {
    const carrier = await provider();
    await encrypted('srtp-optional', carrier.port);
    const alice = await bench.phone('1001');
    offered();
    const result = outcome(alice.call('030123'));
    (await incoming(carrier)).reject(488);
    const again = await until('the second offer', () => carrier.invites[1]);
    expect(again.offer).toMatch(/m=audio \d+ RTP\/AVP [^]*a=crypto:1 /);
    again.accept({ sdp: answerTo(again.offer) });
    expect((await result).status).toBe(200);
    expect(offered()).toEqual(['srtp', 'srtp-optional']);
  });

  it.each([
    ['without key', (sdp: string) => sdp],
    ['with a suite of its own', (sdp: string) => sdp + KEY.replace('AES_CM_128_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_80')],
    ['in the clear', (sdp: string) => sdp.replace('RTP/SAVP', 'RTP/AVP')],
  ])('an answer %s is none: BYE with its reason, and the next offer', async (_what, change) => {
    const carrier = await provider();
    await encrypted('srtp-optional', carrier.port);
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    const invite = await incoming(carrier);
    const session = invite.accept({ sdp: answerTo(invite.offer, change) });
    if (session === undefined) throw new Error('Not accepted');
    const over = ended(session);
    expect((await over).reasons[0]).toMatchObject({ protocol: 'SIP', cause: 488 });
    const again = await until('the second offer', () => carrier.invites[1]);
    again.accept({ sdp: answerTo(again.offer) });
    const { status, session: caller } = await result;
    expect(status).toBe(200);
    if (caller !== undefined) await caller.bye();
    await remarked('asked again with SRTP where it can');
  });

  it('always: neither goes out nor comes in in the clear', async () => {
    const carrier = await provider();
    await encrypted('srtp', carrier.port);
    const alice = await bench.phone('1001');
    offered();
    const result = outcome(alice.call('030123'));
    (await incoming(carrier)).reject(488);
    expect((await result).status).toBe(488);
    expect([carrier.invites.length, offered()]).toEqual([1, ['srtp']]);
    const bob = await bench.phone('1002');
    const refused = await outcome(carrier.call('+4930100'));
    expect([refused.status, refused.response?.header('Warning')]).toEqual([488, expect.stringContaining('302 ')]);
    expect(bob.invites).toHaveLength(0);
    await remarked('No sound can be agreed: In the clear.');
  });

  it('always: who brings keys where others read them is refused, with its reason', async () => {
    const carrier = await provider();
    await trunk({ host: '127.0.0.2', port: carrier.port, transport: 'tls', inbound, mediaEncryption: 'srtp' });
    const refused = await outcome(carrier.call('+4930100'));
    expect([refused.status, refused.response?.header('Warning')]).toEqual([488, expect.stringContaining('over UDP')]);
  });

  it('is offered to a call without offer as well', async () => {
    const carrier = await provider();
    await encrypted('srtp', carrier.port);
    const bob = await bench.phone('1002');
    offered();
    const call = carrier.userAgent.invite({
      target: `sip:+4930100@127.0.0.1:${PORT}`,
      from: 'sip:+44201@provider.test',
    });
    await ringing(bob);
    expect(offered()).toContain('srtp');
    call.cancel();
    await outcome(call);
  });
});

describe('a trunk', () => {
  it('registers, is found reachable, and lets go when it is switched off', async () => {
    const carrier = await provider({ credentials: { username: 'acme', password: 'secret' } });
    const row = await trunk({
      host: '127.0.0.2',
      port: carrier.port,
      username: 'acme',
      passwordSealed: 'secret',
      registers: true,
    });
    await until('the registration', async () => (await states())[0]?.registration === 'registered');
    await until('its being reachable', async () => (await states())[0]?.reachable === 'yes');
    expect(carrier.registered[0]?.to?.uri).toBe('sip:acme@127.0.0.2');
    const { organisationId } = bench.organisation;
    await bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.trunk.update({ where: { id: row.id }, data: { enabled: false } }),
    );
    bench.bus.publish('directory.changed', { organisationId });
    await until('the end of the registration', () => carrier.registered.length === 2);
    expect(carrier.registered[1]?.header('Expires') ?? carrier.registered[1]?.header('Contact')).toMatch(/0$/);
    expect(await states()).toEqual([]);
  });

  it('with a wrong password says so', async () => {
    const carrier = await provider({ credentials: { username: 'acme', password: 'secret' } });
    await trunk({ host: '127.0.0.2', port: carrier.port, username: 'acme', passwordSealed: 'wrong', registers: true });
    const failed = await until('the failure', async () => {
      const [state] = await states();
      return state?.registration === 'failed' && state;
    });
    expect(failed.problem).toMatch(/^401 /);
  });

  it('is asked at the press of a button, by its own organisation alone', async () => {
    const carrier = await provider();
    const row = await trunk({ host: '127.0.0.2', port: carrier.port });
    const { organisationId } = bench.organisation;
    const trunkId = TrunkId.parse(row.id);
    const answer = await bench.bus.call('trunk.test', { organisationId, trunkId });
    expect(answer).toMatchObject({ ok: true, reachable: true, status: 200 });
    const stranger = newId(OrganisationId);
    expect(await bench.bus.call('trunk.test', { organisationId: stranger, trunkId })).toMatchObject({ ok: false });
  });
});
