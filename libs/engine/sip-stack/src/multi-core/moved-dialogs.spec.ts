import { expect, it } from 'vitest';
import type { SessionCopy, SubscriptionCopy } from '../api/dialog-copy.js';
import type { InviteSession } from '../api/invite-session.js';
import { openWorkers } from '../testing/shared-network.js';
import { ANSWER, SDP } from '../testing/test-bed.js';
import { LateFrames } from './late-frames.js';
import { MovedCalls } from './moved-calls.js';

const target = 'sip:service@10.0.0.9';

/** A call of a phone that one of the workers has taken. */
async function call(bed: Awaited<ReturnType<typeof openWorkers>>) {
  const { workers, alice, clock } = bed;
  const taken: { session: InviteSession; worker: number }[] = [];
  for (const [worker, agent] of workers.entries())
    agent.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) taken.push({ session, worker });
    });
  const phones: InviteSession[] = [];
  alice
    .invite({ target, from: 'sip:alice@a.example', sdp: SDP })
    .on('accepted', (session) => void phones.push(session));
  await clock.advance(1000);
  const [here] = taken;
  const [phone] = phones;
  if (here === undefined || phone === undefined) throw new Error('No call');
  return { ...here, phone };
}

/** As it would travel. */
function sent<Copy extends SessionCopy | SubscriptionCopy>(copy: Copy | undefined): Copy {
  if (copy === undefined) throw new Error('Nothing to copy');
  return JSON.parse(JSON.stringify(copy)) as Copy;
}

it('goes on with a session that another worker gives, and gives it on', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const bed = await openWorkers(seed);
    const { workers, clock } = bed;
    const { session, worker, phone } = await call(bed);
    const ends: string[] = [];
    session.on('ended', () => ends.push('told where it was'));
    phone.on('ended', ({ by }) => ends.push(`phone: by ${by}`));
    phone.on('update', (offer) => offer.accept({ sdp: SDP }));

    const second = (worker + 1) % 3;
    const third = (worker + 2) % 3;
    const copy = sent(workers[worker]?.giveSession(session, second));
    const resumed = workers[second]?.resumeSession(copy);
    expect(workers[worker]?.stats().dialogs).toBe(0);
    // Asked from the new place, and from the phone.
    expect(await settled(clock, resumed?.update({ sdp: ANSWER }))).toMatchObject({ ok: true });
    expect(await settled(clock, phone.update({ sdp: SDP }))).toMatchObject({ ok: true });

    const last = workers[third]?.resumeSession(sent(resumed && workers[second]?.giveSession(resumed, third)));
    last?.on('ended', ({ by }) => ends.push(`last: by ${by}`));
    expect(await settled(clock, seed % 2 === 0 ? phone.bye() : last?.bye())).toMatchObject({ ok: true });
    expect(ends.toSorted()).toEqual(
      seed % 2 === 0 ? ['last: by remote', 'phone: by local'] : ['last: by local', 'phone: by remote'],
    );
    await clock.advance(300_000);
    for (const agent of workers) expect(agent.stats()).toMatchObject({ dialogs: 0, serverTransactions: 0 });
  }
});

it('goes on where a copy was made before the worker died, whatever it had sent since', async () => {
  const bed = await openWorkers(7);
  const { workers, clock } = bed;
  const { session, worker, phone } = await call(bed);
  phone.on('info', (info) => info.reply(200));
  const copy = sent(session.copy());
  for (let sentSince = 0; sentSince < 3; sentSince++)
    await settled(clock, session.info({ contentType: 'application/dtmf-relay', body: 'Signal=1' }));
  // Stands for the death: it knows nothing any more, and another one has its number.
  workers[worker]?.giveSession(session, worker);
  const resumed = workers[worker]?.resumeSession(copy);
  expect(
    await settled(clock, resumed?.info({ contentType: 'application/dtmf-relay', body: 'Signal=2' })),
  ).toMatchObject({ ok: true });
  let ended = '';
  resumed?.on('ended', ({ by, kind }) => (ended = `${kind} by ${by}`));
  expect(await settled(clock, phone.bye())).toMatchObject({ ok: true });
  expect(ended).toBe('bye by remote');
});

it('does not give what is open, nor take what it has', async () => {
  const bed = await openWorkers(8);
  const { session, worker, phone } = await call(bed);
  const agent = bed.workers[worker];
  expect(agent?.resumeSession(sent(session.copy()))).toBeUndefined();
  phone.on('reinvite', () => undefined);
  void session.reinvite({ sdp: ANSWER });
  expect(session.copy()).toBeUndefined();
  expect(agent?.giveSession(session, (worker + 1) % 3)).toBeUndefined();
  expect(session.state).toBe('confirmed');
});

it('goes on with a subscription: the subscriber sees a NOTIFY, and refreshes there', async () => {
  const bed = await openWorkers(9);
  const { workers, clock, alice } = bed;
  const copies: { copy: SubscriptionCopy; worker: number }[] = [];
  for (const [worker, agent] of workers.entries())
    agent.on('subscribe', (incoming) => {
      const subscription = incoming.accept({ expires: 600 });
      void subscription.notify({ contentType: 'text/plain', body: 'before' });
      const copy = subscription.copy();
      if (copy !== undefined) copies.push({ copy: sent(copy), worker });
    });
  const bodies: string[] = [];
  alice
    .subscribe({ target, from: 'sip:alice@a.example', event: 'presence', expiresSeconds: 600 })
    .on('notify', (notification) => void bodies.push(notification.request.bodyText));
  await clock.advance(1000);
  const [{ copy, worker } = { copy: undefined, worker: 0 }] = copies;
  if (copy === undefined) throw new Error('No subscription');
  const other = workers[(worker + 1) % 3];
  const resumed = other?.resumeSubscription(copy);
  void resumed?.notify({ contentType: 'text/plain', body: 'after' });
  await clock.advance(1000);
  expect(bodies).toEqual(['before', 'after']);
  let refreshed = 0;
  resumed?.on('refreshed', () => (refreshed += 1));
  await clock.advance(590_000);
  expect(refreshed).toBe(1);
});

it('bounds what it remembers of moved calls: the quietest are forgotten, and their requests answered here', () => {
  const calls = new MovedCalls(3);
  for (const callId of ['a', 'b', 'c']) calls.moved(callId, 1);
  // Asked for, so not the quietest.
  expect(calls.whereIs('a')).toBe(1);
  calls.moved('d', 2);
  expect(['a', 'b', 'c', 'd'].map((callId) => calls.whereIs(callId))).toEqual([1, undefined, 1, 2]);
  for (const callId of ['k', 'l', 'm', 'n']) calls.keep(callId);
  expect([...calls.keptCalls]).toEqual(['l', 'm', 'n']);
  calls.moved('m', 2);
  calls.back('m');
  expect([...calls.keptCalls, calls.whereIs('m')]).toEqual(['l', 'n', undefined]);
});

it('keeps what comes over connections for a worker that starts again, for a while and within bounds', () => {
  let now = 0;
  const late = new LateFrames(() => now, 2);
  const frame = (id: string) => ({ kind: 'received' as const, id, holder: 0, bytes: Buffer.from(id) });
  expect(late.keep(1, frame('not away'))).toBe(false);
  late.away(1);
  expect(late.keep(1, frame('old'))).toBe(true);
  now = 15_000;
  for (const id of ['new', 'too many']) expect(late.keep(1, frame(id))).toBe(true);
  now = 21_000;
  expect(late.back(1).map(({ id }) => id)).toEqual(['new']);
  expect(late.isAway(1)).toBe(false);
  late.away(1);
  expect(late.keep(1, frame('again'))).toBe(true);
  expect(late.back(1)).toHaveLength(1);
});

async function settled<Value>(clock: { advance(ms: number): Promise<unknown> }, promise?: Promise<Value>) {
  await clock.advance(2000);
  return promise;
}
