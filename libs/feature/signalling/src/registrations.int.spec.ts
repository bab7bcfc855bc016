import { createSocket } from 'node:dgram';
import { parseContact, type SipResponse } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { BindingRecords } from './registrar/binding-records.js';
import type { Phone } from './testing/phone.js';
import { outcome, ringing, until, useSignalling } from './testing/signalling-bench.js';

const bench = useSignalling(15_700);

const INSTANCE = 'urn:uuid:00000000-0000-1000-8000-000A95A0E128';
/** A contact of the phone's own address, with these parameters. */
const contactOf = (phone: Phone, parameters: string, protocol: 'udp' | 'tcp' = 'udp') => ({
  Contact: `<${phone.userAgent.contactUri(protocol, 'me')}>${parameters}`,
});
const flow = (regId: number) => `;+sip.instance="<${INSTANCE}>";reg-id=${regId}`;
const parameter = (response: SipResponse | undefined, name: string, at = 0): string | undefined => {
  const contact = parseContact(response?.values('Contact')[at] ?? '');
  return contact === undefined || contact.wildcard ? undefined : contact.parameters.get(name);
};

/** What the organisation decides about registrations. */
async function decide(registration: Record<string, string | number | string[]>): Promise<void> {
  const { organisationId } = bench.organisation;
  await bench.database.database.forOrganisation(organisationId, (tx) =>
    tx.organisation.update({ where: { id: organisationId }, data: { settings: { ringSeconds: 5, registration } } }),
  );
  bench.bus.publish('directory.changed', { organisationId });
  await bench.bus.settled();
}

/** What we are for calls between its phones. */
async function choose(sipRole: 'b2bua' | 'proxy'): Promise<void> {
  const { organisationId } = bench.organisation;
  await bench.database.database.forOrganisation(organisationId, (tx) =>
    tx.organisation.update({ where: { id: organisationId }, data: { settings: { ringSeconds: 5, sipRole } } }),
  );
  bench.bus.publish('directory.changed', { organisationId });
  await bench.bus.settled();
}

describe('a registration', () => {
  it('is answered with every contact, its q, time and parameters, and by policy', async () => {
    await decide({ serviceRoute: ['sip:edge.example.org;lr'], minimumSeconds: 60, unaskedPath: 'refuse' });
    const phone = await bench.phone('1001', { register: false });
    const two = '<sip:me@127.0.0.1:9>;q=0.3;methods="INVITE", <sip:me@127.0.0.1:10>;expires=90';
    const { response } = await phone.register({ headers: { Contact: two, Expires: '600' } });
    expect(response?.values('Contact')).toEqual([
      '<sip:me@127.0.0.1:9>;methods="INVITE";expires=600;q=0.3',
      '<sip:me@127.0.0.1:10>;expires=90',
    ]);
    expect(response?.header('Service-Route')).toBe('<sip:edge.example.org;lr>');
    expect(response?.header('Date')).toMatch(/GMT$/);
    // One of them cannot be granted: none is.
    const short = await phone.register({ headers: { Contact: '<sip:me@127.0.0.1:11>, <sip:me@h>;expires=9' } });
    expect([short.status, short.response?.header('Min-Expires')]).toEqual([423, '60']);
    const fetched = await phone.register({ headers: { Contact: [], Expires: [] } });
    expect(fetched.response?.values('Contact')).toHaveLength(2);
    const unasked = await phone.register({ headers: { Path: '<sip:p.example.org;lr>' } });
    expect([unasked.status, unasked.response?.header('Unsupported')]).toEqual([420, 'path']);
    const gone = await phone.register({ headers: { Contact: '*', Expires: '0' } });
    expect([gone.status, gone.response?.values('Contact')]).toEqual([200, []]);
  });

  it('that is repeated gets its answer again, and a recorded one is not taken', async () => {
    const phone = await bench.phone('1001', { register: false });
    const relay = await socketWithAnswers();
    const stranger = await socketWithAnswers();
    let sent = Buffer.alloc(0);
    let client = 0;
    relay.socket.on('message', (bytes, from) => {
      const isAnswer = bytes.toString().startsWith('SIP/2.0');
      if (!isAnswer) [sent, client] = [Buffer.from(bytes), from.port];
      relay.socket.send(bytes, isAnswer ? client : 15_700, '127.0.0.1');
    });
    const route = `sip:127.0.0.1:${relay.socket.address().port};lr`;
    expect((await phone.register({ route })).status).toBe(200);
    relay.answers.length = 0;
    relay.socket.send(sent, 15_700, '127.0.0.1');
    stranger.socket.send(sent, 15_700, '127.0.0.1');
    await until('both answers', () => relay.answers.length + stranger.answers.length === 2);
    expect([relay.answers, stranger.answers].flat().map((text) => text.slice(8, 11))).toEqual(['200', '401']);
    relay.socket.close();
    stranger.socket.close();
  });

  it('goes by the proxies of its Path, and answers with them', async () => {
    const bob = await bench.phone('1002', { register: false });
    const alice = await bench.phone('1001');
    const edge = `<${bob.userAgent.contactUri('udp', 'edge')};lr>`;
    const headers = { Contact: '<sip:bob@192.0.2.9:5060>', Path: edge, Supported: 'path' };
    expect((await bob.register({ headers })).response?.header('Path')).toBe(edge);
    void alice.call('1002');
    const invite = await ringing(bob);
    expect(invite.request.uriText).toBe('sip:bob@192.0.2.9:5060');
    expect(invite.request.header('Route')).toBe(edge);
  });
});

/** A UDP socket, and the responses that came to it. */
async function socketWithAnswers() {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => {
    socket.bind(0, '127.0.0.1', bound);
  });
  const answers: string[] = [];
  socket.on('message', (bytes) => {
    if (bytes.toString().startsWith('SIP/2.0')) answers.push(bytes.toString());
  });
  return { socket, answers };
}

describe('Outbound (RFC 5626)', () => {
  it('keeps the flows of a phone apart, rings it once, and goes on over the next flow', async () => {
    const alice = await bench.phone('1001');
    const first = await bench.phone('1002', { register: false });
    const second = await bench.phone('1002', { register: false, protocol: 'tcp' });
    const supported = { Supported: 'outbound, path' };
    const one = await first.register({ headers: { ...contactOf(first, flow(1)), ...supported } });
    expect(one.response?.header('Require')).toBe('outbound');
    expect(Number(one.response?.header('Flow-Timer'))).toBeGreaterThan(0);
    const two = await second.register({ headers: { ...contactOf(second, flow(2), 'tcp'), ...supported } });
    expect([0, 1].map((at) => parameter(two.response, 'reg-id', at))).toEqual(['1', '2']);
    // The newest flow of the one phone.
    const call = alice.call('1002');
    await ringing(second);
    expect(first.invites).toHaveLength(0);
    call.cancel();
    // Its flow breaks: known at once, and the other one is taken.
    await second.userAgent.close();
    await until('the removal', () => bench.events.includes('registration.removed'));
    void alice.call('1002');
    await ringing(first);
    // The same flow again takes the place of what it was, wherever it comes from.
    const third = await bench.phone('1002', { register: false });
    const again = await third.register({ headers: { ...contactOf(third, flow(1)), ...supported } });
    expect(again.response?.values('Contact')).toHaveLength(1);
  });

  it('is spoken of only where a contact of the request names a flow (§6)', async () => {
    const phone = await bench.phone('1002', { register: false });
    const supported = { Supported: 'outbound, path' };
    const asked = async (headers: Record<string, string | string[]>) => {
      const { response } = await phone.register({ headers: { ...headers, ...supported } });
      return [response?.header('Require'), response?.has('Flow-Timer')];
    };
    const plain = { Contact: '<sip:me@127.0.0.1:9>' };
    expect(await asked(contactOf(phone, flow(1)))).toEqual(['outbound', true]);
    expect(await asked(plain)).toEqual([undefined, false]);
    // Once more: a refresh is answered from memory.
    expect(await asked(plain)).toEqual([undefined, false]);
    expect(await asked(contactOf(phone, flow(1)))).toEqual(['outbound', true]);
    expect(await asked({ Contact: [], Expires: [] })).toEqual([undefined, false]);
    expect(await asked(contactOf(phone, `${flow(1)};expires=0`))).toEqual(['outbound', true]);
  });

  it('tries the next flow when a proxy says that one has failed (430)', async () => {
    const alice = await bench.phone('1001');
    const [edge, phone] = [
      await bench.phone('1002', { register: false }),
      await bench.phone('1002', { register: false }),
    ];
    const supported = { Supported: 'outbound, path' };
    await phone.register({ headers: { ...contactOf(phone, flow(1)), ...supported } });
    const path = { Path: `<${edge.userAgent.contactUri('udp', 'edge')};lr;ob>` };
    const headers = { Contact: `<sip:me@192.0.2.1>${flow(2)}`, ...supported, ...path };
    expect((await phone.register({ headers })).response?.values('Contact')).toHaveLength(2);
    const result = outcome(alice.call('1002'));
    (await ringing(edge)).reject(430);
    (await ringing(phone)).reject(486);
    expect((await result).status).toBe(486);
    await until('the removal', () => bench.events.includes('registration.removed'));
  });

  it('refuses what its first hop does not know (439)', async () => {
    const phone = await bench.phone('1002', { register: false });
    const headers = { ...contactOf(phone, flow(1)), Supported: 'outbound, path', Path: '<sip:old.example.org;lr>' };
    expect((await phone.register({ headers })).status).toBe(439);
  });
});

describe('GRUUs (RFC 5627)', () => {
  it('lead to the one phone, for as long as they are valid', async () => {
    const alice = await bench.phone('1001');
    const other = await bench.phone('1002');
    const bob = await bench.phone('1002', { register: false });
    const headers = { ...contactOf(bob, `;+sip.instance="<${INSTANCE}>"`), Supported: 'gruu' };
    const { response } = await bob.register({ headers });
    const own = response?.values('Contact').findIndex((value) => value.includes(INSTANCE)) ?? 0;
    const [pub, temp] = ['pub-gruu', 'temp-gruu'].map((name) => parameter(response, name, own) ?? '');
    expect(pub).toBe(`sip:1002@${bench.organisation.domain};gr=${INSTANCE}`);
    expect(temp).toMatch(/^sip:tgruu\.[\w-]{36}@.*;gr$/);
    for (const gruu of [pub, temp]) {
      const call = outcome(alice.callUri(gruu ?? ''));
      (await until('the call', () => bob.invites.pop())).reject(486);
      expect((await call).status).toBe(486);
    }
    expect(other.invites).toHaveLength(0);

    // Passed on or redirected, a call goes to the one phone all the same.
    await choose('proxy');
    for (const gruu of [pub, temp]) {
      const call = outcome(alice.callUri(gruu ?? ''));
      const invite = await until('the call', () => bob.invites.pop());
      expect(invite.request.has('Record-Route')).toBe(true);
      invite.reject(486);
      expect((await call).status).toBe(486);
    }
    expect((await outcome(alice.callUri(`sip:tgruu.${'A'.repeat(36)}@${bench.organisation.domain};gr`))).status).toBe(
      404,
    );
    await choose('b2bua');
    expect(other.invites).toHaveLength(0);

    // A new Call-ID: the phone has started anew, and what it was called by before is over.
    const later = await bob.register({ headers });
    expect((await outcome(alice.callUri(temp ?? ''))).status).toBe(404);
    const newer = parameter(later.response, 'temp-gruu', own) ?? '';
    await bench.running.close();
    bench.running = await bench.start();
    void alice.callUri(newer);
    await until('a call by a GRUU from before the restart', () => bob.invites.pop());
    const end = { Contact: `${headers.Contact};expires=0` };
    expect((await bob.register({ headers: end })).status).toBe(200);
    expect((await outcome(alice.callUri(newer))).status).toBe(404);
    expect((await outcome(alice.callUri(pub ?? ''))).status).toBe(480);
  });
});

describe('watching registrations (RFC 3680)', () => {
  it('tells a user of their own phones, all at first and then what changes, and nobody else', async () => {
    const alice = await bench.phone('1001');
    expect((await alice.subscribe('reg')).status).toBe(200);
    const document = await until('the full state', () => alice.notified.find((body) => body.includes('reginfo')));
    expect(document).toContain('state="full"');
    expect(document).toContain(`aor="sip:1001@${bench.organisation.domain}"`);
    expect(document).toContain('event="registered"');
    expect((await alice.subscribe('reg', '1002')).status).toBe(403);
  });
});

describe('a phone that goes', () => {
  it('is known to be gone within seconds, behind a NAT too', { timeout: 30_000 }, async () => {
    await decide({ pingSeconds: 1 });
    const bob = await bench.phone('1002', { register: false });
    expect((await bob.register({ headers: { Contact: '<sip:bob@192.168.1.7:5060>' } })).status).toBe(200);
    await new Promise((settle) => setTimeout(settle, 3_000));
    expect(bench.events).not.toContain('registration.removed');
    await bob.userAgent.close();
    const gone = () => bench.events.includes('registration.removed');
    await until('the removal', gone)
      .catch(() => until('the removal', gone))
      .catch(() => until('the removal', gone));
  });

  it('and comes back after a kill has lost no refresh that was answered', async () => {
    const alice = await bench.phone('1001');
    await alice.register({ expires: 360 });
    // What the next process would read now, without a good-bye of this one.
    const [read] = await new BindingRecords(bench.database.database).readLive(Date.now());
    expect((read?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(360_000 - 5_000);
  });
});
