import { expect, it } from 'vitest';
import type { AgreedFormat, AudioCodecName, EndpointMedia } from './index.js';
import { amplitudeAt } from './testing/measure-tone.js';
import { useAudioEngine } from './testing/use-audio-engine.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

const PCMU: AgreedFormat = { format: 'PCMU', payloadType: 0 };
const PCMA: AgreedFormat = { format: 'PCMA', payloadType: 8 };
const G722: AgreedFormat = { format: 'G722', payloadType: 9 };
const OPUS: AgreedFormat = { format: 'opus', payloadType: 111 };
const ALL = [PCMU, PCMA, G722, OPUS];
const AS_SPOKEN = { min: 6500, max: 9500 };
const audio = useAudioEngine(27_500);

/** A leg that answered with `chosen` first, and then with the rest; beside one that knows a single codec. */
async function twoLegs(chosen: AudioCodecName, to: AudioCodecName, changes: Partial<EndpointMedia> = {}) {
  const others = ALL.filter(({ format }) => format !== chosen);
  const a = await audio.leg(chosen, { others, ...changes });
  const b = await audio.leg(to);
  valueOf(audio.engine.connect(a.endpointId, b.endpointId));
  return { a, b };
}

it.each([
  ['PCMU', 'PCMA', 'PCMU'],
  ['PCMU', 'PCMA', 'PCMA'],
  ['PCMA', 'PCMU', 'opus'],
  ['PCMA', 'opus', 'PCMA'],
  ['G722', 'PCMU', 'PCMU'],
  ['opus', 'G722', 'PCMU'],
  ['opus', 'PCMA', 'opus'],
] as const)('who speaks %s where %s was the first choice is heard in %s', async (spoken, chosen, to) => {
  const { a, b } = await twoLegs(chosen, to);
  a.phone.sayIn(spoken);
  a.phone.speak(a.rtpPort, 440);
  b.phone.speak(b.rtpPort, 1000);
  await Promise.all([b.phone.hears(440, AS_SPOKEN), a.phone.hears(1000, AS_SPOKEN)]);
  // Long enough for packets to be relayed as they are, where they can be.
  await wait(1300);
  b.phone.forget();
  await b.phone.hears(440, AS_SPOKEN);
  for (const { phone } of [a, b])
    expect(new Set(phone.received.map(({ payloadType }) => payloadType))).toEqual(new Set([phone.media().payloadType]));
  expect(valueOf(await audio.engine.statistics(a.endpointId))).toMatchObject({ packetsLost: 0, foreignPackets: 0 });
});

it.each(['PCMA', 'opus'] as const)('who changes in the midst of a word, and back, is heard in %s', async (to) => {
  const { a, b } = await twoLegs('PCMA', to);
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440, AS_SPOKEN);
  for (const codec of ['PCMU', 'opus', 'G722', 'PCMA', 'opus', 'PCMA'] as const) {
    a.phone.sayIn(codec);
    b.phone.forget();
    await b.phone.hears(440, AS_SPOKEN);
  }
  const statistics = valueOf(await audio.engine.statistics(a.endpointId));
  expect(statistics).toMatchObject({ packetsLost: 0, foreignPackets: 0 });
  // Timestamps of another clock, taken for this one's, would be hundreds of milliseconds off.
  expect(statistics.jitterMs).toBeLessThan(40);
  expect(new Set(b.phone.received.map(({ payloadType }) => payloadType)).size).toBe(1);
  const sequences = b.phone.received.map(({ sequence }) => sequence);
  expect(sequences.slice(1).filter((one, index) => ((one - (sequences[index] ?? 0)) & 0xffff) !== 1)).toEqual([]);
});

it('who changes with every packet is heard', async () => {
  const { a, b } = await twoLegs('PCMA', 'PCMU');
  const { sendFrame } = a.phone;
  let sent = 0;
  a.phone.sendFrame = (frame, changes) => {
    sent += 1;
    a.phone.sayIn(sent % 2 === 0 ? 'PCMU' : 'PCMA');
    sendFrame.call(a.phone, frame, changes);
  };
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440, AS_SPOKEN);
  expect(valueOf(await audio.engine.statistics(a.endpointId)).foreignPackets).toBe(0);
});

it('what was not agreed is not heard', async () => {
  const { a, b } = await twoLegs('PCMA', 'PCMU', { others: [G722] });
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  a.phone.sayIn('PCMU');
  await wait(400);
  b.phone.forget();
  await wait(600);
  expect(amplitudeAt(b.phone.samples, 8000, 440)).toBeLessThan(50);
  expect(valueOf(await audio.engine.statistics(a.endpointId)).foreignPackets).toBeGreaterThan(20);
  a.phone.sayIn('PCMA');
  await b.phone.hears(440, AS_SPOKEN);
});

it('keys are told beside each codec, in the clock of its own', async () => {
  const event: AgreedFormat = { format: 'telephone-event', payloadType: 102, clockRate: 48_000 };
  const { a, b } = await twoLegs('PCMA', 'PCMU', { others: [PCMU, OPUS, event] });
  for (const [codec, key, payloadType] of [
    ['PCMA', '1', 101],
    ['PCMU', '2', 101],
    ['opus', '3', 102],
    ['PCMA', '4', 101],
  ] as const) {
    a.phone.sayIn(codec);
    a.phone.speak(a.rtpPort, 440);
    b.phone.forget();
    await b.phone.hears(440);
    const from = audio.events.length;
    a.phone.pressKey(key, a.rtpPort, payloadType);
    await until(() => audio.events.slice(from).some(({ type }) => type === 'dtmf-received'));
    expect(audio.events.slice(from)).toContainEqual(
      expect.objectContaining({ type: 'dtmf-received', endpointId: a.endpointId, digit: key, durationMs: 100 }),
    );
    await until(() => b.phone.events.length > 0);
  }
});

it('comfort noise is a pause in any of them', async () => {
  const { a, b } = await twoLegs('PCMA', 'PCMU');
  a.phone.sayIn('PCMU');
  a.phone.speak(a.rtpPort, 440);
  await b.phone.hears(440);
  a.phone.stopSpeaking();
  a.phone.payloadType = 13;
  for (let index = 0; index < 10; index += 1) {
    a.phone.sendFrame(new Int16Array(160));
    await wait(40);
  }
  a.phone.payloadType = 0;
  b.phone.forget();
  a.phone.speak(a.rtpPort, 700);
  await b.phone.hears(700, AS_SPOKEN);
  expect(valueOf(await audio.engine.statistics(a.endpointId))).toMatchObject({ packetsLost: 0, foreignPackets: 0 });
});

it('an echo comes in what was chosen', async () => {
  const a = await audio.leg('PCMA', { others: [G722] });
  valueOf(await audio.engine.echo(a.endpointId));
  a.phone.sayIn('G722');
  a.phone.speak(a.rtpPort, 600);
  await a.phone.hears(600, AS_SPOKEN);
});
