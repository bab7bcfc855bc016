import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import { calling, type Call } from '../testing/ringing-branches.js';
import { bodyOf } from '../testing/scripted-peer.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');

describe('requests inside an early dialog of ours', () => {
  async function ringing(): Promise<
    Call & { dialog: InviteSession; ids: { callId: string; localTag: string; remoteTag: string } }
  > {
    const call = await calling();
    const request = call.peer.last('INVITE');
    call.peer.reply(request, 183, {
      tag: 'one',
      sdp: ANSWER,
      headers: ['Require: 100rel', 'RSeq: 7', 'Allow: INVITE, UPDATE, PRACK'],
    });
    await call.bed.clock.advance(50);
    call.peer.reply(call.peer.last('PRACK'), 200);
    await call.bed.clock.advance(50);
    const dialog = call.early.get('one');
    if (dialog === undefined) throw new Error('No early dialog');
    const ids = { callId: call.invite.callId, localTag: 'one', remoteTag: call.invite.localTag };
    return { ...call, dialog, ids };
  }

  async function finish({ bed, peer, invite }: Call): Promise<void> {
    invite.cancel();
    await bed.clock.advance(50);
    peer.reply(peer.last('CANCEL'), 200);
    peer.reply(peer.last('INVITE'), 487, { tag: 'one' });
    expect(await bed.leftovers()).toEqual({});
  }

  it('are taken: UPDATE changes the session, INFO reaches its handler', async () => {
    const call = await ringing();
    const { bed, peer, dialog, ids } = call;
    dialog.on('update', (offer) => offer.accept({ sdp: SDP_2 })).on('info', (info) => info.reply(200));
    peer.request('UPDATE', { ...ids, sequence: 1 }, { sdp: ANSWER });
    await bed.clock.advance(50);
    const accepted = peer.received.at(-1) ?? '';
    expect(accepted).toMatch(/^SIP\/2\.0 200 /);
    expect(bodyOf(accepted)).toBe(SDP_2);
    expect(dialog.localSdp).toBe(SDP_2);
    peer.request('INFO', { ...ids, sequence: 2 });
    await bed.clock.advance(50);
    expect(peer.received.at(-1)).toMatch(/^SIP\/2\.0 200 /);
    await finish(call);
  });

  it('are refused where they have no place: INVITE 491, NOTIFY 481, REFER 491, an empty INFO 200', async () => {
    const call = await ringing();
    const { bed, peer, ids } = call;
    const answers: string[] = [];
    for (const [at, method] of ['INVITE', 'NOTIFY', 'REFER', 'INFO'].entries()) {
      const headers = method === 'REFER' ? ['Refer-To: <sip:c@c.example>'] : [];
      peer.request(method, { ...ids, sequence: at + 1 }, { headers });
      await bed.clock.advance(50);
      answers.push(`${method} ${/^SIP\/2\.0 (\d+)/.exec(peer.received.at(-1) ?? '')?.[1]}`);
      if (method === 'INVITE') {
        const branch = /branch=(\S+)/.exec(peer.received.at(-1) ?? '')?.[1] ?? '';
        peer.request('ACK', { ...ids, sequence: 1 }, { branch: branch.split(';')[0] ?? '' });
      }
    }
    expect(answers).toEqual(['INVITE 491', 'NOTIFY 481', 'REFER 491', 'INFO 200']);
    await finish(call);
  });

  it('go out too: UPDATE with an offer once the first exchange is done', async () => {
    const call = await ringing();
    const { bed, peer, dialog } = call;
    const outcome = dialog.update({ sdp: SDP_2 });
    await bed.clock.advance(50);
    const update = peer.last('UPDATE');
    expect(bodyOf(update)).toBe(SDP_2);
    peer.reply(update, 200, { sdp: ANSWER });
    await bed.clock.advance(50);
    expect(await outcome).toMatchObject({ ok: true, sdp: ANSWER });
    expect(dialog.localSdp).toBe(SDP_2);
    await finish(call);
  });

  it('BYE by us ends one branch and leaves the INVITE (§15)', async () => {
    const call = await ringing();
    const { bed, peer, dialog, lines, invite } = call;
    void dialog.bye();
    await bed.clock.advance(50);
    peer.reply(peer.last('BYE'), 200);
    await bed.clock.advance(50);
    expect(lines.at(-1)).toBe('one ended bye by local');
    expect(invite.state).toBe('proceeding');
    await finish(call);
  });

  it('BYE by the callee, which has no right to it, ends the call when no other branch is left', async () => {
    const call = await ringing();
    const { bed, peer, lines, ids } = call;
    peer.request('BYE', { ...ids, sequence: 1 });
    await bed.clock.advance(50);
    peer.reply(peer.last('CANCEL'), 200);
    peer.reply(peer.last('INVITE'), 487, { tag: 'one' });
    await bed.clock.advance(50);
    expect(lines.slice(-2)).toEqual(['one ended bye by remote', 'rejected 487']);
    expect(await bed.leftovers()).toEqual({});
  });
});
