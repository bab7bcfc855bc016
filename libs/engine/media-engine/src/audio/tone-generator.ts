/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */
import type { ToneStep } from '../api/play.js';

const DEFAULT_LEVEL_DBOV = -12;
/** Tones rise and fall over this time, so that they do not click. */
const RAMP_MS = 4;

/** Steps of one or more sines. The phase runs on between frames. */
export class ToneGenerator {
  private stepIndex = 0;
  private sampleInStep = 0;
  private readonly amplitude: number;

  constructor(
    private readonly steps: readonly ToneStep[],
    private readonly sampleRate: number,
    levelDbov = DEFAULT_LEVEL_DBOV,
  ) {
    // A sine's level is 3 dB under that of a square wave of its peak (RFC 6464: relative to dBov).
    this.amplitude = Math.min(32767, 32768 * 10 ** ((levelDbov + 3.01) / 20));
  }

  /** Fills `into` and returns how many samples belong to the tone; fewer means that it is over. */
  read(into: Int16Array): number {
    let written = 0;
    while (written < into.length) {
      const step = this.steps[this.stepIndex];
      if (step === undefined) break;
      const stepSamples = Math.round((step.durationMs * this.sampleRate) / 1000);
      const count = Math.min(into.length - written, stepSamples - this.sampleInStep);
      for (let index = 0; index < count; index += 1) {
        into[written + index] = this.sample(step, this.sampleInStep + index, stepSamples);
      }
      written += count;
      this.sampleInStep += count;
      if (this.sampleInStep >= stepSamples) {
        this.stepIndex += 1;
        this.sampleInStep = 0;
      }
    }
    into.fill(0, written);
    return written;
  }

  restart(): void {
    this.stepIndex = 0;
    this.sampleInStep = 0;
  }

  private sample(step: ToneStep, at: number, of: number): number {
    const count = step.frequenciesHz.length;
    if (count === 0) return 0;
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      sum += Math.sin((2 * Math.PI * step.frequenciesHz[index]! * at) / this.sampleRate);
    }
    const ramp = (RAMP_MS * this.sampleRate) / 1000;
    const gain = Math.min(1, at / ramp, (of - at) / ramp);
    return (sum / count) * this.amplitude * gain;
  }
}

/** RFC 4733 §3.2 and ITU-T Q.23: the two frequencies of each key. */
export const DTMF_ROWS_HZ = [697, 770, 852, 941] as const;
export const DTMF_COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;
export const DTMF_LAYOUT = '123A456B789C*0#D';

/** The tone of a key for sides that did not negotiate telephone-event. */
export function dtmfToneSteps(key: string, durationMs: number, pauseMs: number): ToneStep[] {
  const at = DTMF_LAYOUT.indexOf(key.toUpperCase());
  if (at < 0) return [];
  const row = DTMF_ROWS_HZ[at >> 2]!;
  const column = DTMF_COLUMNS_HZ[at & 3]!;
  return [
    { frequenciesHz: [row, column], durationMs },
    { frequenciesHz: [], durationMs: pauseMs },
  ];
}
