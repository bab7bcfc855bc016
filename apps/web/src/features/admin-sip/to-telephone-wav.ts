import { HOLD_MUSIC_RATE_HZ, HOLD_MUSIC_SECONDS } from '@carillon/contracts';

/** Octets before the samples: RIFF header, `fmt ` chunk, `data` header. */
const HEADER_OCTETS = 44;
const PCM = 1;
/** Peaks at this share of full scale: -9 dBFS, as loud as a voice. */
const PEAK = 0.35;

/** 5 minutes in any usual format, uncompressed too; what is longer would fill the browser's memory when it is unpacked. */
const MAX_FILE_OCTETS = 100 * 1024 * 1024;

/** A sound that cannot be used, in words for whoever chose it. */
export class UnusableSound extends Error {}

/**
 * Whatever the browser can play, as telephones sound: a WAV file, PCM16, one channel, 16 kHz, as loud as a voice.
 * @throws {UnusableSound}
 */
export async function toTelephoneWav(file: Blob): Promise<Uint8Array> {
  if (file.size > MAX_FILE_OCTETS) throw new UnusableSound('This file is larger than 100 MB: choose a shorter piece.');
  const octets = await file.arrayBuffer();
  let sound: AudioBuffer;
  try {
    sound = await new OfflineAudioContext(1, 1, HOLD_MUSIC_RATE_HZ).decodeAudioData(octets);
  } catch {
    throw new UnusableSound('This browser cannot play that file. Try MP3, WAV, Ogg or FLAC.');
  }
  const { least, most } = HOLD_MUSIC_SECONDS;
  if (sound.duration < least) throw new UnusableSound('This is shorter than a second.');
  if (sound.duration > most)
    throw new UnusableSound(`This lasts longer than ${most / 60} minutes: choose a shorter piece.`);
  // It was decoded at the rate that it is needed at.
  return buildWav(mixDown(sound));
}

/** One channel: the mean of all. */
function mixDown(sound: AudioBuffer): Float32Array {
  const mixed = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1)
    for (const [at, sample] of sound.getChannelData(channel).entries())
      mixed[at] = (mixed[at] ?? 0) + sample / sound.numberOfChannels;
  return mixed;
}

/** A WAV file of samples between -1 and 1, at 16 kHz. */
export function buildWav(samples: Float32Array): Uint8Array {
  const wav = new DataView(new ArrayBuffer(HEADER_OCTETS + samples.length * 2));
  const write = (at: number, text: string): void => {
    for (let index = 0; index < text.length; index += 1) wav.setUint8(at + index, text.charCodeAt(index));
  };
  write(0, 'RIFF');
  wav.setUint32(4, wav.byteLength - 8, true);
  write(8, 'WAVEfmt ');
  wav.setUint32(16, 16, true);
  wav.setUint16(20, PCM, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, HOLD_MUSIC_RATE_HZ, true);
  wav.setUint32(28, HOLD_MUSIC_RATE_HZ * 2, true);
  wav.setUint16(32, 2, true);
  wav.setUint16(34, 16, true);
  write(36, 'data');
  wav.setUint32(40, samples.length * 2, true);
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  const gain = most > PEAK ? PEAK / most : 1;
  for (const [at, sample] of samples.entries())
    wav.setInt16(HEADER_OCTETS + at * 2, Math.round(sample * gain * 32_767), true);
  return new Uint8Array(wav.buffer);
}

/** As JSON carries octets. */
export async function toBase64(octets: Uint8Array): Promise<string> {
  const url = await new Promise<string>((settle, fail) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => settle(typeof reader.result === 'string' ? reader.result : ''));
    reader.addEventListener('error', () => fail(new UnusableSound('The file cannot be read.')));
    reader.readAsDataURL(new Blob([octets as Uint8Array<ArrayBuffer>]));
  });
  return url.slice(url.indexOf(',') + 1);
}
