import { createSocket, type Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { buildRtpPacket, parseRtpPacket, SrtpReceiver, SrtpSender, SRTP_SUITES, srtpSuite } from '@carillon/rtp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAudioEngine } from './engine/create-audio-engine.js';
import type { AudioEngine, EndpointMedia, SrtpKeys } from './index.js';
import { RtpPhone } from './testing/rtp-phone.js';
import { until, wait } from './testing/wait.js';
import { valueOf } from './testing/value-of.js';

let engine: AudioEngine;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  engine = await createAudioEngine({ portRange: { min: 19_400, max: 19_439 } });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => engine.close());

function keysFor(name: string): SrtpKeys {
  const { keyLength, saltLength } = srtpSuite(name)!;
  const key = () => ({
    key: Uint8Array.from(randomBytes(keyLength)),
    salt: Uint8Array.from(randomBytes(saltLength)),
  });
  return { suite: name, send: key(), receive: { ...key(), mkiLength: 0 } };
}

/** A PCMU phone that speaks SRTP: every payload octet it sends is `said`. */
class SecurePhone {
  readonly payloads: number[] = [];
  refused = 0;
  private readonly sender: SrtpSender;
  private readonly receiver: SrtpReceiver;
  private sequence = 65_530;

  private constructor(
    private readonly socket: Socket,
    keys: SrtpKeys,
  ) {
    const suite = srtpSuite(keys.suite)!;
    this.sender = new SrtpSender(suite, keys.receive);
    this.receiver = new SrtpReceiver(suite, keys.send);
    socket.on('message', (bytes) => {
      if ((bytes[1] ?? 0) >= 192) return;
      const opened = this.receiver.openRtp(bytes);
      const parsed = opened.ok ? parseRtpPacket(opened.packet) : undefined;
      if (parsed?.ok) this.payloads.push(parsed.packet.payload[0] ?? -1);
      else this.refused += 1;
    });
  }

  static async open(keys: SrtpKeys): Promise<SecurePhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    closing.push(() => socket.close());
    return new SecurePhone(socket, keys);
  }

  get port(): number {
    return this.socket.address().port;
  }

  say(said: number, toPort: number, { plain = false } = {}): void {
    this.sequence = (this.sequence + 1) & 0xffff;
    const header = { marker: false, payloadType: 0, sequence: this.sequence, timestamp: this.sequence * 160, ssrc: 7 };
    const packet = buildRtpPacket(header, new Uint8Array(160).fill(said));
    const sent = plain ? packet : this.sender.protectRtp(packet);
    if (sent !== undefined) this.socket.send(sent.slice(), toPort, '127.0.0.1');
  }
}

async function secureLeg(suite: string) {
  const keys = keysFor(suite);
  const phone = await SecurePhone.open(keys);
  const endpoint = valueOf(await engine.openEndpoint({ group: 'call' }));
  closing.push(() => engine.closeEndpoint(endpoint.endpointId, 'test over'));
  const media: EndpointMedia = {
    codec: 'PCMU',
    payloadType: 0,
    direction: 'sendrecv',
    remote: { address: '127.0.0.1', port: phone.port },
    srtp: keys,
  };
  valueOf(engine.setMedia(endpoint.endpointId, media));
  return { ...endpoint, phone, media };
}

describe.each(SRTP_SUITES.map(({ name }) => name))('%s', (suite) => {
  it('carries sound to and from a phone with plain RTP, over a rollover of the sequence', async () => {
    const a = await secureLeg(suite);
    const plain = await RtpPhone.open('PCMU');
    closing.push(() => plain.close());
    const b = valueOf(await engine.openEndpoint({ group: 'call' }));
    closing.push(() => engine.closeEndpoint(b.endpointId, 'test over'));
    valueOf(engine.setMedia(b.endpointId, plain.media()));
    valueOf(engine.connect(a.endpointId, b.endpointId));
    plain.speak(b.rtpPort, 440);
    for (let count = 0; count < 20; count += 1) {
      a.phone.say(0x55, a.rtpPort);
      await wait(20);
    }
    await until(() => plain.received.filter(({ payload }) => payload[0] === 0x55).length >= 18);
    await until(() => a.phone.payloads.length > 20);
    expect(a.phone.refused).toBe(0);
    expect(valueOf(await engine.statistics(a.endpointId)).malformedPackets).toBe(0);
  });
});

describe('an endpoint with keys', () => {
  it('takes no plain RTP, and goes on with the same keys after a later offer', async () => {
    const a = await secureLeg('AES_CM_128_HMAC_SHA1_80');
    valueOf(await engine.echo(a.endpointId));
    for (let count = 0; count < 5; count += 1) a.phone.say(0x11, a.rtpPort, { plain: true });
    await wait(200);
    expect(valueOf(await engine.statistics(a.endpointId)).malformedPackets).toBe(5);
    a.phone.say(0x22, a.rtpPort);
    await until(() => a.phone.payloads.includes(0x22));
    expect(a.phone.payloads).not.toContain(0x11);
    valueOf(engine.setMedia(a.endpointId, a.media));
    a.phone.say(0x33, a.rtpPort);
    await until(() => a.phone.payloads.includes(0x33));
    expect(a.phone.refused).toBe(0);
  });
});
