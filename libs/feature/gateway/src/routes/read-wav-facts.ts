const PCM = 1;

/** Where the samples of a WAV file are. Bytes. */
export interface WavFacts {
  readonly sampleRate: number;
  readonly start: number;
  readonly length: number;
}

/** Reads the header of a WAV file. @returns undefined where it is none, or not PCM16, mono; never throws */
export function readWavFacts(wav: Buffer): WavFacts | undefined {
  if (wav.length < 12 || wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  let sampleRate: number | undefined;
  for (let at = 12; at + 8 <= wav.length;) {
    const name = wav.toString('latin1', at, at + 4);
    const length = wav.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ' && length >= 16 && start + 16 <= wav.length) {
      const isMonoPcm16 =
        wav.readUInt16LE(start) === PCM && wav.readUInt16LE(start + 2) === 1 && wav.readUInt16LE(start + 14) === 16;
      if (!isMonoPcm16) return undefined;
      sampleRate = wav.readUInt32LE(start + 4);
    }
    if (name === 'data' && sampleRate !== undefined) {
      const whole = Math.min(start + length, wav.length) - start;
      return { sampleRate, start, length: whole - (whole % 2) };
    }
    // Chunks are padded to an even length.
    at = start + length + (length % 2);
  }
  return undefined;
}
