import type { Socket } from 'node:dgram';
import { buildBindingRequest, classifyDatagram } from '@carillon/rtp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPeer, rtpOf, type DatagramPeer } from '../testing/datagram-peer.js';
import { until } from '../testing/index.js';
import { bindPairSomewhere } from './bind-pair-somewhere.js';
import { CheckedGate } from './checked-gate.js';
import { IceFront } from './ice-front.js';

const LOOPBACK = '127.0.0.1';
const DTLS = Buffer.from([22, 254, 253, 1, 2, 3]);
const ours = { usernameFragment: 'ours', password: 'secret-of-the-agent' };
const BINDING_SUCCESS = 0x0101;

const opened: Socket[] = [];
async function peer(): Promise<DatagramPeer> {
  const one = await openPeer();
  opened.push(one.socket);
  return one;
}

/** A check that nominates, as phones with ICE send it. */
const check = (credentials = ours): Buffer =>
  Buffer.from(
    buildBindingRequest({
      username: `${credentials.usernameFragment}:them`,
      password: credentials.password,
      priority: 1,
      tieBreaker: 1n,
    }),
  );

let agent: DatagramPeer;
let agentFrom = 0;
let phone: DatagramPeer;
let gate: CheckedGate;
let front: IceFront;
let sources: number[];
const send = (from: DatagramPeer, bytes: Buffer, port = front.port): void => from.socket.send(bytes, port, LOOPBACK);
const ofKind = ({ received }: DatagramPeer, kind: string): Buffer[] =>
  received.map(({ bytes }) => bytes).filter((bytes) => classifyDatagram(bytes) === kind);

beforeEach(async () => {
  agent = await peer();
  agent.socket.on('message', (_bytes, { port }) => (agentFrom = port));
  phone = await peer();
  sources = [];
  gate = new CheckedGate(ours);
  const { rtp, rtcp } = await bindPairSomewhere(LOOPBACK, { min: 19_450, max: 19_490 });
  opened.push(rtcp);
  front = await IceFront.open(rtp, {
    agent: { address: LOOPBACK, port: agent.port, ...ours },
    gate,
    heardSource: (ssrc) => sources.push(ssrc),
  });
  front.begin();
});
afterEach(() => {
  front.close();
  for (const socket of opened.splice(0)) socket.close();
});

describe('who does ICE and says no source', () => {
  it('is answered, and the agent is asked only then', async () => {
    await new Promise((settle) => setTimeout(settle, 300));
    expect(agent.received).toHaveLength(0);
    send(phone, check());
    await until(() => ofKind(phone, 'stun').length === 1 && ofKind(agent, 'stun').length === 1);
    expect(phone.received[0]?.bytes.readUInt16BE(0)).toBe(BINDING_SUCCESS);
    expect(front.remote).toMatchObject({ port: phone.port });
  });

  it('is heard once proven, whatever its source, and nobody else is', async () => {
    const stranger = await peer();
    send(phone, DTLS);
    send(stranger, check({ usernameFragment: 'ours', password: 'guessed' }));
    await until(() => stranger.received.length === 1);
    expect(stranger.received[0]?.bytes.readUInt16BE(0)).not.toBe(BINDING_SUCCESS);
    send(stranger, DTLS);
    send(phone, check());
    await until(() => phone.received.length === 1);
    send(phone, DTLS);
    await until(() => ofKind(agent, 'dtls').length === 1);
    front.secure();
    send(stranger, rtpOf(9, 1));
    for (const sequence of [1, 2]) send(phone, rtpOf(77, sequence));
    await until(() => ofKind(agent, 'rtp').length === 2);
    expect(sources).toEqual([77]);
    for (const sequence of [5, 6, 7]) send(phone, rtpOf(78, sequence));
    await until(() => sources.length === 2);
    expect(sources).toEqual([77, 78]);
  });

  it('is spoken to where it last nominated, by new credentials as well', async () => {
    send(phone, check());
    await until(() => ofKind(agent, 'stun').length > 0);
    send(agent, DTLS, agentFrom);
    await until(() => ofKind(phone, 'dtls').length === 1);
    const moved = await peer();
    const next = { usernameFragment: 'next', password: 'another-secret' };
    gate.restart(next);
    front.restart(next);
    send(moved, check(next));
    await until(() => ofKind(moved, 'stun').length === 1);
    send(agent, DTLS, agentFrom);
    await until(() => ofKind(moved, 'dtls').length === 1);
    await until(() => agent.received.some(({ bytes }) => bytes.toString('latin1').includes('next:')));
    expect(ofKind(phone, 'dtls')).toHaveLength(1);
  });
});
