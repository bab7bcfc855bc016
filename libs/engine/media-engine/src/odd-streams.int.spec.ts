import { buildRtpPacket } from '@carillon/rtp';
import { expect, it, vi } from 'vitest';
import { dtmfToneSteps, ToneGenerator } from './audio/tone-generator.js';
import { CODECS } from './codecs/codec-table.js';
import type { AudioCodecName, EndpointMedia } from './index.js';
import { amplitudeAt } from './testing/measure-tone.js';
import type { RtpPhone } from './testing/rtp-phone.js';
import { useAudioEngine } from './testing/use-audio-engine.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

const COMFORT_NOISE = 13;
const audio = useAudioEngine(22_500);

async function twoLegs(codecs: readonly [AudioCodecName, AudioCodecName], changes: Partial<EndpointMedia> = {}) {
  const a = await audio.leg(codecs[0], changes);
  const b = await audio.leg(codecs[1]);
  valueOf(audio.engine.connect(a.endpointId, b.endpointId));
  return { a, b };
}

interface OddPackets {
  readonly packetMs: number;
  readonly hertz: number;
  readonly port: number;
  readonly codec: AudioCodecName;
  /** Of Opus: how long the frames in a packet are, where there are several. */
  readonly frameMs?: number;
}

/** Packets of another length than 20 ms, as a gateway sends them. @returns stops */
function speakInPacketsOf(
  phone: RtpPhone,
  { packetMs, hertz, port, codec, frameMs = codec === 'opus' ? packetMs : 20 }: OddPackets,
): () => void {
  const { sampleRate, clockRate, createEncoder } = CODECS[codec];
  const encoder = createEncoder();
  let phase = 0;
  const nextFrame = (): Uint8Array => {
    const samples = Int16Array.from({ length: (sampleRate * frameMs) / 1000 }, () => {
      phase += (2 * Math.PI * hertz) / sampleRate;
      return 8000 * Math.sin(phase);
    });
    return Uint8Array.from(encoder.encode(samples));
  };
  const octets: number[] = [];
  const nextPacket = (): Uint8Array => {
    if (codec === 'opus') return joinOpus(Array.from({ length: packetMs / frameMs }, nextFrame));
    while (octets.length < packetMs * 8) octets.push(...nextFrame());
    return Uint8Array.from(octets.splice(0, packetMs * 8));
  };
  let sent = 0;
  const startMs = performance.now();
  const timer = setInterval(() => {
    while (startMs + sent * packetMs <= performance.now()) {
      const header = {
        ...{ marker: false, payloadType: phone.payloadType, ssrc: phone.ssrc },
        ...{ sequence: sent & 0xffff, timestamp: (sent * packetMs * clockRate) / 1000 },
      };
      phone.send(buildRtpPacket(header, nextPacket()), port);
      sent += 1;
    }
  }, 5);
  return () => clearInterval(timer);
}

/** Frames of one configuration in a packet of code 3, each but the last with its length before all (RFC 6716 §3.2.5). */
function joinOpus(frames: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(1)] = frames;
  if (frames.length === 1) return first;
  const VARIABLE = 0x80;
  const lengths = frames.slice(0, -1).flatMap(({ length }) => {
    const octets = length - 1;
    return octets < 252 ? [octets] : [252 + ((octets - 252) & 3), (octets - 252 - ((octets - 252) & 3)) >> 2];
  });
  const head = [(first[0] ?? 0) | 3, VARIABLE | frames.length, ...lengths];
  return Uint8Array.from([...head, ...frames.flatMap((frame) => [...frame.subarray(1)])]);
}

it.each([
  [10, 'PCMU', 'PCMA'],
  [30, 'PCMU', 'opus'],
  [60, 'PCMA', 'PCMU'],
  [30, 'G722', 'PCMU'],
  [40, 'G722', 'G722'],
  [60, 'G722', 'PCMA'],
  [10, 'opus', 'PCMU'],
  [40, 'opus', 'PCMU'],
  [60, 'opus', 'G722'],
  [60, 'opus', 'opus'],
  [40, 'opus', 'PCMA', 20],
  [60, 'opus', 'PCMU', 20],
  [120, 'opus', 'PCMU', 40],
] as const)('packets of %d ms in %s are heard in %s, without a gap', async (packetMs, from, to, frameMs?: number) => {
  const { a, b } = await twoLegs([from, to]);
  const frames = frameMs === undefined ? {} : { frameMs };
  const stop = speakInPacketsOf(a.phone, { packetMs, hertz: 440, port: a.rtpPort, codec: from, ...frames });
  try {
    await b.phone.hears(440, { min: 6500, max: 9500 });
    await wait(1500);
    // Every 20 ms of a second: a stretch that is repeated or invented is quieter, or out of step. What a packet of this length
    // lacks, each of them lacks; a machine that halts spoils one second, and the next is whole.
    await vi.waitFor(() => expect(quietest(b.phone.recent(1000), b.phone.sampleRate)).toBeGreaterThan(5500), {
      timeout: 20_000,
      interval: 250,
    });
  } finally {
    stop();
  }
});

/** Of pieces of 20 ms: the amplitude of the least one at 450 Hz, which is 440 to so short a piece. */
function quietest(samples: Int16Array, sampleRate: number): number {
  const length = sampleRate / 50;
  let least = Infinity;
  for (let at = 0; at + length <= samples.length; at += length)
    least = Math.min(least, amplitudeAt(samples.subarray(at, at + length), sampleRate, 450));
  return least;
}

it.each([
  [10, 'PCMU', 'PCMU'],
  [30, 'PCMU', 'PCMA'],
  [60, 'PCMA', 'opus'],
  [40, 'G722', 'PCMU'],
  [10, 'opus', 'PCMU'],
  [40, 'opus', 'PCMU'],
  [60, 'opus', 'opus'],
] as const)('who asks for packets of %d ms in %s gets them, from %s', async (packetTimeMs, codec, other) => {
  const { a, b } = await twoLegs([codec, other], { packetTimeMs });
  b.phone.speak(b.rtpPort, 1000);
  await a.phone.hears(1000, { min: 6500, max: 9500 });
  const audio = a.phone.received.filter(({ payloadType }) => payloadType === a.phone.payloadType).slice(-10);
  const { clockRate } = CODECS[codec];
  if (codec !== 'opus')
    expect(new Set(audio.map(({ payload }) => payload.length))).toEqual(new Set([packetTimeMs * 8]));
  const steps = audio.slice(1).map(({ timestamp }, index) => (timestamp - (audio[index]?.timestamp ?? 0)) >>> 0);
  // A tick that came late makes one larger: time goes on.
  expect(steps.filter((step) => step === (packetTimeMs * clockRate) / 1000).length).toBeGreaterThanOrEqual(7);
});

it.each(['PCMU', 'opus'] as const)('comfort noise (RFC 3389) is a pause, not the end: heard in %s', async (to) => {
  const { a, b } = await twoLegs(['PCMU', to]);
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  a.phone.stopSpeaking();
  const before = valueOf(await audio.engine.statistics(a.endpointId)).foreignPackets;
  a.phone.payloadType = COMFORT_NOISE;
  for (let index = 0; index < 10; index += 1) {
    a.phone.sendFrame(new Int16Array(160));
    await wait(60);
  }
  a.phone.payloadType = 0;
  b.phone.forget();
  a.phone.speak(a.rtpPort, 700);
  await b.phone.hears(700, { min: 6500, max: 9500 });
  const statistics = valueOf(await audio.engine.statistics(a.endpointId));
  expect(statistics.foreignPackets).toBe(before);
  expect(statistics.packetsLost).toBe(0);
});

it.each(['PCMU', 'PCMA'] as const)('a new source with a new clock goes on in %s', async (to) => {
  const { a, b } = await twoLegs(['PCMU', to]);
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  a.phone.stopSpeaking();
  // The same gateway, another stream: as after a transfer behind it.
  a.phone.ssrc = (a.phone.ssrc + 77) >>> 0;
  b.phone.forget();
  a.phone.speak(a.rtpPort, 1000);
  await b.phone.hears(1000, { min: 6500, max: 9500 });
  expect(new Set(b.phone.received.map(({ ssrc }) => ssrc)).size).toBe(1);
});

it('a NAT that gives another port is followed', async () => {
  const { a, b } = await twoLegs(['PCMU', 'PCMU']);
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  a.phone.stopSpeaking();
  await wait(1200);
  const moved = await audio.phone('PCMU');
  moved.ssrc = a.phone.ssrc;
  moved.continueFrom(a.phone.sequenceNow);
  moved.speak(a.rtpPort, 1000);
  b.phone.speak(b.rtpPort, 700);
  b.phone.forget();
  await Promise.all([b.phone.hears(1000), moved.hears(700)]);
});

it.each([
  [96, 'PCMU', 8000],
  [110, 'G722', 8000],
  [111, 'G722', 16_000],
  [126, 'opus', 48_000],
] as const)('keys under payload type %d beside %s, with a clock of %d', async (payloadType, codec, clockRate) => {
  const { a, b } = await twoLegs([codec, 'PCMU'], { telephoneEvent: { payloadType, clockRate } });
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  const from = audio.events.length;
  a.phone.pressKey('5', a.rtpPort, payloadType, clockRate);
  await until(() => audio.events.slice(from).some(({ type }) => type === 'dtmf-received'));
  expect(audio.events.slice(from)).toContainEqual(
    expect.objectContaining({ type: 'dtmf-received', endpointId: a.endpointId, digit: '5', durationMs: 100 }),
  );
  await until(() => b.phone.events.length > 0);
});

/** Keys of 100 ms as tones in the sound, as of who knows no telephone-events. */
async function sayTones(phone: RtpPhone, keys: string, port: number): Promise<void> {
  const frame = new Int16Array(phone.sampleRate / 50);
  for (const key of keys) {
    const tones = new ToneGenerator(dtmfToneSteps(key, 100, 100), phone.sampleRate);
    for (let sent = 0; sent < 10; sent += 1) {
      tones.read(frame);
      phone.sendFrame(frame, { port });
      await wait(20);
    }
  }
}
const keysOf = (endpointId: string, from: number): string =>
  audio.events
    .slice(from)
    .map((event) => (event.type === 'dtmf-received' && event.endpointId === endpointId ? event.digit : ''))
    .join('');

it.each(['PCMU', 'PCMA'] as const)('keys as tones in %s reach a menu, and stop what it says', async (codec) => {
  const { phone, endpointId, rtpPort } = await audio.leg(codec, { telephoneEvent: undefined });
  const from = audio.events.length;
  const target = { kind: 'endpoint', endpointId } as const;
  const sources = [{ kind: 'tone', steps: [{ frequenciesHz: [440], durationMs: 20_000 }] }] as const;
  valueOf(await audio.engine.play({ target, sources, stopOnDtmf: true }));
  await sayTones(phone, '42#', rtpPort);
  await until(() => keysOf(endpointId, from) === '42#');
  const ended = audio.events.slice(from).find(({ type }) => type === 'play-ended');
  expect(ended).toMatchObject({ reason: 'dtmf', digit: '4' });
});

it('keys as tones that come by signalling as well count once', async () => {
  const { phone, endpointId, rtpPort } = await audio.leg('PCMU', { telephoneEvent: undefined });
  const from = audio.events.length;
  await sayTones(phone, '4', rtpPort);
  await until(() => keysOf(endpointId, from) === '4');
  for (const key of '42') {
    valueOf(await audio.engine.inputDtmf(endpointId, key));
    await sayTones(phone, key, rtpPort);
  }
  await wait(200);
  expect(keysOf(endpointId, from)).toBe('42');
});

it('tones are sound alone for who agreed on telephone-events, and between people', async () => {
  const { a, b } = await twoLegs(['PCMU', 'PCMU'], { telephoneEvent: undefined });
  const agreed = await audio.leg('PCMU');
  const from = audio.events.length;
  await Promise.all([sayTones(a.phone, '12', a.rtpPort), sayTones(agreed.phone, '12', agreed.rtpPort)]);
  await wait(200);
  expect(keysOf(a.endpointId, from) + keysOf(agreed.endpointId, from)).toBe('');
  expect(b.phone.events).toEqual([]);
});
