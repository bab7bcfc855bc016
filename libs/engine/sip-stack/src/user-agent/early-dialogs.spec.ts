import { describe, expect, it } from 'vitest';
import { calling } from '../testing/ringing-branches.js';
import { ScriptedPeer, headerOf, tagOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';

describe('the branches of a forked INVITE (RFC 3261 §13.2.2)', () => {
  it('have an early dialog each, with its own target, route and description', async () => {
    const { bed, peer, invite, lines, early } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 183, {
      tag: 'one',
      sdp: ANSWER,
      contact: 'sip:one@10.0.0.2',
      headers: ['Record-Route: <sip:10.0.0.2:5060;lr;p=1>'],
    });
    peer.reply(request, 180, { tag: 'two', contact: 'sip:two@10.0.0.2' });
    await bed.clock.advance(50);
    expect(lines).toEqual(['183 one preview', '180 two']);
    expect(early.get('one')?.remoteTarget).toBe('sip:one@10.0.0.2');
    expect(early.get('two')?.remoteTarget).toBe('sip:two@10.0.0.2');
    expect(invite.earlyDialogs.map(({ id, state }) => [id.remoteTag, state])).toEqual([
      ['one', 'early'],
      ['two', 'early'],
    ]);
    expect(bed.alice.findDialog(invite.callId, invite.localTag, 'two')).toBe(early.get('two'));
    expect(bed.alice.findDialog(invite.callId, invite.localTag, 'two')?.invite).toBe(invite);
    expect(bed.alice.findSession(invite.callId, invite.localTag, 'two')).toBeUndefined();
    void early.get('one')?.info({ contentType: 'text/plain', body: 'x' });
    await bed.clock.advance(50);
    const info = peer.last('INFO');
    expect(info.split('\r\n')[0]).toBe('INFO sip:one@10.0.0.2 SIP/2.0');
    expect(headerOf(info, 'Route')).toBe('<sip:10.0.0.2:5060;lr;p=1>');
    peer.reply(info, 200);
    invite.cancel();
    await bed.clock.advance(50);
    peer.reply(peer.last('CANCEL'), 200);
    peer.reply(request, 487, { tag: 'one' });
    expect(await bed.leftovers()).toEqual({});
  });

  it('end with the final failure (§12.3), which nothing can undo', async () => {
    const { bed, peer, lines } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 180, { tag: 'one' });
    peer.reply(request, 180, { tag: 'two' });
    await bed.clock.advance(50);
    peer.reply(request, 486, { tag: 'two' });
    await bed.clock.advance(50);
    peer.reply(request, 180, { tag: 'three' });
    await bed.clock.advance(50);
    expect(lines).toEqual([
      '180 one',
      '180 two',
      'one ended not-accepted by remote',
      'two ended not-accepted by remote',
      'rejected 486',
    ]);
    expect(await bed.leftovers()).toEqual({});
  });

  it('may answer one after the other: the first counts, later ones are ACKed and ended', async () => {
    const { bed, peer, lines, accepted } = await calling();
    const request = peer.last('INVITE');
    for (const tag of ['one', 'two', 'three']) peer.reply(request, 180, { tag });
    peer.reply(request, 200, { tag: 'two', sdp: ANSWER });
    await bed.clock.advance(50);
    peer.reply(request, 200, { tag: 'one', sdp: ANSWER });
    await bed.clock.advance(50);
    expect(lines.slice(3)).toEqual(['accepted two', 'one ended bye by local']);
    expect(peer.got('ACK').map((ack) => tagOf(ack, 'To'))).toEqual(['two', 'one']);
    const bye = peer.last('BYE');
    expect(tagOf(bye, 'To')).toBe('one');
    expect(headerOf(bye, 'Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    peer.reply(bye, 200);
    // §13.2.2.4: branch three has 64*T1 to answer, then its early dialog is over.
    await bed.clock.advance(31_000);
    expect(lines).not.toContain('three ended not-accepted by remote');
    await bed.clock.advance(2000);
    expect(lines).toContain('three ended not-accepted by remote');
    peer.reply(request, 200, { tag: 'two', sdp: ANSWER });
    void accepted().bye();
    await bed.clock.advance(50);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('are all handed over to who asks for them', async () => {
    const { bed, peer, lines } = await calling({ forked: true });
    const request = peer.last('INVITE');
    peer.reply(request, 200, { tag: 'one', sdp: ANSWER });
    peer.reply(request, 200, { tag: 'two', sdp: ANSWER });
    await bed.clock.advance(50);
    expect(lines).toEqual(['accepted one', 'forked two']);
    expect(peer.got('BYE')).toEqual([]);
    void bed.alice.close();
    await bed.clock.advance(50);
    for (const bye of peer.got('BYE')) peer.reply(bye, 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that answer after the CANCEL are ACKed and ended with its reason (§9.1)', async () => {
    const { bed, peer, invite, lines } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 180, { tag: 'one' });
    await bed.clock.advance(50);
    invite.cancel({ reason: { protocol: 'SIP', cause: 487, text: 'Gone' } });
    await bed.clock.advance(50);
    expect(headerOf(peer.last('CANCEL'), 'Reason')).toBe('SIP;cause=487;text="Gone"');
    peer.reply(request, 200, { tag: 'one', sdp: ANSWER });
    peer.reply(peer.last('CANCEL'), 200);
    await bed.clock.advance(50);
    expect(peer.got('ACK')).toHaveLength(1);
    const bye = peer.last('BYE');
    expect(headerOf(bye, 'Reason')).toBe('SIP;cause=487;text="Gone"');
    peer.reply(bye, 200);
    expect(lines).toEqual(['180 one', 'one ended bye by local', 'rejected 487']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('end by a 199 of their own, others ring on (RFC 6228)', async () => {
    const { bed, peer, lines, invite } = await calling();
    const request = peer.last('INVITE');
    expect(headerOf(request, 'Supported')).toMatch(/\b199\b/);
    peer.reply(request, 199, { tag: 'unheard' });
    peer.reply(request, 180, { tag: 'one' });
    peer.reply(request, 180, { tag: 'two' });
    await bed.clock.advance(50);
    peer.reply(request, 199, { tag: 'one', headers: ['Reason: SIP;cause=486'] });
    await bed.clock.advance(50);
    expect(lines).toEqual(['180 one', '180 two', '199 one', 'one ended terminated by remote']);
    expect(invite.earlyDialogs.map(({ id }) => id.remoteTag)).toEqual(['two']);
    // A branch that answers all the same gets its ACK, and counts.
    peer.reply(request, 200, { tag: 'one', sdp: ANSWER });
    await bed.clock.advance(50);
    expect(lines.at(-1)).toBe('accepted one');
    void bed.alice.close();
    await bed.clock.advance(50);
    for (const bye of peer.got('BYE')) peer.reply(bye, 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('are bounded in number', async () => {
    const { bed, peer, invite, early } = await calling();
    const request = peer.last('INVITE');
    for (let branch = 0; branch < 50; branch++) peer.reply(request, 180, { tag: `b${branch}` });
    await bed.clock.advance(50);
    expect(early.size).toBe(32);
    expect(bed.alice.stats().dialogs).toBe(32);
    invite.cancel();
    peer.reply(request, 487, { tag: 'b1' });
    await bed.clock.advance(50);
    expect(await bed.leftovers()).toEqual({});
  });

  it('of an RFC 2543 peer without tags ring too, but make no dialog', async () => {
    const { bed, peer, lines, early, accepted } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 180);
    await bed.clock.advance(50);
    expect(lines).toEqual(['180 ']);
    expect(early.size).toBe(0);
    peer.reply(request, 200, { sdp: ANSWER });
    await bed.clock.advance(50);
    expect(accepted().id.remoteTag).toBe('');
    void accepted().bye();
    await bed.clock.advance(50);
    expect(headerOf(peer.last('BYE'), 'To')).not.toContain('tag');
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('take the route set anew from the 2xx (§13.2.2.4), and the target only from what is reliable (RFC 6141 §4.9)', async () => {
    const { bed, peer, early, accepted } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 180, { tag: 'one', headers: ['Record-Route: <sip:10.0.0.2;lr;p=early>'] });
    peer.reply(request, 183, { tag: 'one', contact: 'sip:moved@10.0.0.2' });
    await bed.clock.advance(50);
    expect(early.get('one')?.remoteTarget).toBe('sip:one@10.0.0.2');
    peer.reply(request, 200, {
      tag: 'one',
      sdp: ANSWER,
      contact: 'sip:moved@10.0.0.2',
      headers: ['Record-Route: <sip:10.0.0.2;lr;p=b>, <sip:10.0.0.2;lr;p=a>'],
    });
    await bed.clock.advance(50);
    expect(accepted()).toBe(early.get('one'));
    const ack = peer.last('ACK');
    expect(ack.split('\r\n')[0]).toBe('ACK sip:moved@10.0.0.2 SIP/2.0');
    expect(ack.match(/^Route: .*$/gm)).toEqual(['Route: <sip:10.0.0.2;lr;p=a>', 'Route: <sip:10.0.0.2;lr;p=b>']);
    void accepted().bye();
    await bed.clock.advance(50);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('an answer that only an unreliable reply brought', () => {
  it('counts when the 200 has none (RFC 3261 §13.2.1)', async () => {
    const { bed, peer, accepted } = await calling();
    const request = peer.last('INVITE');
    peer.reply(request, 183, { tag: 'one', sdp: ANSWER });
    peer.reply(request, 200, { tag: 'one' });
    await bed.clock.advance(50);
    expect([accepted().localSdp, accepted().remoteSdp]).toEqual([SDP, ANSWER]);
    void accepted().bye();
    await bed.clock.advance(50);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a call tried again', () => {
  it('keeps Call-ID, From and To and counts CSeq up, at the Contact of a 302 (§8.1.3.4)', async () => {
    const { bed, peer, invite, lines } = await calling();
    const first = peer.last('INVITE');
    peer.reply(first, 302, { tag: 'one', contact: 'sip:carol@10.0.0.2' });
    await bed.clock.advance(50);
    expect(lines).toEqual(['rejected 302']);
    const again = invite.retry({ target: 'sip:carol@10.0.0.2' });
    const seen: number[] = [];
    again?.on('rejected', (failure) => seen.push(failure.status));
    await bed.clock.advance(50);
    const second = peer.last('INVITE');
    expect(second.split('\r\n')[0]).toBe('INVITE sip:carol@10.0.0.2 SIP/2.0');
    for (const name of ['Call-ID', 'From', 'To']) expect(headerOf(second, name)).toBe(headerOf(first, name));
    expect(headerOf(second, 'CSeq')).toBe('2 INVITE');
    peer.reply(second, 486, { tag: 'two' });
    await bed.clock.advance(50);
    expect(seen).toEqual([486]);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('an INVITE that expires (RFC 3261 §13.3.1)', () => {
  it('gets 487 when its time is over, and its handler hears so', async () => {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asAlice(bed);
    const lines: string[] = [];
    bed.bob.on('invite', (invite) => {
      invite.progress(180);
      invite.onCancelled(([reason]) => lines.push(reason?.text ?? ''));
    });
    peer.request('INVITE', { callId: 'c1', localTag: 'p', sequence: 1 }, { sdp: SDP, headers: ['Expires: 30'] });
    await bed.clock.advance(29_900);
    expect(lines).toEqual([]);
    await bed.clock.advance(200);
    expect(lines).toEqual(['Invitation expired']);
    expect(peer.got('SIP/2.0 487').length).toBeGreaterThan(0);
    expect(await bed.leftovers()).toEqual({});
  });
});
