/** Mono PCM16 audio. */
export interface Speech {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** Bytes before the samples in the files that `buildWav` makes: RIFF header, `fmt ` chunk, `data` header. */
const HEADER_BYTES = 44;
const PCM = 1;

/** A WAV file of the samples. */
export function buildWav({ sampleRate, samples }: Speech): Buffer {
  const dataBytes = samples.length * 2;
  const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(PCM, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(dataBytes, 40);
  for (let index = 0; index < samples.length; index++) wav.writeInt16LE(samples[index] ?? 0, HEADER_BYTES + index * 2);
  return wav;
}

/** Reads a mono PCM16 WAV file. @returns undefined where it is none, or is cut short before its samples */
export function parseWav(wav: Buffer): Speech | undefined {
  if (wav.length < 12 || wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  let sampleRate: number | undefined;
  for (let offset = 12; offset + 8 <= wav.length;) {
    const name = wav.toString('latin1', offset, offset + 4);
    const length = wav.readUInt32LE(offset + 4);
    const start = offset + 8;
    if (name === 'fmt ' && length >= 16 && start + 16 <= wav.length) {
      const monoPcm16 =
        wav.readUInt16LE(start) === PCM && wav.readUInt16LE(start + 2) === 1 && wav.readUInt16LE(start + 14) === 16;
      if (!monoPcm16) return undefined;
      sampleRate = wav.readUInt32LE(start + 4);
    }
    if (name === 'data' && sampleRate !== undefined) {
      const count = Math.floor((Math.min(start + length, wav.length) - start) / 2);
      const samples = Int16Array.from({ length: count }, (_, index) => wav.readInt16LE(start + index * 2));
      return { sampleRate, samples };
    }
    // Chunks are padded to an even length.
    offset = start + length + (length % 2);
  }
  return undefined;
}
