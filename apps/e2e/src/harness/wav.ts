import { readFileSync, writeFileSync } from 'node:fs';

export interface Sound {
  readonly sampleRate: number;
  /** Mono, −1 … 1. */
  readonly samples: Float64Array;
}

/** Reads a PCM16 WAV; of several channels the first. Tolerates a data length that was never filled in. */
export function readWav(path: string): Sound {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${path} is no WAV`);
  let at = 12;
  let channels = 1;
  let sampleRate = 8000;
  while (at + 8 <= bytes.length) {
    const name = bytes.toString('latin1', at, at + 4);
    const declared = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ') {
      channels = bytes.readUInt16LE(start + 2);
      sampleRate = bytes.readUInt32LE(start + 4);
    }
    if (name === 'data') {
      const length = declared === 0 || start + declared > bytes.length ? bytes.length - start : declared;
      const frames = Math.floor(length / (2 * channels));
      const samples = new Float64Array(frames);
      for (let i = 0; i < frames; i++) samples[i] = bytes.readInt16LE(start + i * 2 * channels) / 32768;
      return { sampleRate, samples };
    }
    at = start + declared + (declared % 2);
  }
  throw new Error(`${path} has no sound in it`);
}

/** Writes a PCM16 WAV with the same sound in each channel. */
export function writeWav(path: string, sound: Sound, channels = 1): void {
  const frames = sound.samples.length;
  const bytes = Buffer.alloc(44 + frames * 2 * channels);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sound.sampleRate, 24);
  bytes.writeUInt32LE(sound.sampleRate * 2 * channels, 28);
  bytes.writeUInt16LE(2 * channels, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(frames * 2 * channels, 40);
  for (let i = 0; i < frames; i++) {
    const value = Math.max(-32768, Math.min(32767, Math.round((sound.samples[i] ?? 0) * 32767)));
    for (let channel = 0; channel < channels; channel++) bytes.writeInt16LE(value, 44 + (i * channels + channel) * 2);
  }
  writeFileSync(path, bytes);
}
