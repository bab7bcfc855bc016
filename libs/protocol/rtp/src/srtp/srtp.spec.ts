import { describe, expect, it } from 'vitest';
import { derive, deriveKeys } from './derive-keys.js';
import { guessRollover } from './packet-index.js';
import { ReplayWindow } from './replay-window.js';
import { CounterModeCipher, GcmCipher } from './srtp-cipher.js';
import { SrtpReceiver, SrtpSender } from './srtp-session.js';
import { SRTP_SUITES, srtpSuite, type SrtpSuite } from './srtp-suites.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const filled = (length: number, value = 7): Uint8Array => new Uint8Array(length).map((_, at) => (at * value) & 0xff);

function suiteOf(name: string): SrtpSuite {
  const suite = srtpSuite(name);
  if (suite === undefined) throw new Error(name);
  return suite;
}

const masterFor = (suite: SrtpSuite, value = 7) => ({
  key: filled(suite.keyLength, value),
  salt: filled(suite.saltLength, value + 2),
});

function rtp(sequence: number, { ssrc = 0xcafe_babe, payload = 160 } = {}): Uint8Array {
  const packet = new Uint8Array(12 + payload).fill(0xab, 12);
  const view = new DataView(packet.buffer);
  view.setUint16(0, 0x8000);
  view.setUint16(2, sequence);
  view.setUint32(8, ssrc);
  return packet;
}

describe('keys and keystreams', () => {
  it('are those of RFC 3711 B.2 and B.3', () => {
    const master = { key: hex('e1f97a0d3e018be0d64fa32c06de4139'), salt: hex('0ec675ad498afeebb6960b3aabe6') };
    const keys = deriveKeys(suiteOf('AES_CM_128_HMAC_SHA1_80'), master, 'rtp');
    expect(text(keys.key)).toBe('c61e7a93744f39ee10734afe3ff7a087');
    expect(text(keys.salt)).toBe('30cbbc08863d8c85d49db34a9ae1');
    expect(text(derive(master, 1, 94))).toMatch(/^cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce/);

    const session = {
      key: hex('2b7e151628aed2a6abf7158809cf4f3c'),
      salt: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfd'),
      authentication: new Uint8Array(20),
    };
    const packet = new Uint8Array(12 + 48 + 10);
    new CounterModeCipher(session, 10).seal(packet, {
      ...{ ssrc: 0, index: 0, body: 12, end: 60, tag: 60 },
      trailer: new Uint8Array(4),
    });
    expect(text(packet.subarray(12, 60))).toBe(
      'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
    );
  });

  it('are those of RFC 6188 §7.2 for AES-256', () => {
    const master = {
      key: hex('f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6'),
      salt: hex('3b04803de51ee7c96423ab5b78d2'),
    };
    const keys = deriveKeys(suiteOf('AES_256_CM_HMAC_SHA1_80'), master, 'rtp');
    expect(text(keys.key)).toBe('5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4');
    expect(text(keys.salt)).toBe('fa31791685ca444a9e07c6c64e93');
    expect(text(keys.authentication)).toBe('fd9c32d39ed5fbb5a9dc96b30818454d1313dc05');
  });

  const salt = hex('517569642070726f2071756f');
  it.each([
    [
      'RFC 7714 §16.1, SRTP with AES-128',
      '000102030405060708090a0b0c0d0e0f',
      'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
    ],
    [
      'RFC 7714 §16.2, SRTP with AES-256',
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      '32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13',
    ],
  ])('GCM is that of %s', (_, key, sealed) => {
    const head = '8040f17b8041f8d35501a0b2';
    const plain = '47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573';
    const end = (head.length + plain.length) / 2;
    const packet = new Uint8Array(end + 16);
    packet.set(hex(head + plain));
    const cipher = new GcmCipher({ key: hex(key), salt, authentication: new Uint8Array(0) }, 'rtp');
    const range = { ssrc: 0x5501_a0b2, index: 0xf17b, body: 12, end, tag: end, trailer: new Uint8Array(4) };
    cipher.seal(packet, range);
    expect(text(packet)).toBe(head + sealed);
    expect(cipher.open(packet, range)).toBe(true);
    expect(text(packet.subarray(0, end))).toBe(head + plain);
  });

  it('SRTCP with GCM is that of RFC 7714 §17.1', () => {
    const head = '81c8000d4d617273';
    const plain = '4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef';
    const end = (head.length + plain.length) / 2;
    const packet = new Uint8Array(end + 16);
    packet.set(hex(head + plain));
    const keys = { key: hex('000102030405060708090a0b0c0d0e0f'), salt, authentication: new Uint8Array(0) };
    const range = { ssrc: 0x4d61_7273, index: 0x5d4, body: 8, end, tag: end, trailer: hex('800005d4') };
    new GcmCipher(keys, 'rtcp').seal(packet, range);
    expect(text(packet)).toBe(
      '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade',
    );
  });
});

describe.each(SRTP_SUITES.map((suite) => [suite.name, suite] as const))('%s', (_, suite) => {
  const pair = () => ({
    sender: new SrtpSender(suite, masterFor(suite)),
    receiver: new SrtpReceiver(suite, masterFor(suite)),
  });
  const sealed = (sender: SrtpSender, packet: Uint8Array): Uint8Array => {
    const out = sender.protectRtp(packet);
    if (out === undefined) throw new Error('not protected');
    return out.slice();
  };

  it('carries packets over a rollover of the sequence, and hides their payload', () => {
    const { sender, receiver } = pair();
    for (let count = 0; count < 300; count += 1) {
      const plain = rtp((65_400 + count) & 0xffff);
      const packet = sealed(sender, plain);
      expect(packet).toHaveLength(plain.length + suite.rtpTagLength);
      expect(text(packet.subarray(12, 60))).not.toBe(text(plain.subarray(12, 60)));
      expect(receiver.openRtp(packet)).toEqual({ ok: true, packet: plain });
    }
  });

  it('takes packets out of order, and each once', () => {
    const { sender, receiver } = pair();
    const packets = [1, 2, 3, 4].map((sequence) => sealed(sender, rtp(sequence)));
    const arrive = (at: number) => receiver.openRtp(packets[at]!.slice());
    expect([0, 3, 1, 2].map((at) => arrive(at).ok)).toEqual([true, true, true, true]);
    expect([0, 1, 2, 3].map(arrive)).toEqual(Array.from({ length: 4 }, () => ({ ok: false, code: 'SRTP.REPLAYED' })));
  });

  it('refuses every changed octet, wrong keys and what is cut short, and goes on', () => {
    const { sender, receiver } = pair();
    const packet = sealed(sender, rtp(9, { payload: 20 }));
    for (let at = 1; at < packet.length; at += 1) {
      const changed = packet.slice();
      changed[at]! ^= 0x10;
      expect(receiver.openRtp(changed).ok).toBe(false);
    }
    for (let length = 0; length < packet.length; length += 1)
      expect(receiver.openRtp(packet.slice(0, length)).ok).toBe(false);
    expect(receiver.openRtp(new Uint8Array(65_507).fill(0x80))).toEqual({ ok: false, code: 'SRTP.BAD_LENGTH' });
    const stranger = new SrtpReceiver(suite, masterFor(suite, 3));
    expect(stranger.openRtp(packet.slice())).toEqual({ ok: false, code: 'SRTP.FORGED' });
    expect(receiver.openRtp(packet).ok).toBe(true);
  });

  it('carries RTCP, which may come before any RTP', () => {
    const { sender, receiver } = pair();
    const report = filled(28);
    report.set([0x80, 200, 0, 6, 0xca, 0xfe, 0xba, 0xbe]);
    const first = sender.protectRtcp(report)!.slice();
    expect(receiver.openRtcp(first.slice())).toEqual({ ok: true, packet: report });
    expect(receiver.openRtcp(first)).toEqual({ ok: false, code: 'SRTP.REPLAYED' });
    expect(receiver.openRtcp(sender.protectRtcp(report)!.slice()).ok).toBe(true);
    expect(receiver.openRtp(sealed(sender, rtp(50_000))).ok).toBe(true);
    for (let length = 0; length < first.length; length += 1)
      expect(receiver.openRtcp(first.slice(0, length)).ok).toBe(false);
  });
});

describe('an MKI', () => {
  it.each(['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'])('is passed over, with %s', (name) => {
    const suite = suiteOf(name);
    const plain = rtp(7);
    const packet = new SrtpSender(suite, masterFor(suite)).protectRtp(plain)!.slice();
    const tagAt = packet.length - suite.rtpTagLength;
    const mki = Uint8Array.of(0, 0, 0, 1);
    const parts = suite.cipher === 'aes-gcm' ? [packet, mki] : [packet.subarray(0, tagAt), mki, packet.subarray(tagAt)];
    const receiver = new SrtpReceiver(suite, masterFor(suite), 4);
    expect(receiver.openRtp(new Uint8Array(Buffer.concat(parts)))).toEqual({ ok: true, packet: plain });
  });
});

describe('a receiver', () => {
  it('keeps few sources, however many are claimed', () => {
    const suite = suiteOf('AES_CM_128_HMAC_SHA1_80');
    const sender = new SrtpSender(suite, masterFor(suite));
    const receiver = new SrtpReceiver(suite, masterFor(suite));
    for (let ssrc = 1; ssrc < 50; ssrc += 1)
      expect(receiver.openRtp(sender.protectRtp(rtp(1, { ssrc }))!.slice()).ok).toBe(true);
    const { sources } = receiver as unknown as { sources: Map<number, unknown> };
    expect(sources.size).toBeLessThanOrEqual(8);
  });
});

describe('the index of a packet', () => {
  it.each([
    [{ rollover: 0, sequence: 65_535 }, 0, 1],
    [{ rollover: 1, sequence: 3 }, 65_530, 0],
    [{ rollover: 5, sequence: 30_000 }, 30_001, 5],
    [{ rollover: 0, sequence: 10 }, 65_000, -1],
    [{ rollover: 2, sequence: 40_000 }, 5_000, 3],
  ])('%j, then %i → rollover %i (RFC 3711 §3.3.1)', (highest, sequence, rollover) => {
    expect(guessRollover(highest, sequence)).toBe(rollover);
  });

  it('is remembered as far back as packets may come', () => {
    const window = new ReplayWindow();
    window.remember(1000);
    expect([1000, 999, 873, 872, 1001].map((index) => window.isFresh(index))).toEqual([false, true, true, false, true]);
    window.remember(5000);
    expect([4999, 5000, 1000].map((index) => window.isFresh(index))).toEqual([true, false, false]);
  });
});
