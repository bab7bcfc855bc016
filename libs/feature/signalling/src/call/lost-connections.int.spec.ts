import type { IncomingOffer, InviteSession } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(17_040);
const held = PHONE_SDP.replace('a=sendrecv', 'a=sendonly');
/** Nobody listens there: as with a phone that names its own end of the connection, which is gone with that. */
const BY_CONNECTION = { protocol: 'tcp', advertisedAddress: '127.0.0.99' } as const;

function dropConnections({ userAgent }: Phone): void {
  expect(userAgent.shedConnections(() => true, 'Network lost')).toBeGreaterThan(0);
}

/** Alice talks to Bob, who can be reached by his connection alone. */
async function talking(caller: 'alice' | 'bob') {
  const alice = await bench.phone('1001');
  const bob = await bench.phone('1002', BY_CONNECTION);
  const [from, to, number] = caller === 'alice' ? ([alice, bob, '1002'] as const) : ([bob, alice, '1001'] as const);
  const result = outcome(from.call(number));
  const near = (await ringing(to)).accept({ sdp: PHONE_SDP });
  const far = (await result).session;
  if (near === undefined || far === undefined) throw new Error('The call was not answered');
  const [atAlice, atBob]: [InviteSession, InviteSession] = caller === 'alice' ? [far, near] : [near, far];
  await until('the ACK', () => atBob.state === 'confirmed' && atAlice.state === 'confirmed');
  return { alice, bob, atAlice, atBob };
}

async function nothingIsLeft(): Promise<void> {
  await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
}

describe.each(['alice', 'bob'] as const)('the connection of a phone breaks in a call that %s made', (caller) => {
  it('and it registers by another one: what the other side does reaches it there, and what it does us', async () => {
    const { bob, atAlice, atBob } = await talking(caller);
    dropConnections(bob);
    expect((await bob.register()).status).toBe(200);
    const offers: (string | undefined)[] = [];
    atBob.on('reinvite', (offer: IncomingOffer) => {
      offers.push(/a=(sendrecv|sendonly)/.exec(offer.offer ?? '')?.[1]);
      offer.accept({ sdp: PHONE_SDP });
    });
    await atAlice.reinvite({ sdp: held });
    await until('the hold', () => offers.at(-1) === 'sendonly');
    await atAlice.reinvite({ sdp: PHONE_SDP });
    await until('the resume', () => offers.at(-1) === 'sendrecv');
    const over = ended(atBob);
    void atAlice.bye();
    expect(await over).toMatchObject({ by: 'remote', kind: 'bye' });
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered' });
    await nothingIsLeft();
  });

  it('and it comes back after the other side has hung up: then it hears so', async () => {
    const { bob, atAlice, atBob } = await talking(caller);
    const over = ended(atBob);
    dropConnections(bob);
    await atAlice.bye();
    await bench.endedRecord();
    expect(atBob.state).toBe('confirmed');
    expect((await bob.register()).status).toBe(200);
    expect(await over).toMatchObject({ by: 'remote', kind: 'bye' });
    await nothingIsLeft();
  });
});

it('another phone of the same user is told nothing of a call that it does not have', async () => {
  const { bob, atAlice, atBob } = await talking('alice');
  const other = await bench.phone('1002', { protocol: 'tcp' });
  dropConnections(bob);
  await atAlice.bye();
  await bench.endedRecord();
  await other.register();
  expect(other.last('BYE')).toBeUndefined();
  const over = ended(atBob);
  expect((await bob.register()).status).toBe(200);
  await over;
  expect(other.last('BYE')).toBeUndefined();
});
