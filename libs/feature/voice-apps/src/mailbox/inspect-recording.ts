import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** What a recorded file holds. Times in milliseconds. */
export interface RecordingFacts {
  readonly durationMs: number;
  /** From the beginning to the last sound that is louder than a quiet room. */
  readonly spokenMs: number;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

const FRAME_MS = 20;
/** −55 dBFS: quieter frames are silence. */
const QUIET_RMS = 32_768 * 10 ** (-55 / 20);
const PCM = 1;

/** @returns null where the file is missing, or is no mono PCM16 WAV (RIFF) with at least its header */
export async function inspectRecording(path: string): Promise<RecordingFacts | null> {
  let wav: Buffer;
  try {
    wav = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const sound = findSound(wav);
  if (sound === null) return null;
  const { sampleRate, start, end } = sound;
  const samples = Math.floor((end - start) / 2);
  return {
    durationMs: Math.round((samples / sampleRate) * 1000),
    spokenMs: Math.round((spokenSamples(wav, start, samples, sampleRate) / sampleRate) * 1000),
    sizeBytes: wav.length,
    sha256: createHash('sha256').update(wav).digest('hex'),
  };
}

function findSound(wav: Buffer): { sampleRate: number; start: number; end: number } | null {
  if (wav.length < 12 || wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE')
    return null;
  let sampleRate = 0;
  for (let offset = 12; offset + 8 <= wav.length;) {
    const name = wav.toString('latin1', offset, offset + 4);
    const length = wav.readUInt32LE(offset + 4);
    const start = offset + 8;
    if (name === 'fmt ' && start + 16 <= wav.length) {
      const isMonoPcm16 =
        wav.readUInt16LE(start) === PCM && wav.readUInt16LE(start + 2) === 1 && wav.readUInt16LE(start + 14) === 16;
      if (!isMonoPcm16) return null;
      sampleRate = wav.readUInt32LE(start + 4);
    }
    if (name === 'data')
      return sampleRate === 0 ? null : { sampleRate, start, end: Math.min(start + length, wav.length) };
    // Chunks are padded to an even length.
    offset = start + length + (length % 2);
  }
  return null;
}

function spokenSamples(wav: Buffer, start: number, samples: number, sampleRate: number): number {
  const frame = Math.max(1, Math.round((sampleRate * FRAME_MS) / 1000));
  for (let end = samples; end > 0; end -= frame) {
    const first = Math.max(0, end - frame);
    let sum = 0;
    for (let index = first; index < end; index++) sum += wav.readInt16LE(start + index * 2) ** 2;
    if (Math.sqrt(sum / (end - first)) > QUIET_RMS) return end;
  }
  return 0;
}
