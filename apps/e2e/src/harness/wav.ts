import { readFileSync, writeFileSync } from 'node:fs';

export interface Sound {
  readonly sampleRate: number;
  /** Mono, −1 … 1. */
  readonly samples: Float64Array;
}

/** As `readSound`, of a file. */
export function readWav(path: string): Sound {
  return readSound(readFileSync(path));
}

/** Reads a PCM16 WAV; of several channels the first. Tolerates a data length that was never filled in. */
export function readSound(bytes: Buffer): Sound {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error('It is no WAV');
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
  throw new Error('There is no sound in it');
}

/** Writes a PCM16 WAV with the same sound in each channel, `times` over. */
export function writeWav(path: string, sound: Sound, { channels = 1, times = 1 } = {}): void {
  const block = Buffer.alloc(sound.samples.length * 2 * channels);
  for (let i = 0; i < sound.samples.length; i++) {
    const value = Math.max(-32768, Math.min(32767, Math.round((sound.samples[i] ?? 0) * 32767)));
    for (let channel = 0; channel < channels; channel++) block.writeInt16LE(value, (i * channels + channel) * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(header.length - 8 + block.length * times, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sound.sampleRate, 24);
  header.writeUInt32LE(sound.sampleRate * 2 * channels, 28);
  header.writeUInt16LE(2 * channels, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(block.length * times, 40);
  writeFileSync(path, Buffer.concat([header, ...Array.from({ length: times }, () => block)]));
}
