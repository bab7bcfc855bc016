import { expect, it } from 'vitest';
import type { SessionCopy, UnfinishedCopy } from '../api/dialog-copy.js';
import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { RequestFailure } from '../api/request-outcome.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { openWorkers } from '../testing/shared-network.js';
import { ANSWER, BOB, openTestBed, SDP, type TestBed } from '../testing/test-bed.js';
import { isOurs } from './pinning.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';

const ALICE_URI = 'sip:alice@10.0.0.1';
const BOB_URI = 'sip:bob@10.0.0.2';
const END = {
  status: 500,
  headers: { 'Retry-After': '2' },
  reason: { protocol: 'SIP', cause: 500, text: 'Interrupted' },
} as const;

/** As it would travel. */
function sent<Copy extends SessionCopy | UnfinishedCopy>(copy: Copy | undefined): Copy {
  if (copy === undefined) throw new Error('Nothing to copy');
  return JSON.parse(JSON.stringify(copy)) as Copy;
}

/** Bob dies without a word, and another one begins at his address a second later. */
async function anotherBob({ bob, network, clock }: TestBed): Promise<SipUserAgent> {
  network.fate = ({ from }) => (from.startsWith(BOB.host) ? [] : [5]);
  const closed = bob.close({ graceMilliseconds: 1 });
  await clock.advance(1000);
  await closed;
  network.fate = () => [5];
  network.log.length = 0;
  const sessionTimer = { expiresSeconds: 0, minimumSeconds: 90 };
  const random = new SeededRandom(77);
  return SipUserAgent.open({ listen: [{ protocol: 'udp', ...BOB }], clock, random, sessionTimer }, network);
}

/** Bob calls Alice, and her phone rings. */
async function ringAlice(bed: TestBed) {
  const rings: IncomingInvite[] = [];
  const cancels: string[] = [];
  bed.alice.on('invite', (invite) => {
    rings.push(invite);
    invite.onCancelled((reasons) => cancels.push(reasons.map(({ text }) => text).join()));
    invite.progress(180);
  });
  const invite = bed.bob.invite({ target: ALICE_URI, from: BOB_URI, sdp: SDP });
  await bed.clock.advance(100);
  return { invite, rings, cancels };
}

it('cancels what a dead process has sent: the phone stops ringing, and its 487 is acknowledged', async () => {
  const bed = await openTestBed();
  const { invite, rings, cancels } = await ringAlice(bed);
  const copy = sent(invite.unfinished());
  expect(JSON.stringify(copy).length).toBeLessThan(800);
  const bob = await anotherBob(bed);
  expect(bob.endUnfinished(copy, END)).toBe(true);
  await bed.clock.advance(100);
  expect(cancels).toEqual(['Interrupted']);
  expect(rings[0]?.state).toBe('cancelled');
  expect(bed.network.sent('ACK')).toHaveLength(1);
  await bed.clock.advance(100_000);
  expect(bob.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0, dialogs: 0 });
  expect(bed.alice.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0, dialogs: 0 });
});

it('hangs up where the phone has answered meanwhile: its 200 gets an ACK and a BYE', async () => {
  const bed = await openTestBed();
  const { invite, rings } = await ringAlice(bed);
  const copy = sent(invite.unfinished());
  const ends: string[] = [];
  const session = rings[0]?.accept({ sdp: ANSWER });
  session
    ?.on('acknowledged', () => ends.push('acknowledged'))
    .on('ended', ({ kind, by }) => ends.push(`${kind} ${by}`));
  const bob = await anotherBob({ ...bed });
  // It was cut off from before its 200 came.
  expect(bob.endUnfinished(copy, END)).toBe(true);
  await bed.clock.advance(6_000);
  expect(ends).toEqual(['acknowledged', 'bye remote']);
  expect(bed.network.sent('BYE')[0]?.text).toContain('Reason: SIP;cause=500;text="Interrupted"');
  await bed.clock.advance(100_000);
  expect(bob.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0, dialogs: 0 });
});

it('answers who called a dead process, with the tag of its 180, until the ACK', async () => {
  const bed = await openTestBed();
  const rings: IncomingInvite[] = [];
  bed.bob.on('invite', (invite) => {
    rings.push(invite);
    invite.progress(180);
  });
  const failures: RequestFailure[] = [];
  bed.alice
    .invite({ target: BOB_URI, from: ALICE_URI, sdp: SDP })
    .on('rejected', (failure) => void failures.push(failure));
  await bed.clock.advance(100);
  const copy = sent(rings[0]?.unfinished());
  const tag = rings[0]?.localTag;
  const bob = await anotherBob(bed);
  let lost = 1;
  bed.network.fate = ({ from }) => (from.startsWith(BOB.host) && lost-- > 0 ? [] : [5]);
  expect(bob.endUnfinished(copy, END)).toBe(true);
  await bed.clock.advance(2_000);
  expect(failures).toMatchObject([{ status: 500, cause: 'response' }]);
  expect(failures[0]?.response?.toTag).toBe(tag);
  expect(failures[0]?.response?.header('Retry-After')).toBe('2');
  await bed.clock.advance(100_000);
  expect(bob.stats()).toMatchObject({ serverTransactions: 0, dialogs: 0 });
  expect(bed.alice.stats()).toMatchObject({ clientTransactions: 0 });
});

it('goes on with a call whose ACK has not come: the 200 brings it again', async () => {
  const bed = await openTestBed();
  const taken: InviteSession[] = [];
  bed.bob.on('invite', (invite) => {
    const session = invite.accept({ sdp: ANSWER });
    if (session !== undefined) taken.push(session);
  });
  const phones: InviteSession[] = [];
  bed.alice
    .invite({ target: BOB_URI, from: ALICE_URI, sdp: SDP })
    .on('accepted', (session) => void phones.push(session));
  await bed.clock.advance(5);
  expect(taken[0]?.state).toBe('accepted');
  const copy = sent(taken[0]?.copy());
  expect(copy.unacknowledged).toHaveLength(1);
  const bob = await anotherBob(bed);
  const resumed = bob.resumeSession(copy);
  expect(resumed?.state).toBe('accepted');
  await bed.clock.advance(100);
  expect(resumed?.state).toBe('confirmed');
  expect(sent(resumed?.copy()).unacknowledged).toEqual([]);
  let ended = '';
  resumed?.on('ended', ({ kind, by }) => (ended = `${kind} ${by}`));
  void phones[0]?.bye();
  await bed.clock.advance(100);
  expect(ended).toBe('bye remote');
  await bed.clock.advance(100_000);
  expect(bob.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0, dialogs: 0 });
});

it('ends a dialog in which something is open', async () => {
  const bed = await openTestBed();
  const taken: InviteSession[] = [];
  bed.bob.on('invite', (invite) => {
    const session = invite.accept({ sdp: ANSWER });
    if (session !== undefined) taken.push(session);
  });
  const ends: string[] = [];
  bed.alice.invite({ target: BOB_URI, from: ALICE_URI, sdp: SDP }).on('accepted', (session) => {
    session.on('reinvite', () => undefined).on('ended', ({ kind, by }) => ends.push(`${kind} ${by}`));
  });
  await bed.clock.advance(1000);
  void taken[0]?.reinvite({ sdp: SDP });
  await bed.clock.advance(10);
  expect(taken[0]?.copy()).toBeUndefined();
  const copy = sent(taken[0]?.unfinished());
  const bob = await anotherBob(bed);
  expect(bob.endUnfinished(copy, END)).toBe(true);
  await bed.clock.advance(1000);
  expect(ends).toEqual(['bye remote']);
});

it('does not end what it cannot read, or what no way leads to', async () => {
  const { bob, alice, clock } = await openTestBed();
  const copy = {
    kind: 'invite',
    role: 'callee',
    head: 'no INVITE\r\n\r\n',
    flowId: 'udp:10.0.0.2:5060-10.0.0.1:5060',
  } as const;
  expect(bob.endUnfinished({ ...copy, localTag: 'a' }, END)).toBe(false);
  const rings: IncomingInvite[] = [];
  bob.on('invite', (invite) => void rings.push(invite));
  alice.invite({ target: BOB_URI, from: ALICE_URI, sdp: SDP });
  await clock.advance(100);
  const of = sent(rings[0]?.unfinished());
  if (of.kind !== 'invite') throw new Error('No INVITE');
  expect(bob.endUnfinished({ ...of, flowId: 'ws:10.0.0.2:80-10.0.0.1:5060' }, END)).toBe(false);
  // A connection that went with its process, to a caller that no longer listens: tried, and given up in silence.
  expect(bob.endUnfinished({ ...of, role: 'caller', flowId: 'tcp:10.0.0.2:5060-10.0.0.1:5060' }, END)).toBe(true);
  rings[0]?.reject(486);
  expect(rings[0]?.unfinished()).toBeUndefined();
});

it('ends what rings from another worker, whichever of those that are left gets what the phone says', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { workers, alice, clock, network, kill } = await openWorkers(seed);
    const cancels: string[] = [];
    alice.on('invite', (invite) => {
      invite.onCancelled((reasons) => cancels.push(reasons.map(({ text }) => text).join()));
      invite.progress(180);
    });
    const dead = seed % 3;
    let callId = '';
    for (let at = 0; !isOurs(callId, { worker: dead, workers: 3 }) || callId === ''; at++) callId = `call-${at}`;
    const invite = workers[dead]?.invite({ target: ALICE_URI, from: BOB_URI, sdp: SDP, callId });
    await clock.advance(100);
    const copy = sent(invite?.unfinished());
    kill(dead);
    const survivor = workers[(dead + 1) % 3];
    network.log.length = 0;
    expect(survivor?.endUnfinished(copy, END)).toBe(true);
    await clock.advance(200);
    expect(cancels).toEqual(['Interrupted']);
    expect(network.sent('ACK')).toHaveLength(1);
    await clock.advance(100_000);
    expect(survivor?.stats()).toMatchObject({ clientTransactions: 0 });
    expect(alice.stats()).toMatchObject({ serverTransactions: 0 });
  }
});
