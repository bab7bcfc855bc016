import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioCodecName, EndpointMedia, RecordingSummary } from './index.js';
import { buildWavHeader, parseWavHeader } from './player/wav-header.js';
import { amplitudeAt, strongestFrequency } from './testing/measure-tone.js';
import { useAudioEngine } from './testing/use-audio-engine.js';
import { valueOf } from './testing/value-of.js';
import { until, wait } from './testing/wait.js';

let folder: string;
const audio = useAudioEngine(19_200);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-media-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function openLeg(codec: AudioCodecName, changes: Partial<EndpointMedia> = {}) {
  const leg = await audio.leg(codec, changes);
  return { target: { kind: 'endpoint', endpointId: leg.endpointId } as const, ...leg };
}

function wavOf(sampleRate: number, frequencyHz: number, seconds: number): Uint8Array {
  const samples = Int16Array.from(
    { length: sampleRate * seconds },
    (_, index) => 8000 * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate),
  );
  return Buffer.concat([buildWavHeader(sampleRate, samples.byteLength), Buffer.from(samples.buffer)]);
}

async function readSamples(path: string): Promise<{ samples: Int16Array; sampleRate: number }> {
  const bytes = await readFile(path);
  const header = parseWavHeader(bytes);
  if (!header.ok) throw new Error(header.code);
  const { dataOffset, dataLength, sampleRate } = header.format;
  expect(bytes.length).toBeGreaterThanOrEqual(dataOffset + dataLength);
  return {
    samples: new Int16Array(
      bytes.buffer.slice(bytes.byteOffset + dataOffset, bytes.byteOffset + dataOffset + dataLength),
    ),
    sampleRate,
  };
}

async function recordEnd(): Promise<RecordingSummary> {
  await until(() => audio.events.some((event) => event.type === 'record-ended'));
  const event = audio.events.find((candidate) => candidate.type === 'record-ended');
  if (event === undefined) throw new Error('No recording ended.');
  return event.summary;
}

describe('playing', () => {
  it.each([
    ['PCMU', 8000],
    ['PCMU', 16000],
    ['PCMA', 44100],
    ['opus', 8000],
    ['opus', 48000],
  ] as const)('plays to %s a file of %i Hz at its pitch, level and length', async (codec, sampleRate) => {
    const leg = await openLeg(codec);
    const path = join(folder, `tone-${sampleRate}.wav`);
    await writeFile(path, wavOf(sampleRate, 620, 1));
    const { playbackId } = valueOf(await audio.engine.play({ target: leg.target, sources: [{ kind: 'file', path }] }));
    await until(() => audio.events.some((event) => event.type === 'play-ended'));
    const ended = audio.events.find((event) => event.type === 'play-ended');
    expect(ended).toMatchObject({ playbackId, reason: 'finished' });
    expect(ended?.playedMs).toBeGreaterThanOrEqual(980);
    expect(ended?.playedMs).toBeLessThanOrEqual(1100);
    expect(strongestFrequency(leg.phone.samples, leg.phone.sampleRate)).toBe(620);
    expect(amplitudeAt(leg.phone.samples, leg.phone.sampleRate, 620)).toBeGreaterThan(7000);
  });

  it('plays a list from memory and tones, repeats it, and stops on demand', async () => {
    const leg = await openLeg('PCMU');
    const { playbackId } = valueOf(
      await audio.engine.play({
        target: leg.target,
        sources: [
          { kind: 'memory', wav: wavOf(8000, 500, 0.2) },
          { kind: 'silence', durationMs: 100 },
          { kind: 'tone', steps: [{ frequenciesHz: [900], durationMs: 200 }] },
        ],
        repeat: 0,
      }),
    );
    await wait(1400);
    valueOf(await audio.engine.stopPlay(playbackId));
    await until(() => audio.events.some((event) => event.type === 'play-ended'));
    expect(audio.events.find((event) => event.type === 'play-ended')).toMatchObject({ reason: 'stopped' });
    const { samples } = leg.phone;
    const louder = { first: 0, second: 0, neither: 0 };
    for (let at = 0; at + 160 <= samples.length; at += 160) {
      const frame = samples.subarray(at, at + 160);
      const [first, second] = [amplitudeAt(frame, 8000, 500), amplitudeAt(frame, 8000, 900)];
      louder[first < 1000 && second < 1000 ? 'neither' : first > second ? 'first' : 'second'] += 1;
    }
    // Nearly three rounds of 10, 5 and 10 frames.
    expect(louder.first).toBeGreaterThanOrEqual(20);
    expect(louder.second).toBeGreaterThanOrEqual(15);
    expect(louder.neither).toBeGreaterThanOrEqual(8);
    expect(await audio.engine.stopPlay(playbackId)).toMatchObject({ ok: false, code: 'MEDIA.PLAYBACK_UNKNOWN' });
  });

  it('is not heard where it is stopped, or another one is played, while it is still being opened', async () => {
    const leg = await openLeg('PCMU');
    const path = join(folder, 'overtaken.wav');
    await writeFile(path, wavOf(8000, 620, 5));
    const tone = { kind: 'tone', steps: [{ frequenciesHz: [900], durationMs: 5000 }] } as const;
    const stopped = audio.engine.play({ playbackId: 'stopped', target: leg.target, sources: [tone] });
    valueOf(await audio.engine.stopPlay('stopped'));
    const slow = audio.engine.play({ playbackId: 'slow', target: leg.target, sources: [{ kind: 'file', path }] });
    const late = audio.engine.play({ playbackId: 'late', target: leg.target, sources: [tone] });
    for (const one of [stopped, slow, late]) valueOf(await one);
    const endings = () => audio.events.flatMap((event) => (event.type === 'play-ended' ? [event] : []));
    await until(() => endings().length === 2);
    expect(endings()).toMatchObject([
      { playbackId: 'stopped', reason: 'stopped', playedMs: 0 },
      { playbackId: 'slow', reason: 'replaced', playedMs: 0 },
    ]);
    await wait(500);
    expect(strongestFrequency(leg.phone.samples, leg.phone.sampleRate)).toBe(900);
    valueOf(await audio.engine.stopPlay('late'));
  });

  it('is replaced by the next, and refuses what cannot be played', async () => {
    const leg = await openLeg('PCMU');
    const tone = [{ kind: 'tone', steps: [{ frequenciesHz: [500], durationMs: 5000 }] }] as const;
    valueOf(await audio.engine.play({ target: leg.target, sources: tone }));
    valueOf(await audio.engine.play({ target: leg.target, sources: tone }));
    await until(() => audio.events.some((event) => event.type === 'play-ended'));
    expect(audio.events.find((event) => event.type === 'play-ended')).toMatchObject({ reason: 'replaced' });
    const path = join(folder, 'broken.wav');
    await writeFile(path, 'RIFFnot a wave');
    expect(await audio.engine.play({ target: leg.target, sources: [{ kind: 'file', path }] })).toMatchObject({
      ok: false,
      code: 'MEDIA.FILE_UNREADABLE',
    });
  });
});

describe('recording', () => {
  it.each(['PCMU', 'G722'] as const)('records both sides of a call, one of which speaks %s', async (spoken) => {
    const a = await openLeg('PCMU', { others: [{ format: 'G722', payloadType: 9 }] });
    const b = await openLeg('PCMU');
    valueOf(audio.engine.connect(a.endpointId, b.endpointId));
    a.phone.sayIn(spoken);
    a.phone.speak(a.rtpPort, 440);
    b.phone.speak(b.rtpPort, 1000);
    await wait(300);
    const path = join(folder, 'both.wav');
    const { recordingId } = valueOf(await audio.engine.record({ target: { ...a.target, side: 'both' }, path }));
    await wait(1500);
    const summary = valueOf(await audio.engine.stopRecord(recordingId));
    expect(summary).toMatchObject({ reason: 'stopped', path, silent: false });
    const { samples } = await readSamples(path);
    expect(amplitudeAt(samples, 8000, 440)).toBeGreaterThan(6500);
    expect(amplitudeAt(samples, 8000, 1000)).toBeGreaterThan(6500);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('is a whole WAV on the disk at any moment', async () => {
    const leg = await openLeg('opus');
    leg.phone.speak(leg.rtpPort, 800);
    const path = join(folder, 'new-folder', 'growing.wav');
    const { recordingId } = valueOf(await audio.engine.record({ target: { ...leg.target, side: 'received' }, path }));
    await wait(2500);
    expect(existsSync(path)).toBe(false);
    const { samples, sampleRate } = await readSamples(`${path}.part`);
    expect(sampleRate).toBe(16000);
    expect(samples.length).toBeGreaterThanOrEqual(16000);
    expect(strongestFrequency(samples, 16000)).toBe(800);
    valueOf(await audio.engine.stopRecord(recordingId));
  });

  it.each([
    ['the longest duration', { maxDurationMs: 400 }, 700, 'max-duration'],
    ['silence', { maxSilenceMs: 500 }, 0, 'silence'],
    ['a finish key', { finishKeys: '#' }, 700, 'finish-key'],
  ] as const)('ends by %s', async (_name, limits, frequencyHz, reason) => {
    const leg = await openLeg('PCMU');
    leg.phone.speak(leg.rtpPort, frequencyHz);
    await wait(100);
    const path = join(folder, `${reason}.wav`);
    valueOf(await audio.engine.record({ target: { ...leg.target, side: 'received' }, path, ...limits }));
    await wait(300);
    if (reason === 'finish-key') leg.phone.pressKey('#', leg.rtpPort);
    const summary = await recordEnd();
    expect(summary).toMatchObject({ reason, path, silent: frequencyHz === 0 && reason === 'silence' });
    expect(existsSync(path)).toBe(true);
  });

  it('keeps what was said when the endpoint closes', async () => {
    const leg = await openLeg('PCMU');
    leg.phone.speak(leg.rtpPort, 700);
    const path = join(folder, 'hang-up.wav');
    valueOf(await audio.engine.record({ target: { ...leg.target, side: 'received' }, path }));
    await wait(500);
    await audio.engine.closeEndpoint(leg.endpointId, 'hung up');
    expect((await recordEnd()).reason).toBe('target-closed');
    expect((await readSamples(path)).samples.length).toBeGreaterThan(2000);
  });

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'ends clearly when the disk is full',
    async () => {
      const disk = join(folder, 'small-disk');
      await mkdir(disk);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
      } catch {
        // A container without the right to mount: nothing to show here.
        return;
      }
      try {
        const leg = await openLeg('opus');
        leg.phone.speak(leg.rtpPort, 700);
        const path = join(disk, 'full.wav');
        valueOf(await audio.engine.record({ target: { ...leg.target, side: 'received' }, path }));
        const summary = await recordEnd();
        expect(summary.reason).toBe('disk-full');
        expect(summary.path).toBe(path);
        expect(summary.durationMs).toBeGreaterThanOrEqual(1000);
        expect((await readSamples(path)).samples.length).toBeGreaterThanOrEqual(16000);
        expect(await readdir(disk)).toEqual(['full.wav']);
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    },
  );
});
