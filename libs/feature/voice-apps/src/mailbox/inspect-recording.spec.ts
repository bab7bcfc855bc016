import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toneWav } from '../testing/tone-wav.js';
import { inspectRecording } from './inspect-recording.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-recording-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function inspect(wav: Buffer) {
  const path = join(folder, 'a.wav');
  await writeFile(path, wav);
  return inspectRecording(path);
}

describe('inspectRecording', () => {
  it('measures the whole and what was spoken', async () => {
    expect(await inspect(toneWav(2000, 500))).toMatchObject({ durationMs: 3000, spokenMs: 2500, sizeBytes: 48_044 });
    expect(await inspect(toneWav(0, 1000))).toMatchObject({ durationMs: 2000, spokenMs: 0 });
  });

  it('takes a file that is cut short for what it has', async () => {
    const whole = toneWav(2000);
    expect(await inspect(whole.subarray(0, 44 + 16_000))).toMatchObject({ durationMs: 1000, spokenMs: 1000 });
    expect(await inspect(whole.subarray(0, 44))).toMatchObject({ durationMs: 0 });
  });

  it('finds nothing in a missing file, garbage, or less than a header', async () => {
    expect(await inspectRecording(join(folder, 'missing.wav'))).toBeNull();
    expect(await inspect(Buffer.alloc(5000, 0xff))).toBeNull();
    for (let length = 0; length < 44; length += 3) expect(await inspect(toneWav(10).subarray(0, length))).toBeNull();
  });
});
