/** A WAV file, 8 kHz: `silentMs` of nothing around `soundMs` of a 440 Hz tone. */
export function toneWav(soundMs: number, silentMs = 0): Buffer {
  const rate = 8000;
  const quiet = Math.round((silentMs * rate) / 1000);
  const loud = Math.round((soundMs * rate) / 1000);
  const wav = Buffer.alloc(44 + 2 * (loud + 2 * quiet));
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(wav.length - 44, 40);
  for (let index = 0; index < loud; index++)
    wav.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / rate)), 44 + 2 * (quiet + index));
  return wav;
}
