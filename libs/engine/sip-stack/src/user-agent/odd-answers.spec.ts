import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { DnsAnswer } from '../location/dns.js';
import { SipUserAgent } from './sip-user-agent.js';
import { ScriptedPeer, headerOf, tagOf } from '../testing/scripted-peer.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { ANSWER, SDP, answerCalls, call, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';

/** Alice calls a scripted peer. */
async function calling(
  options: { progress?: () => void } = {},
): Promise<{ bed: TestBed; peer: ScriptedPeer; lines: string[]; session: () => InviteSession | undefined }> {
  const bed = await openTestBed();
  const peer = await ScriptedPeer.asBob(bed);
  const lines: string[] = [];
  let session: InviteSession | undefined;
  bed.alice
    .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP })
    .on('progress', (response) => {
      lines.push(`progress ${response.status}`);
      options.progress?.();
    })
    .on('accepted', (accepted) => {
      lines.push('accepted');
      session = accepted.on('ended', (end) => lines.push(`ended ${end.kind}`));
    })
    .on('rejected', (failure) => lines.push(`rejected ${failure.status} ${failure.cause}`));
  await bed.clock.advance(20);
  return { bed, peer, lines, session: () => session };
}

/** A scripted reply with its Via changed. */
function replyWithVia(peer: ScriptedPeer, request: string, change: (via: string) => string): void {
  const via = /^Via: (.*)\r$/m.exec(request)?.[1] ?? '';
  peer.reply(request.replace(via, change(via)), 200, { tag: 'one', sdp: ANSWER });
}

describe('a response that is not ours', () => {
  it('names another sender in its Via (RFC 3261 §18.1.2): it is dropped', async () => {
    const { bed, peer, lines } = await calling();
    replyWithVia(peer, peer.last('INVITE'), (via) => via.replace('10.0.0.1:5060', '10.0.0.77:5060'));
    await bed.clock.advance(20);
    expect(lines).toEqual([]);
    replyWithVia(peer, peer.last('INVITE'), (via) => via);
    await bed.clock.advance(20);
    expect(lines).toEqual(['accepted']);
  });

  it('has more than one Via, in two lines or in one (§8.1.3.3): it is dropped', async () => {
    const { bed, peer, lines } = await calling();
    const other = 'SIP/2.0/UDP 10.0.0.99;branch=z9hG4bKother';
    replyWithVia(peer, peer.last('INVITE'), (via) => `${via}, ${other}`);
    replyWithVia(peer, peer.last('INVITE'), (via) => `${via}\r\nVia: ${other}`);
    await bed.clock.advance(20);
    expect(lines).toEqual([]);
    peer.reply(peer.last('INVITE'), 486);
    await bed.clock.advance(20);
    expect(lines).toEqual(['rejected 486 response']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a callee that answers without end', () => {
  it('with ever new To tags is answered so often only: nobody is made to send BYEs for a stranger', async () => {
    const { bed, peer, session } = await calling();
    for (let at = 0; at < 200; at++) peer.reply(peer.last('INVITE'), 200, { tag: `t${at}`, sdp: ANSWER });
    await bed.clock.advance(20);
    expect(bed.network.sent('ACK').length).toBeLessThanOrEqual(33);
    expect(bed.alice.stats().dialogs).toBeLessThanOrEqual(33);
    void session()?.bye();
    await bed.clock.advance(100_000);
    expect(await bed.leftovers()).toEqual({});
  });

  it('with ever new To tags while it rings may still accept', async () => {
    const { bed, peer, lines, session } = await calling();
    for (let at = 0; at < 50; at++) peer.reply(peer.last('INVITE'), 180, { tag: `t${at}` });
    peer.reply(peer.last('INVITE'), 200, { tag: 'last', sdp: ANSWER });
    await bed.clock.advance(20);
    expect(lines.at(-1)).toBe('accepted');
    expect(bed.alice.stats().dialogs).toBeLessThanOrEqual(33);
    void session()?.bye();
    await bed.clock.advance(100_000);
    expect(await bed.leftovers()).toEqual({});
  });

  it('with reliable 1xx, and no answer to their PRACKs, waits for those first', async () => {
    const { bed, peer } = await calling();
    for (let at = 1; at <= 100; at++) {
      peer.reply(peer.last('INVITE'), 183, { tag: 'one', headers: ['Require: 100rel', `RSeq: ${at}`] });
    }
    await bed.clock.advance(20);
    expect(bed.network.sent('PRACK').length).toBeLessThanOrEqual(8);
    peer.reply(peer.last('INVITE'), 486, { tag: 'one' });
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a handler that throws', () => {
  it('at a reliable 1xx does not keep its PRACK back', async () => {
    const { bed, peer, lines } = await calling({
      progress: () => {
        throw new Error('A handler');
      },
    });
    peer.reply(peer.last('INVITE'), 183, { tag: 'one', headers: ['Require: 100rel', 'RSeq: 7'] });
    await bed.clock.advance(20);
    expect(bed.network.sent('PRACK')).toHaveLength(1);
    peer.reply(peer.last('PRACK'), 200);
    peer.reply(peer.last('INVITE'), 486, { tag: 'one' });
    expect(await bed.leftovers()).toEqual({});
    expect(lines).toEqual(['progress 183', 'rejected 486 response']);
    expect(bed.errors).toHaveLength(1);
  });

  it('at the end of a call costs nothing else: not the BYE, not other timers', async () => {
    const bed = await openTestBed();
    const bob = answerCalls(bed, 10);
    const alice = call(bed);
    await bed.clock.advance(500);
    alice.session().on('ended', () => {
      throw new Error('A handler');
    });
    bob.sessions[0]?.on('ended', () => {
      throw new Error('Another');
    });
    expect(await Promise.all([alice.session().bye(), bed.clock.advance(100)])).toMatchObject([{ ok: true }, undefined]);
    bed.alice.invite({ target: 'sip:nobody@10.0.0.77', from: 'sip:alice@a.example', sdp: SDP }).on('rejected', () => {
      throw new Error('A third');
    });
    expect(await bed.leftovers()).toEqual({});
    expect(bed.errors).toHaveLength(3);
  });
});

describe('a call that is given up before it went out', () => {
  it('is not sent once its servers are found (RFC 3261 §9.1)', async () => {
    let found: ((answer: DnsAnswer<string>) => void) | undefined;
    const none = { kind: 'none' } as const;
    const bed = await openTestBed({
      agents: {
        dns: {
          naptr: () => Promise.resolve(none),
          srv: () => Promise.resolve(none),
          addresses: (_name, family) =>
            family === 6
              ? Promise.resolve(none)
              : new Promise((resolve) => {
                  found = resolve;
                }),
        },
      },
    });
    const lines: string[] = [];
    const invite = bed.alice
      .invite({ target: 'sip:bob@slow.example', from: 'sip:alice@a.example', sdp: SDP })
      .on('rejected', (failure) => lines.push(`rejected ${failure.status}`));
    await bed.clock.advance(100);
    invite.cancel();
    found?.({ kind: 'records', records: ['10.0.0.2'], ttlSeconds: 60 });
    await bed.clock.advance(100);
    expect(bed.network.sent('INVITE')).toEqual([]);
    expect(lines).toEqual(['rejected 487']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a 2xx over TCP', () => {
  it('that comes again on a new connection, because the ACK was lost with the old one, is acknowledged again', async () => {
    const bed = await openTestBed({ protocol: 'tcp' });
    const bob = answerCalls(bed, 100);
    const alice = call(bed);
    while (bed.network.sent('ACK').length === 0) await bed.clock.advance(1);
    bed.network.breakStreams();
    expect(bob.diary.lines).toEqual(['accepted']);
    await bed.clock.advance(5000);
    expect(bob.diary.lines).toEqual(['accepted', 'acknowledged']);
    expect(alice.diary.lines).toContain('accepted');
    void alice.session().bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('of a callee behind a proxy that does not stay in the dialog: the ACK goes to its Contact (§12.2.1.1)', async () => {
    const bed = await openTestBed({ protocol: 'tcp' });
    const { clock, network } = bed;
    const proxy = await SipUserAgent.open(
      { listen: [{ protocol: 'tcp', host: '10.0.0.9', port: 5060 }], clock, random: new SeededRandom(9) },
      network,
    );
    const targets = [{ uri: 'sip:bob@10.0.0.2;transport=tcp' }];
    proxy.on('route', (request) => request.proxy({ targets, recordRoute: false }));
    const bob = answerCalls(bed, 10);
    let session: InviteSession | undefined;
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.9;transport=tcp', from: 'sip:alice@a.example', sdp: SDP })
      .on('accepted', (accepted) => (session = accepted));
    await clock.advance(2000);
    expect(bob.diary.lines).toEqual(['accepted', 'acknowledged']);
    expect(network.sent('ACK').map(({ to }) => to)).toEqual(['10.0.0.2:5060']);
    expect(await Promise.all([session?.bye(), clock.advance(1000)])).toMatchObject([{ ok: true }, undefined]);
    await proxy.close();
  });
});

describe('a request to a sips URI', () => {
  it('is not sent in the clear, whatever it is (RFC 3261 §26.2.2)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    const flow = bed.alice.flow('udp:10.0.0.1:5060-10.0.0.2:5060');
    const from = 'sip:alice@a.example';
    const target = 'sips:bob@10.0.0.2';
    const failures: unknown[] = [];
    bed.alice
      .invite({ target, flow, from, contactUser: 'alice', sdp: SDP })
      .on('rejected', ({ cause }) => failures.push(cause));
    bed.alice.subscribe({ target, flow, from, event: 'dialog', retry: false });
    void bed.alice.request({ method: 'MESSAGE', target, flow, from }).then((outcome) => failures.push(outcome.ok));
    const registration = bed.alice.register({ address: 'sips:alice@10.0.0.2', flow, registrar: 'sips:10.0.0.2' });
    await bed.clock.advance(40_000);
    expect(failures).toEqual(['transport', false]);
    expect(peer.received).toEqual([]);
    void registration.close();
  });
});

describe('a Route set that we are given', () => {
  it('whose first one is a strict router is turned round (RFC 3261 §8.1.2, §12.2.1.1)', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    const route = ['sip:10.0.0.2;method=INVITE?a=b', 'sip:second.example;lr'];
    bed.alice.invite({ target: 'sip:bob@b.example', route, from: 'sip:alice@a.example', sdp: SDP });
    await bed.clock.advance(20);
    const invite = peer.last('INVITE');
    expect(invite.split('\r\n', 1)[0]).toBe('INVITE sip:10.0.0.2 SIP/2.0');
    expect(invite.match(/^Route: .*$/gm)?.map((line) => line.trim())).toEqual([
      'Route: <sip:second.example;lr>',
      'Route: <sip:bob@b.example>',
    ]);
    expect(headerOf(invite, 'To')).toBe('<sip:bob@b.example>');
  });
});

describe('news of a REFER that say nothing of their end', () => {
  it('are waited for as long as was asked, and no longer', async () => {
    const { bed, peer, session } = await calling();
    peer.reply(peer.last('INVITE'), 200, { tag: 'one', sdp: ANSWER });
    await bed.clock.advance(20);
    const ends: unknown[] = [];
    session()
      ?.refer({ referTo: 'sip:carol@c.example' })
      .on('ended', (end) => ends.push(end));
    await bed.clock.advance(20);
    const refer = peer.last('REFER');
    peer.reply(refer, 202);
    const ids = { callId: headerOf(refer, 'Call-ID') ?? '', localTag: 'one', remoteTag: tagOf(refer, 'From') ?? '' };
    const headers = ['Event: refer', 'Subscription-State: active', 'Content-Type: message/sipfrag'];
    peer.request('NOTIFY', { ...ids, sequence: 1 }, { headers, text: 'SIP/2.0 100 Trying\r\n' });
    await bed.clock.advance(1000);
    expect(ends).toEqual([]);
    void session()?.bye();
    await bed.clock.advance(200_000);
    expect(ends).toEqual([{ kind: 'unknown', lastStatus: 100 }]);
    expect(await bed.leftovers()).toEqual({});
    expect(bed.alice.stats().subscriptions).toBe(0);
  });
});

describe('a server that grants no time', () => {
  it.each(['PUBLISH', 'SUBSCRIBE', 'REGISTER'])('for a %s is not asked again without end', async (method) => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    peer.onMessage = (text) => {
      if (!text.startsWith(method)) return;
      peer.reply(text, 200, { tag: 'one', headers: ['Expires: 0', 'SIP-ETag: x'], contact: null });
    };
    const from = 'sip:alice@a.example';
    const target = 'sip:bob@10.0.0.2';
    if (method === 'PUBLISH')
      bed.alice.publish({ target, from, event: 'presence', contentType: 'text/plain', body: 'x' });
    else if (method === 'SUBSCRIBE') bed.alice.subscribe({ target, from, event: 'dialog' });
    else bed.alice.register({ address: from, registrar: target });
    await bed.clock.advance(20_000);
    expect(peer.got(method).length).toBeLessThanOrEqual(2);
  });
});
