import { describe, expect, it } from 'vitest';
import { REG } from './packages.js';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { ringing, until, useSignalling } from '../testing/signalling-bench.js';

const PORT = 23_010;
const bench = useSignalling(PORT);
/** Nobody listens there: as with a phone behind a NAT, which is reached by its connection alone. */
const BY_CONNECTION = { protocol: 'tcp', advertisedAddress: '127.0.0.99' } as const;
const QUICKLY_MS = 2_000;

/** A phone with one connection watches something. */
async function watching(event: 'dialog' | 'reg' | 'message-summary', watched: string) {
  const carol = await bench.phone('1003', BY_CONNECTION);
  const bodies: string[] = [];
  const ends: string[] = [];
  const subscription = carol.userAgent
    .subscribe({
      target: `sip:${watched}@${bench.organisation.domain}`,
      route: [`sip:127.0.0.1:${PORT};lr;transport=tcp`],
      from: carol.address,
      event,
      expiresSeconds: 600,
      credentials: { username: '1003', password: 'pw-1003' },
    })
    .on('notify', ({ body }) => bodies.push(body))
    .on('interrupted', ({ kind }) => ends.push(kind))
    .on('ended', ({ kind }) => ends.push(kind));
  await until('the first document', () => bodies.length > 0);
  return { carol, bodies, ends, subscription };
}

function loseConnection({ userAgent }: Phone): void {
  expect(userAgent.shedConnections(() => true, 'Network lost')).toBeGreaterThan(0);
}

const states = (body: string | undefined): string[] =>
  [...(body ?? '').matchAll(/<state[^>]*>(\w+)</g)].map(([, state]) => state ?? '');

async function shows(bodies: readonly string[], wanted: string[]): Promise<void> {
  const began = Date.now();
  await until(`a lamp that shows ${wanted.join()}`, () => states(bodies.at(-1)).join() === wanted.join());
  expect(Date.now() - began).toBeLessThan(QUICKLY_MS);
}

describe('the lamp of a phone whose connection breaks', () => {
  it('is right as soon as the phone is back, whatever it missed', async () => {
    const { carol, bodies, ends } = await watching('dialog', '1002');
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    loseConnection(carol);
    alice.call('1002');
    const session = (await ringing(bob)).accept({ sdp: PHONE_SDP });
    await until('the answer', () => bench.events.includes('call.answered'));
    expect(bodies).toHaveLength(1);
    expect((await carol.register()).status).toBe(200);
    await shows(bodies, ['confirmed']);

    // Again, by the next connection; and what has ended meanwhile is said once.
    loseConnection(carol);
    await session?.bye();
    await bench.endedRecord();
    expect(bodies).toHaveLength(2);
    expect((await carol.register()).status).toBe(200);
    await shows(bodies, ['terminated']);
    expect(ends).toEqual([]);
    // The same dialog as before: nothing was subscribed anew.
    const dialogs = carol.received.flatMap((message) =>
      message.kind === 'request' && message.method === 'NOTIFY' ? [message.callId] : [],
    );
    expect(new Set(dialogs).size).toBe(1);
  });

  it('is told nothing where nothing has happened', async () => {
    const { carol, bodies } = await watching('dialog', '1002');
    loseConnection(carol);
    expect((await carol.register()).status).toBe(200);
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    expect(bodies).toHaveLength(1);
    alice.call('1002');
    await ringing(bob);
    await until('what happens now', () => bodies.length === 2);
  });

  it('takes its subscription away where the phone knows of none any more: 481', async () => {
    const { carol, bodies, subscription } = await watching('dialog', '1002');
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    loseConnection(carol);
    subscription.on('notify', (notify) => notify.reply(481));
    const call = alice.call('1002');
    await ringing(bob);
    const before = bench.running.userAgent.stats().dialogs;
    expect((await carol.register()).status).toBe(200);
    await until('the end of the subscription', () => bench.running.userAgent.stats().dialogs === before - 1);
    expect(bodies).toHaveLength(1);
    call.cancel();
  });

  it('of another phone of the same account is left alone', async () => {
    const { carol, bodies } = await watching('dialog', '1002');
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    loseConnection(carol);
    alice.call('1002');
    (await ringing(bob)).progress(180);
    const other = await bench.phone('1003', { protocol: 'tcp' });
    expect(other.last('NOTIFY')).toBeUndefined();
    expect((await carol.register()).status).toBe(200);
    await shows(bodies, ['early']);
    expect(other.last('NOTIFY')).toBeUndefined();
  });
});

it('registrations that a watcher missed are told by a full document (RFC 3680 §5.1)', async () => {
  const { carol, bodies } = await watching('reg', '1003');
  loseConnection(carol);
  // Of the same user, so that there is news while nobody can be told.
  await bench.phone('1003', { protocol: 'udp' });
  // It is tried once the last document is old enough, and nobody takes it.
  await new Promise((settle) => setTimeout(settle, (REG.minimumIntervalMilliseconds ?? 0) + 500));
  expect((await carol.register()).status).toBe(200);
  const last = await until('a document', () => (bodies.length > 1 ? bodies.at(-1) : undefined));
  expect(last).toContain('state="full"');
  expect(last.match(/<contact /g)).toHaveLength(2);
});

it('new messages are told to a phone that comes back', async () => {
  let counts = { newCount: 0, oldCount: 0 };
  bench.bus.handle('mailbox.counts', () => ({ ok: true, ...counts }));
  const { carol, bodies } = await watching('message-summary', '1003');
  expect(bodies.at(-1)).toContain('Messages-Waiting: no');
  loseConnection(carol);
  const { organisationId } = bench.organisation;
  const { userId, mailboxId } = bench.organisation.users.get('1003') ?? expect.fail('No such user');
  if (mailboxId === null) expect.fail('No mailbox');
  counts = { newCount: 2, oldCount: 1 };
  bench.bus.publish('mailbox.changed', { organisationId, userId, mailboxId, ...counts });
  await bench.bus.settled();
  expect((await carol.register()).status).toBe(200);
  await until('the lamp', () => bodies.at(-1)?.includes('Voice-Message: 2/1'));
});
