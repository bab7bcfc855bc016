import type { IncomingOffer, InviteSession } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import type { Provider } from '../testing/provider.js';
import { ended, outcome, ringing, until } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks } from '../testing/trunk-bench.js';

const PORT = 23_020;
const { bench, trunks } = useTrunks(PORT);
const held = PHONE_SDP.replace('a=sendrecv', 'a=sendonly');
/** What the provider's Contact names: itself, or an address that leads nowhere, as behind a NAT. */
const CONTACTS = [
  ['that can be reached', '127.0.0.2'],
  ['that leads nowhere', '127.0.0.98'],
] as const;

function dropConnections({ userAgent }: Provider): void {
  expect(userAgent.shedConnections(() => true, 'Idle')).toBeGreaterThan(0);
}

/** Alice talks to somebody behind a trunk over TCP. */
async function talking(direction: 'out' | 'in', advertisedAddress: string) {
  const carrier = await trunks.provider({ protocol: 'tcp', advertisedAddress });
  const inbound = [{ number: '+4930100', extension: '1001' }];
  const sourceAddresses = ['127.0.0.1'];
  await trunks.add({
    ...{ host: '127.0.0.2', port: carrier.port, transport: 'tcp', outbound: OUT, inbound, sourceAddresses },
  });
  const alice = await bench.phone('1001');
  const result = outcome(direction === 'out' ? alice.call('030123') : carrier.call('+4930100'));
  const invite = direction === 'out' ? await incoming(carrier) : await ringing(alice);
  const near = invite.accept({ sdp: PHONE_SDP });
  const far = (await result).session;
  if (near === undefined || far === undefined) throw new Error('The call was not answered');
  const [atAlice, atCarrier]: [InviteSession, InviteSession] = direction === 'out' ? [far, near] : [near, far];
  await until('the ACK', () => atAlice.state === 'confirmed' && atCarrier.state === 'confirmed');
  return { carrier, atAlice, atCarrier };
}

function holdsAt(session: InviteSession): string[] {
  const offers: string[] = [];
  session.on('reinvite', (offer: IncomingOffer) => {
    offers.push(/a=(sendrecv|sendonly|recvonly)/.exec(offer.offer ?? '')?.[1] ?? '');
    offer.accept({ sdp: PHONE_SDP });
  });
  return offers;
}

async function nothingIsLeft(): Promise<void> {
  await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
}

describe.each(CONTACTS)('a provider with a Contact %s closes its connection in a call', (_what, contact) => {
  it.each(['out', 'in'] as const)('(%s): hold and BYE go by a new one', async (direction) => {
    const { carrier, atAlice, atCarrier } = await talking(direction, contact);
    const offers = holdsAt(atCarrier);
    dropConnections(carrier);
    await atAlice.reinvite({ sdp: held });
    await until('the hold', () => offers.at(-1) === 'sendonly');
    // And once more, while nothing is under way.
    dropConnections(carrier);
    const over = ended(atCarrier);
    void atAlice.bye();
    expect(await over).toMatchObject({ by: 'remote', kind: 'bye' });
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered' });
    await nothingIsLeft();
  });

  it.each(['out', 'in'] as const)('(%s): what it sends by a new one is part of the call', async (direction) => {
    const { carrier, atAlice, atCarrier } = await talking(direction, contact);
    const offers = holdsAt(atAlice);
    dropConnections(carrier);
    expect(await atCarrier.reinvite({ sdp: held })).toMatchObject({ ok: true });
    await until('the hold', () => offers.at(-1) === 'sendonly');
    const over = ended(atAlice);
    expect(await atCarrier.bye()).toMatchObject({ ok: true });
    expect(await over).toMatchObject({ by: 'remote', kind: 'bye' });
    await nothingIsLeft();
  });
});
