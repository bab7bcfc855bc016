import { describe, expect, it } from 'vitest';
import type { IncomingSubscribe } from '../api/notifier-subscription.js';
import type { IncomingOffer, InviteSession } from '../api/invite-session.js';
import { ScriptedPeer, headerOf, tagOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';

interface Served {
  bed: TestBed;
  peer: ScriptedPeer;
  sessions: InviteSession[];
  lines: string[];
  /** Sends a request, gives back the first line of what came for it last. */
  ask: (...request: Parameters<ScriptedPeer['request']>) => Promise<string>;
}

/** A scripted peer that asks Bob, who takes everything. */
async function served(): Promise<Served> {
  const bed = await openTestBed();
  const peer = await ScriptedPeer.asAlice(bed);
  const sessions: InviteSession[] = [];
  const lines: string[] = [];
  bed.bob
    .on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) sessions.push(session.on('ended', (end) => lines.push(`ended ${end.kind}`)));
    })
    .on('subscribe', (subscribe: IncomingSubscribe) => void subscribe.accept().notify({}))
    .on('refer', (refer) => void refer.accept());
  return {
    bed,
    peer,
    sessions,
    lines,
    ask: async (...request) => {
      const before = peer.received.length;
      peer.request(...request);
      await bed.clock.advance(20);
      return (
        peer.received
          .slice(before)
          .find((text) => text.startsWith('SIP/2.0'))
          ?.split('\r\n', 1)[0] ?? 'silence'
      );
    },
  };
}

const alone = { callId: 'c1', localTag: 'peer', sequence: 1 } as const;

describe('a request that would make a dialog nobody can use', () => {
  it.each([
    ['INVITE', 'tel:+491234', []],
    ['INVITE', 'mailto:a@a.example', []],
    ['SUBSCRIBE', null, ['Event: dialog']],
    ['SUBSCRIBE', 'tel:+491234', ['Event: dialog']],
    ['REFER', null, ['Refer-To: <sip:c@c.example>']],
  ])('%s with Contact %s is refused with 400 (RFC 3261 §8.1.1.8, §12.1.1)', async (method, contact, headers) => {
    const { bed, peer, ask } = await served();
    expect(await ask(method, alone, { contact, headers, ...(method === 'INVITE' ? { sdp: SDP } : {}) })).toMatch(
      /^SIP\/2\.0 400 /,
    );
    if (method === 'INVITE') {
      const refused = peer.last('SIP/2.0 400');
      peer.request('ACK', { ...alone, remoteTag: tagOf(refused, 'To') ?? '' }, { branch: 'z9hG4bKpeer1' });
    }
    expect(await bed.leftovers()).toEqual({});
    expect(peer.got('NOTIFY')).toEqual([]);
  });
});

describe('a SUBSCRIBE', () => {
  it.each([[[]], [['Event: ']], [['Event: ;id=1']]])(
    'with Event %j is refused with 489 (RFC 6665 §8.2.1)',
    async (headers) => {
      const { ask } = await served();
      expect(await ask('SUBSCRIBE', alone, { headers })).toMatch(/^SIP\/2\.0 489 /);
    },
  );
});

describe('a body that must be understood (RFC 3261 §8.2.3, RFC 5621 §3)', () => {
  const parts = (handling: string): string =>
    [
      '--x',
      'Content-Type: application/sdp',
      '',
      SDP,
      '--x',
      'Content-Type: application/isup;version=nxv3',
      `Content-Disposition: signal;handling=${handling}`,
      '',
      'octets',
      '--x--',
      '',
    ].join('\r\n');
  const invite = (body: string, type: string): string =>
    [
      'INVITE sip:bob@10.0.0.2 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKbody',
      'From: <sip:a@a.example>;tag=a',
      'To: <sip:bob@10.0.0.2>',
      'Call-ID: body',
      'CSeq: 1 INVITE',
      'Contact: <sip:a@10.0.0.1>',
      `Content-Type: ${type}`,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');

  it.each([
    [parts('optional'), 'multipart/mixed;boundary=x', 200],
    [parts('required'), 'multipart/mixed;boundary=x', 415],
  ])('an INVITE with a part of an unknown type', async (body, type, status) => {
    const bed = await openTestBed();
    await bed.alice.close();
    const heard: string[] = [];
    const send = bed.network.attach('10.0.0.1', 5060, (text) => heard.push(text));
    bed.bob.on('invite', (incoming) => void incoming.accept({ sdp: ANSWER }));
    send(invite(body, type), '10.0.0.2:5060');
    await bed.clock.advance(20);
    expect(heard.at(-1)).toContain(`SIP/2.0 ${status} `);
    if (status === 415) expect(headerOf(heard.at(-1) ?? '', 'Accept')).toContain('application/sdp');
  });
});

describe('a request in a dialog', () => {
  async function talking(): Promise<Served & { ids: { callId: string; localTag: string; remoteTag: string } }> {
    const all = await served();
    const { bed, peer } = all;
    peer.request('INVITE', alone, { sdp: SDP });
    await bed.clock.advance(20);
    const ids = { callId: 'c1', localTag: 'peer', remoteTag: tagOf(peer.last('SIP/2.0 200'), 'To') ?? '' };
    peer.request('ACK', { ...ids, sequence: 1 });
    await bed.clock.advance(20);
    return { ...all, ids };
  }

  it('that nobody ever answers does not stop those after it, nor stay', async () => {
    const { bed, peer, sessions, ids, ask } = await talking();
    const offers: IncomingOffer[] = [];
    sessions[0]?.on('update', (offer) => offers.push(offer)).on('info', () => undefined);
    await ask('UPDATE', { ...ids, sequence: 2 }, { sdp: SDP });
    await ask('INFO', { ...ids, sequence: 3 });
    await bed.clock.advance(40_000);
    expect(bed.bob.stats().serverTransactions).toBe(0);
    sessions[0]?.on('update', (offer) => offer.accept({ sdp: ANSWER }));
    expect(await ask('UPDATE', { ...ids, sequence: 4 }, { sdp: SDP })).toBe('SIP/2.0 200 OK');
    expect(offers).toHaveLength(1);
    peer.request('BYE', { ...ids, sequence: 5 });
    expect(await bed.leftovers()).toEqual({});
  });

  it('out of a loose route keeps the URI headers of the Contact out of its Request-URI (§19.1.1)', async () => {
    const { bed, peer, sessions, ids, ask } = await talking();
    sessions[0]?.on('update', (offer) => offer.accept());
    await ask('UPDATE', { ...ids, sequence: 2 }, { contact: 'sip:peer@10.0.0.1:5060;method=INVITE?Subject=x' });
    void sessions[0]?.bye();
    await bed.clock.advance(20);
    expect(peer.last('BYE').split('\r\n', 1)[0]).toBe('BYE sip:peer@10.0.0.1:5060 SIP/2.0');
  });

  it.each([
    ['FROBNICATE', [], /^SIP\/2\.0 405 /],
    ['INFO', ['Info-Package: unknown'], /^SIP\/2\.0 469 /],
    ['PRACK', ['RAck: 1 1 INVITE'], /^SIP\/2\.0 481 /],
    ['PRACK', ['RAck: 99999999999999999999 1 INVITE'], /^SIP\/2\.0 481 /],
    ['PRACK', ['RAck: one 1 INVITE'], /^SIP\/2\.0 400 /],
    ['SUBSCRIBE', ['Event: refer'], /^SIP\/2\.0 403 /],
    ['REFER', ['Refer-To: <sip:a@a>', 'Refer-To: <sip:b@b>'], /^SIP\/2\.0 400 /],
    ['OPTIONS', ['Require: unheard-of'], /^SIP\/2\.0 420 /],
    ['INVITE', ['Require: unheard-of'], /^SIP\/2\.0 420 /],
    ['REGISTER', [], /^SIP\/2\.0 405 /],
  ])('%s %j → %s, and the call goes on', async (method, headers, status) => {
    const { bed, peer, lines, ids, ask } = await talking();
    expect(await ask(method, { ...ids, sequence: 2 }, { headers })).toMatch(status);
    expect(lines).toEqual([]);
    expect(await ask('BYE', { ...ids, sequence: 3 })).toBe('SIP/2.0 200 OK');
    expect(lines).toEqual(['ended bye']);
    if (method === 'INVITE') peer.request('ACK', { ...ids, sequence: 2 }, { branch: 'z9hG4bKpeer3' });
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('CANCEL', () => {
  it('gets a 200 with the To tag of the response to its INVITE (§9.2)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    bed.bob.on('invite', (invite) => void invite.progress(180));
    peer.request('INVITE', alone, { sdp: SDP, branch: 'z9hG4bKone' });
    await bed.clock.advance(20);
    peer.request('CANCEL', alone, { branch: 'z9hG4bKone' });
    await bed.clock.advance(20);
    const tag = tagOf(peer.last('SIP/2.0 180'), 'To');
    expect(tagOf(peer.last('SIP/2.0 200'), 'To')).toBe(tag);
    expect(tagOf(peer.last('SIP/2.0 487'), 'To')).toBe(tag);
    peer.request('ACK', { ...alone, remoteTag: tag ?? '' }, { branch: 'z9hG4bKone' });
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a CANCEL that comes too late', () => {
  it('ends nothing, and its 200 has the To tag of the answer (RFC 3261 §9.2)', async () => {
    const { bed, peer, ask, lines } = await served();
    await ask('INVITE', alone, { sdp: SDP, branch: 'z9hG4bKlate' });
    const tag = tagOf(peer.last('SIP/2.0 200'), 'To');
    expect(await ask('CANCEL', alone, { branch: 'z9hG4bKlate' })).toBe('SIP/2.0 200 OK');
    expect(headerOf(peer.last('SIP/2.0 200'), 'CSeq')).toBe('1 CANCEL');
    expect(tagOf(peer.last('SIP/2.0 200'), 'To')).toBe(tag);
    peer.request('ACK', { ...alone, remoteTag: tag ?? '' });
    await bed.clock.advance(1000);
    expect(lines).toEqual([]);
  });
});

describe('a body', () => {
  it.each([
    ['icon;handling=required', '415'],
    ['session;handling=required', '200'],
    ['icon;handling=optional', '200'],
    ['icon', '200'],
  ])('of an INVITE with Content-Disposition %s → %s (RFC 3261 §20.11)', async (disposition, status) => {
    const { ask } = await served();
    const headers = [`Content-Disposition: ${disposition}`];
    expect(await ask('INVITE', alone, { sdp: SDP, headers })).toContain(` ${status} `);
  });
});

describe('a 100', () => {
  it('carries the Timestamp of its request (§8.2.6.1)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    bed.bob.on('invite', () => undefined);
    peer.request('INVITE', alone, { sdp: SDP, headers: ['Timestamp: 54.25'] });
    await bed.clock.advance(300);
    expect(headerOf(peer.last('SIP/2.0 100'), 'Timestamp')).toMatch(/^54\.25( 0?\.\d+)?$/);
  });
});

describe('what the stack refuses by itself', () => {
  it.each([
    ['OPTIONS', {}, '200'],
    ['FROBNICATE', {}, '501'],
    ['MESSAGE', {}, '405'],
    ['BYE', { remoteTag: 'unknown' }, '481'],
    ['INVITE', { remoteTag: 'unknown' }, '481'],
    ['INVITE', {}, '400'],
    ['NOTIFY', {}, '481'],
    ['SUBSCRIBE', {}, '400'],
  ])(
    '%s %j → %s leaves nothing behind (RFC 3261 §8.2.7), and is the same when it comes again',
    async (method, to, status) => {
      const { bed, peer } = await served();
      const about = { contact: null, branch: 'z9hG4bKagain' };
      for (let at = 0; at < 2; at++) {
        peer.request(method, { ...alone, ...to }, about);
        await bed.clock.advance(1000);
        expect(bed.bob.stats()).toMatchObject({ serverTransactions: 0, dialogs: 0 });
      }
      const [first, second] = peer.got(`SIP/2.0 ${status}`);
      expect(second).toBe(first);
      expect(tagOf(first ?? '', 'To')).toBeDefined();
    },
  );
});

describe('a refusal without a memory of it', () => {
  it('is kept all the same once its INVITE has had a 100: nobody sends that again (RFC 3261 §17.1.1.2)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    bed.bob.on('invite', (invite) => {
      bed.clock.setTimeout(() => invite.reject(401, { once: true }), 300);
    });
    peer.request('INVITE', alone, { sdp: SDP });
    await bed.clock.advance(2000);
    expect(peer.got('SIP/2.0 100')).toHaveLength(1);
    expect(peer.got('SIP/2.0 401').length).toBeGreaterThan(1);
    const remoteTag = tagOf(peer.last('SIP/2.0 401'), 'To') ?? '';
    peer.request('ACK', { ...alone, remoteTag }, { branch: 'z9hG4bKpeer1' });
    expect(await bed.leftovers()).toEqual({});
  });
});
