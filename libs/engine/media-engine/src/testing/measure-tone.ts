const WINDOW_MS = 100;

/**
 * The amplitude (0…32768) of one frequency: the median over windows of 100 ms, since one lost or repeated packet
 * turns the phase of a whole second against itself.
 */
export function amplitudeAt(samples: Int16Array, sampleRate: number, frequencyHz: number): number {
  const window = (sampleRate * WINDOW_MS) / 1000;
  if (samples.length <= window) return goertzelOf(samples, sampleRate, frequencyHz);
  const amplitudes: number[] = [];
  for (let at = 0; at + window <= samples.length; at += window) {
    amplitudes.push(goertzelOf(samples.subarray(at, at + window), sampleRate, frequencyHz));
  }
  return amplitudes.sort((a, b) => a - b)[amplitudes.length >> 1] ?? 0;
}

export function goertzelOf(samples: Int16Array, sampleRate: number, frequencyHz: number): number {
  const omega = (2 * Math.PI * frequencyHz) / sampleRate;
  const coefficient = 2 * Math.cos(omega);
  let before = 0;
  let beforeThat = 0;
  for (const sample of samples) {
    const now = sample + coefficient * before - beforeThat;
    beforeThat = before;
    before = now;
  }
  const power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  return samples.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** The strongest frequency in steps of 10 Hz between 100 Hz and 3.5 kHz. */
export function strongestFrequency(samples: Int16Array, sampleRate: number): number {
  let best = 0;
  let bestAmplitude = 0;
  for (let frequency = 100; frequency <= 3500; frequency += 10) {
    const amplitude = amplitudeAt(samples, sampleRate, frequency);
    if (amplitude <= bestAmplitude) continue;
    best = frequency;
    bestAmplitude = amplitude;
  }
  return best;
}
