import { describe, expect, it } from 'vitest';
import { buildWav, parseWav } from './wav.js';

const speech = { sampleRate: 16_000, samples: Int16Array.from([0, 1, -1, 32_767, -32_768]) };

describe('WAV files', () => {
  it('are read as they were written', () => expect(parseWav(buildWav(speech))).toEqual(speech));

  it('are read with other chunks before the samples', () => {
    const wav = buildWav(speech);
    const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');
    expect(parseWav(Buffer.concat([wav.subarray(0, 12), list, wav.subarray(12)]))).toEqual(speech);
  });

  it('are read as far as they go where the length lies', () => {
    expect(parseWav(buildWav(speech).subarray(0, 48))?.samples).toEqual(Int16Array.from([0, 1]));
  });

  it('never throw on anything else', () => {
    const wav = buildWav(speech);
    for (let length = 0; length < 44; length++) expect(parseWav(wav.subarray(0, length))).toBeUndefined();
    const stereo = Buffer.from(wav);
    stereo.writeUInt16LE(2, 22);
    expect(parseWav(stereo)).toBeUndefined();
    expect(parseWav(Buffer.alloc(100, 0xff))).toBeUndefined();
  });
});
