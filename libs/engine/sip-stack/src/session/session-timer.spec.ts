import { parseMessage } from '@carillon/sip-message';
import type { SipRequest, SipResponse } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import type { InviteSession, SessionTimerOptions } from '../api/invite-session.js';
import { ScriptedPeer, headerOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import type { TestBed } from '../testing/test-bed.js';
import { agreedByResponse, grantTimer, offerTimer, tooBrief } from './session-timer.js';

const OPTIONS: SessionTimerOptions = { expiresSeconds: 600, minimumSeconds: 120 };

function request(...headers: string[]): SipRequest {
  const head = ['INVITE sip:b@b SIP/2.0', 'Via: SIP/2.0/UDP a', 'CSeq: 1 INVITE', ...headers, '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('Not a request');
  return parsed.message;
}

function response(...headers: string[]): SipResponse {
  const head = ['SIP/2.0 200 OK', 'Via: SIP/2.0/UDP a', 'CSeq: 1 INVITE', ...headers, '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'response') throw new Error('Not a response');
  return parsed.message;
}

describe('what a 2xx grants (RFC 4028 §9)', () => {
  it.each([
    // Supported, Session-Expires, Min-SE → granted, refresher in the response
    [false, undefined, undefined, undefined, undefined],
    [false, '300', undefined, '300', 'uas'],
    [false, '100', undefined, '100', 'uas'],
    [true, undefined, undefined, '600', 'uac'],
    [true, undefined, '900', '900', 'uac'],
    [true, '1800', undefined, '600', 'uac'],
    [true, '1800;refresher=uas', undefined, '600', 'uas'],
    [true, '1800;refresher=uac', undefined, '600', 'uac'],
    [true, '1800', '900', '900', 'uac'],
    [true, '300;refresher=uas', undefined, '300', 'uas'],
  ] as const)('timer %s, asked %s, Min-SE %s: %s %s', (supported, asked, minimum, seconds, refresher) => {
    const headers = [
      ...(supported ? ['Supported: timer'] : []),
      ...(asked === undefined ? [] : [`Session-Expires: ${asked}`]),
      ...(minimum === undefined ? [] : [`Min-SE: ${minimum}`]),
    ];
    const granted = grantTimer(request(...headers), OPTIONS);
    const lines = new Map(granted.headers);
    expect(lines.get('Session-Expires')).toBe(seconds === undefined ? undefined : `${seconds};refresher=${refresher}`);
    expect(lines.get('Require')).toBe(supported ? 'timer' : undefined);
    // Without a word from a peer that would not understand we refresh for ourselves.
    expect(granted.agreed).toEqual({
      seconds: Number(seconds ?? 600),
      refresher: (refresher ?? 'uas') === 'uas' ? 'local' : 'remote',
    });
  });

  it('is 422 below our minimum, for peers that can do better (§9)', () => {
    expect(tooBrief(request('Supported: timer', 'Session-Expires: 119'), OPTIONS)).toBe(120);
    expect(tooBrief(request('Supported: timer', 'Session-Expires: 120'), OPTIONS)).toBeUndefined();
    expect(tooBrief(request('Session-Expires: 95'), OPTIONS)).toBeUndefined();
    expect(tooBrief(request('Supported: timer', 'Session-Expires: 89'), { ...OPTIONS, minimumSeconds: 10 })).toBe(90);
  });
});

describe('what a 2xx agrees to (§7.2)', () => {
  const agreed = (...headers: string[]): unknown => agreedByResponse(response(...headers), { options: OPTIONS });

  it('names interval and refresher; without it we refresh alone, unless the peer has switched it off', () => {
    expect(agreed('Session-Expires: 300;refresher=uac')).toEqual({ seconds: 300, refresher: 'local' });
    expect(agreed('Session-Expires: 300;refresher=uas')).toEqual({ seconds: 300, refresher: 'remote' });
    expect(agreed()).toEqual({ seconds: 600, refresher: 'local' });
    expect(agreed('Supported: timer')).toBeUndefined();
    // Less than §4 allows would make us send without end (§11.1).
    expect(agreed('Session-Expires: 1;refresher=uac')).toEqual({ seconds: 90, refresher: 'local' });
  });
});

describe('what our requests ask for (§7.1, §7.4)', () => {
  it('is the interval in force and its refresher, and the largest Min-SE seen', () => {
    expect(offerTimer({ expiresSeconds: 0, minimumSeconds: 90 })).toEqual([]);
    expect(offerTimer({ expiresSeconds: 1800, minimumSeconds: 90 })).toEqual([['Session-Expires', '1800']]);
    expect(offerTimer(OPTIONS, { seconds: 300, refresher: 'local' }, 400)).toEqual([
      ['Session-Expires', '400;refresher=uac'],
      ['Min-SE', '400'],
    ]);
    expect(offerTimer(OPTIONS, { seconds: 300, refresher: 'remote' })[0]).toEqual([
      'Session-Expires',
      '300;refresher=uas',
    ]);
  });
});

describe('a session of ours with a timer', () => {
  async function talking(
    headers: string[],
  ): Promise<{ bed: TestBed; peer: ScriptedPeer; session: InviteSession; lines: string[] }> {
    const bed = await openTestBed();
    const peer = await ScriptedPeer.asBob(bed);
    const lines: string[] = [];
    let session: InviteSession | undefined;
    bed.alice
      .invite({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', sdp: SDP, sessionTimer: OPTIONS })
      .on('accepted', (accepted) => {
        session = accepted.on('ended', (end) => lines.push(`${end.kind} by ${end.by} at ${at(bed)}`));
      });
    await bed.clock.advance(20);
    peer.reply(peer.last('INVITE'), 200, { tag: 'one', sdp: ANSWER, headers });
    await bed.clock.advance(20);
    if (session === undefined) throw new Error('Not accepted');
    return { bed, peer, session, lines };
  }
  const START = 1_700_000_000_000;
  const at = (bed: TestBed): number => Math.round((bed.clock.now() - START) / 1000);

  it('refreshes at half time by UPDATE without SDP where the peer takes it', async () => {
    const { bed, peer, session } = await talking(['Session-Expires: 300;refresher=uac', 'Allow: INVITE, UPDATE']);
    await bed.clock.advance(150_000);
    const update = peer.last('UPDATE');
    expect(headerOf(update, 'Content-Length')).toBe('0');
    expect(headerOf(update, 'Session-Expires')).toBe('300;refresher=uac');
    expect(headerOf(update, 'Supported')).toContain('timer');
    peer.reply(update, 200, { headers: ['Session-Expires: 300;refresher=uac'] });
    await bed.clock.advance(149_000);
    expect(peer.got('UPDATE')).toHaveLength(1);
    void session.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('refreshes by re-INVITE with the same description where not, also after a 405 to UPDATE', async () => {
    for (const headers of [['Allow: INVITE'], ['Allow: INVITE, UPDATE']]) {
      const { bed, peer, session } = await talking(['Session-Expires: 300;refresher=uac', ...headers]);
      await bed.clock.advance(150_000);
      if (headers[0]?.includes('UPDATE') === true) {
        peer.reply(peer.last('UPDATE'), 405);
        await bed.clock.advance(20);
      }
      const invite = peer.last('INVITE');
      expect(headerOf(invite, 'CSeq')).toMatch(/^[23] INVITE$/);
      expect(invite.endsWith(SDP)).toBe(true);
      peer.reply(invite, 200, { sdp: ANSWER, headers: ['Session-Expires: 300;refresher=uac'] });
      await bed.clock.advance(20);
      void session.bye();
      await bed.clock.advance(20);
      peer.reply(peer.last('BYE'), 200);
      expect(await bed.leftovers()).toEqual({});
    }
  });

  it('asks for more after a 422 to its refresh', async () => {
    const { bed, peer, session } = await talking(['Session-Expires: 300;refresher=uac', 'Allow: UPDATE']);
    await bed.clock.advance(150_000);
    peer.reply(peer.last('UPDATE'), 422, { headers: ['Min-SE: 700'] });
    await bed.clock.advance(20);
    const again = peer.last('UPDATE');
    expect([headerOf(again, 'Session-Expires'), headerOf(again, 'Min-SE')]).toEqual(['700;refresher=uac', '700']);
    peer.reply(again, 200, { headers: ['Session-Expires: 700;refresher=uac'] });
    await bed.clock.advance(349_000);
    expect(peer.got('UPDATE')).toHaveLength(2);
    void session.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    ['silence', undefined],
    ['a 481', 481],
    ['a 408', 408],
  ])('ends with BYE after %s to its refresh (§10)', async (_, status) => {
    const { bed, peer, lines } = await talking(['Session-Expires: 300;refresher=uac', 'Allow: UPDATE']);
    await bed.clock.advance(150_000);
    if (status !== undefined) peer.reply(peer.last('UPDATE'), status);
    await bed.clock.advance(status === undefined ? 33_000 : 20);
    expect(lines).toEqual([`lost by remote at ${status === undefined ? 182 : 150}`]);
    expect(peer.got('BYE').length).toBeGreaterThan(0);
    expect(await bed.leftovers()).toEqual({});
  });

  it('tries a refused refresh once more, then ends when its time is over', async () => {
    const { bed, peer, lines } = await talking(['Session-Expires: 300;refresher=uac', 'Allow: UPDATE']);
    peer.onMessage = (text) => {
      if (text.startsWith('UPDATE')) peer.reply(text, 603);
      if (text.startsWith('BYE')) peer.reply(text, 200);
    };
    await bed.clock.advance(300_000);
    expect(peer.got('UPDATE')).toHaveLength(2);
    // 300 s less min(32 s, a third).
    expect(lines).toEqual(['expired by local at 268']);
    expect(headerOf(peer.last('BYE'), 'Reason')).toContain('cause=408');
    expect(await bed.leftovers()).toEqual({});
  });

  it('ends 32 s before the end, or a third of it, when the peer does not refresh', async () => {
    for (const [seconds, ended] of [
      [300, 268],
      [90, 60],
    ] as const) {
      const { bed, peer, lines } = await talking([`Session-Expires: ${seconds};refresher=uas`]);
      peer.onMessage = (text) => {
        if (text.startsWith('BYE')) peer.reply(text, 200);
      };
      await bed.clock.advance(300_000);
      expect(lines).toEqual([`expired by local at ${ended}`]);
      expect(await bed.leftovers()).toEqual({});
    }
  });

  it('lives on while the peer refreshes, by UPDATE or re-INVITE', async () => {
    const { bed, peer, session, lines } = await talking(['Session-Expires: 120;refresher=uas', 'Supported: timer']);
    const ids = { callId: session.id.callId, localTag: 'one', remoteTag: session.id.localTag };
    const headers = ['Supported: timer', 'Session-Expires: 120;refresher=uac'];
    for (let time = 1; time <= 4; time++) {
      await bed.clock.advance(60_000);
      if (time % 2 === 0) peer.request('UPDATE', { ...ids, sequence: time }, { headers });
      else {
        peer.request('INVITE', { ...ids, sequence: time }, { headers, sdp: ANSWER });
        await bed.clock.advance(20);
        peer.request('ACK', { ...ids, sequence: time });
      }
      await bed.clock.advance(20);
      expect(headerOf(peer.received.at(-1) ?? '', 'Session-Expires')).toBe('120;refresher=uac');
    }
    expect(lines).toEqual([]);
    void session.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });

  it('serves a peer whose proxy asked for the timer: we refresh (§9, table 2)', async () => {
    const bed = await openTestBed({ agents: { sessionTimer: OPTIONS } });
    const peer = await ScriptedPeer.asAlice(bed);
    let session: InviteSession | undefined;
    bed.bob.on('invite', (invite) => {
      session = invite.accept({ sdp: ANSWER });
    });
    const headers = ['Session-Expires: 200', 'Min-SE: 150'];
    peer.request('INVITE', { callId: 'c1', localTag: 'peer', sequence: 1 }, { sdp: SDP, headers });
    await bed.clock.advance(20);
    const success = peer.last('SIP/2.0 200');
    expect(headerOf(success, 'Session-Expires')).toBe('200;refresher=uas');
    expect(headerOf(success, 'Require')).toBeUndefined();
    const ids = { callId: 'c1', localTag: 'peer', remoteTag: session?.id.localTag ?? '', sequence: 1 };
    peer.request('ACK', ids);
    await bed.clock.advance(101_000);
    const refresh = peer.last('INVITE');
    expect([headerOf(refresh, 'Session-Expires'), headerOf(refresh, 'Min-SE')]).toEqual(['200;refresher=uac', '150']);
    peer.reply(refresh, 200, { sdp: SDP });
    await bed.clock.advance(20);
    void session?.bye();
    await bed.clock.advance(20);
    peer.reply(peer.last('BYE'), 200);
    expect(await bed.leftovers()).toEqual({});
  });
});
