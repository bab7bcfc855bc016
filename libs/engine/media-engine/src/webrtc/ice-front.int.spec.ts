import type { Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPeer, rtpOf, type DatagramPeer } from '../testing/datagram-peer.js';
import { until } from '../testing/index.js';
import { bindPairSomewhere } from './bind-pair-somewhere.js';
import type { SignalledRemote } from './front-gate.js';
import { IceFront } from './ice-front.js';
import { SignalledGate } from './signalled-gate.js';

const LOOPBACK = '127.0.0.1';
const DTLS = Buffer.from([22, 254, 253, 1, 2, 3]);
const STUN = Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...Array.from({ length: 12 }, () => 0)]);
const RTCP = Buffer.from([0x80, 200, 0, 1, 0, 0, 0, 7]);

const opened: Socket[] = [];
async function peer(): Promise<DatagramPeer> {
  const one = await openPeer();
  opened.push(one.socket);
  return one;
}

let agent: DatagramPeer;
let phone: DatagramPeer;
let front: IceFront;
let sources: number[];
const send = (from: DatagramPeer, bytes: Buffer, port = front.port): void => from.socket.send(bytes, port, LOOPBACK);
const inner = (): number => agent.received[0]?.port ?? 0;
const passed = (peer: DatagramPeer): Buffer[] =>
  peer.received.map(({ bytes }) => bytes).filter((bytes) => (bytes[0] ?? 0) > 3);
/** What SDP says of a peer. */
const at = ({ port }: DatagramPeer, { rtcpMux = true, begins = true } = {}): SignalledRemote => ({
  ...{ address: LOOPBACK, port, rtcpMux, begins },
});

beforeEach(async () => {
  agent = await peer();
  phone = await peer();
  sources = [];
  const { rtp, rtcp } = await bindPairSomewhere(LOOPBACK, { min: 19_500, max: 19_540 });
  opened.push(rtcp);
  front = await IceFront.open(rtp, {
    agent: { address: LOOPBACK, port: agent.port, usernameFragment: 'ours', password: 'secret-of-the-agent' },
    gate: new SignalledGate(),
    heardSource: (ssrc) => sources.push(ssrc),
  });
  await until(() => agent.received.length > 0);
});
afterEach(() => {
  front.close();
  for (const socket of opened.splice(0)) socket.close();
});

describe('before the handshake', () => {
  it('checks connectivity in the phone’s place', () => {
    const check = agent.received[0]?.bytes;
    expect(check?.readUInt16BE(0)).toBe(1);
    expect(check?.toString('latin1')).toContain('ours:');
  });

  it('goes to where SDP says, then to where DTLS comes from', async () => {
    const elsewhere = await peer();
    front.setRemote(at(phone));
    front.begin();
    send(agent, DTLS, inner());
    await until(() => phone.received.length === 1);
    send(elsewhere, DTLS);
    await until(() => passed(agent).length === 1);
    send(agent, DTLS, inner());
    await until(() => elsewhere.received.length === 1);
  });

  it('is not taken from who is where SDP says', async () => {
    const stranger = await peer();
    front.setRemote(at(phone));
    front.begin();
    send(phone, DTLS);
    await until(() => passed(agent).length === 1);
    send(stranger, DTLS);
    send(phone, DTLS);
    await until(() => passed(agent).length === 2);
    send(agent, DTLS, inner());
    await until(() => phone.received.length === 1);
    expect(stranger.received).toHaveLength(0);
  });

  it('that we begin is with nobody else, whoever calls meanwhile', async () => {
    const stranger = await peer();
    front.setRemote(at(phone, { begins: false }));
    front.begin();
    send(stranger, DTLS);
    send(phone, RTCP);
    await until(() => passed(agent).length === 1);
    send(agent, DTLS, inner());
    await until(() => phone.received.length === 1);
    expect(stranger.received).toHaveLength(0);
    expect(passed(agent)).toEqual([RTCP]);
  });

  it('that begins before the agent knows of it goes on once that does', async () => {
    const stranger = await peer();
    send(stranger, DTLS);
    send(phone, DTLS);
    await new Promise((settle) => setTimeout(settle, 100));
    front.setRemote(at(phone));
    expect(passed(agent)).toHaveLength(0);
    front.begin();
    await until(() => passed(agent).length > 0);
    send(agent, DTLS, inner());
    await until(() => phone.received.length === 1);
    expect(passed(agent)).toHaveLength(1);
    expect(stranger.received).toHaveLength(0);
  });

  it('keeps STUN of either side to itself, and RTCP where it has a port of its own', async () => {
    front.setRemote(at(phone, { rtcpMux: false }));
    front.begin();
    send(phone, STUN);
    send(agent, STUN, inner());
    send(agent, RTCP, inner());
    send(agent, DTLS, inner());
    send(phone, DTLS);
    await until(() => passed(agent).length === 1 && phone.received.length === 1);
    expect(phone.received[0]?.bytes).toEqual(DTLS);
    expect(agent.received.every(({ bytes }) => !bytes.equals(STUN))).toBe(true);
  });
});

describe('a handshake that never comes', () => {
  let waiting: IceFront | undefined;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    waiting?.close();
    vi.useRealTimers();
  });

  /** A front whose agent is nobody else's. */
  async function open(): Promise<DatagramPeer> {
    const asked = await peer();
    const { rtp, rtcp } = await bindPairSomewhere(LOOPBACK, { min: 19_500, max: 19_540 });
    opened.push(rtcp);
    waiting = await IceFront.open(rtp, {
      agent: { address: LOOPBACK, port: asked.port, usernameFragment: 'ours', password: 'secret-of-the-agent' },
      gate: new SignalledGate(),
      heardSource: () => undefined,
    });
    return asked;
  }

  it('is prepared often for ten seconds, then as often as consent wants it', async () => {
    const asked = await open();
    vi.advanceTimersByTime(9800);
    await until(() => asked.received.length === 50);
    vi.advanceTimersByTime(20_200);
    await until(() => asked.received.length === 55);
  });

  it('is prepared often again once it may begin, and no more after the end', async () => {
    const asked = await open();
    vi.advanceTimersByTime(60_000);
    await until(() => asked.received.length === 61);
    waiting?.begin();
    vi.advanceTimersByTime(1000);
    await until(() => asked.received.length === 67);
    waiting?.secure();
    vi.advanceTimersByTime(10_000);
    await until(() => asked.received.length === 70);
    waiting?.close();
    waiting?.begin();
    vi.advanceTimersByTime(10_000);
    await new Promise((settle) => setTimeout(settle, 100));
    expect(asked.received).toHaveLength(70);
  });
});

describe('after the handshake', () => {
  beforeEach(async () => {
    front.setRemote(at(phone));
    front.begin();
    send(phone, DTLS);
    await until(() => passed(agent).length === 1);
    front.secure();
  });

  it('says which source is heard, once', async () => {
    for (const sequence of [1, 2, 3]) send(phone, rtpOf(77, sequence));
    await until(() => passed(agent).length === 4);
    expect(sources).toEqual([77]);
  });

  it('hears nobody else', async () => {
    const stranger = await peer();
    send(phone, rtpOf(77, 1));
    send(stranger, DTLS);
    send(stranger, rtpOf(78, 1));
    send(stranger, RTCP);
    send(phone, rtpOf(77, 2));
    await until(() => passed(agent).length === 3);
    expect(passed(agent).filter((bytes) => bytes.equals(DTLS))).toHaveLength(1);
    expect(sources).toEqual([77]);
    expect(front.remote).toMatchObject({ address: LOOPBACK, port: phone.port });
  });

  it('passes nothing on once it is closed', async () => {
    const { port } = front;
    front.close();
    front.close();
    send(phone, rtpOf(77, 1), port);
    send(agent, DTLS, inner());
    send(phone, DTLS, phone.port);
    await until(() => phone.received.length > 0);
    expect(phone.received).toHaveLength(1);
    expect(passed(agent)).toHaveLength(1);
  });
});
