/**
 * How loud one frequency is (Goertzel), dB relative to a full-scale sine.
 * @param samples PCM16, mono
 */
export function measureTone(samples: Int16Array, frequencyHz: number, sampleRate: number): number {
  if (samples.length === 0) return -120;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    const next = sample / 32_768 + coefficient * last - before;
    before = last;
    last = next;
  }
  const power = last * last + before * before - coefficient * last * before;
  const amplitude = (2 * Math.sqrt(Math.max(power, 0))) / samples.length;
  return Math.max(-120, 20 * Math.log10(amplitude + 1e-12));
}
