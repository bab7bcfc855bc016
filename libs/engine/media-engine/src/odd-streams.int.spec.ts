import { buildRtpPacket } from '@carillon/rtp';
import { expect, it } from 'vitest';
import { CODECS } from './codecs/codec-table.js';
import type { AudioCodecName, EndpointMedia } from './index.js';
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

/** Packets of another length than 20 ms, as a gateway sends them. @returns stops */
function speakInPacketsOf(
  phone: RtpPhone,
  { packetMs, hertz, port, codec }: { packetMs: number; hertz: number; port: number; codec: 'PCMU' | 'PCMA' | 'G722' },
): () => void {
  const { sampleRate, createEncoder } = CODECS[codec];
  const encoder = createEncoder();
  const octets: number[] = [];
  let phase = 0;
  let sent = 0;
  const startMs = performance.now();
  const timer = setInterval(() => {
    while (startMs + sent * packetMs <= performance.now()) {
      while (octets.length < packetMs * 8) {
        const frame = Int16Array.from({ length: sampleRate / 50 }, () => {
          phase += (2 * Math.PI * hertz) / sampleRate;
          return 8000 * Math.sin(phase);
        });
        octets.push(...encoder.encode(frame));
      }
      const header = {
        ...{ marker: false, payloadType: phone.payloadType, ssrc: phone.ssrc },
        ...{ sequence: sent & 0xffff, timestamp: sent * packetMs * 8 },
      };
      phone.send(buildRtpPacket(header, Uint8Array.from(octets.splice(0, packetMs * 8))), port);
      sent += 1;
    }
  }, 5);
  return () => clearInterval(timer);
}

it.each([
  [10, 'PCMU', 'PCMA'],
  [30, 'PCMU', 'opus'],
  [60, 'PCMA', 'PCMU'],
  [30, 'G722', 'PCMU'],
  [40, 'G722', 'G722'],
] as const)('packets of %d ms in %s are heard in %s', async (packetMs, from, to) => {
  const { a, b } = await twoLegs([from, to]);
  const stop = speakInPacketsOf(a.phone, { packetMs, hertz: 440, port: a.rtpPort, codec: from });
  try {
    await b.phone.hears(440, { min: 6500, max: 9500 });
  } finally {
    stop();
  }
});

it.each([
  [10, 'PCMU', 'PCMU'],
  [30, 'PCMU', 'PCMA'],
  [60, 'PCMA', 'opus'],
  [40, 'G722', 'PCMU'],
] as const)('who asks for packets of %d ms in %s gets them, from %s', async (packetTimeMs, codec, other) => {
  const { a, b } = await twoLegs([codec, other], { packetTimeMs });
  b.phone.speak(b.rtpPort, 1000);
  await a.phone.hears(1000, { min: 6500, max: 9500 });
  const audio = a.phone.received.filter(({ payloadType }) => payloadType === a.phone.payloadType).slice(-10);
  expect(new Set(audio.map(({ payload }) => payload.length))).toEqual(new Set([packetTimeMs * 8]));
  const steps = audio.slice(1).map(({ timestamp }, index) => (timestamp - (audio[index]?.timestamp ?? 0)) >>> 0);
  // A tick that came late makes one larger: time goes on.
  expect(steps.filter((step) => step === packetTimeMs * 8).length).toBeGreaterThanOrEqual(7);
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
  [126, 'opus', 48_000],
] as const)('keys under payload type %d beside %s, with a clock of %d', async (payloadType, codec, clockRate) => {
  const { a, b } = await twoLegs([codec, 'PCMU'], { telephoneEvent: { payloadType, clockRate } });
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  const from = audio.events.length;
  a.phone.pressKey('5', a.rtpPort, payloadType);
  await until(() => audio.events.slice(from).some(({ type }) => type === 'dtmf-received'));
  expect(audio.events.slice(from)).toContainEqual(
    expect.objectContaining({ type: 'dtmf-received', endpointId: a.endpointId, digit: '5', durationMs: 100 }),
  );
  await until(() => b.phone.events.length > 0);
});
