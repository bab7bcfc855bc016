/* oxlint-disable typescript/no-non-null-assertion -- The loops bound every index; a fallback would cost the hot path. */

/** ITU-T G.722 §3.6: how the scale factor of a band follows its code words. */
export interface BandScale {
  /** The largest logarithm of it. */
  readonly limit: number;
  /** What 8 or 10 minus the exponent gives. */
  readonly shift: number;
  readonly start: number;
}

export const LOWER_BAND: BandScale = { limit: 18_432, shift: 8, start: 32 };
export const HIGHER_BAND: BandScale = { limit: 22_528, shift: 10, start: 8 };

const INVERSE_LOG = Int16Array.of(
  ...[2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834],
  ...[2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008],
);

export function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/**
 * One of the two bands: its adaptive predictor and its adaptive scale factor (ITU-T G.722 §3.5, §3.6), which encoder and
 * decoder keep alike. Names are those of the recommendation.
 */
export class G722Band {
  /** What is expected next. */
  s = 0;
  /** The scale factor. */
  det: number;
  private nb = 0;
  private sz = 0;
  private readonly d = new Int32Array(7);
  private readonly b = new Int32Array(7);
  private r1 = 0;
  private r2 = 0;
  private p1 = 0;
  private p2 = 0;
  private a1 = 0;
  private a2 = 0;

  constructor(private readonly scale: BandScale) {
    this.det = scale.start;
  }

  /** LOGSCL and SCALEL, or LOGSCH and SCALEH. @param change of the logarithm, of the code word */
  follow(change: number): void {
    const { limit, shift } = this.scale;
    const nb = ((this.nb * 127) >> 7) + change;
    this.nb = nb < 0 ? 0 : nb > limit ? limit : nb;
    const mantissa = INVERSE_LOG[(this.nb >> 6) & 31]!;
    const down = shift - (this.nb >> 11);
    this.det = (down < 0 ? mantissa << -down : mantissa >> down) << 2;
  }

  /** The adaptive predictor, with the quantised difference. */
  adapt(difference: number): void {
    const { d, b } = this;
    const r0 = saturate(this.s + difference);
    const p0 = saturate(this.sz + difference);
    // UPPOL2
    const same1 = p0 >> 15 === this.p1 >> 15;
    const same2 = p0 >> 15 === this.p2 >> 15;
    const four = saturate(this.a1 << 2);
    const turned = same1 ? -four : four;
    let a2 = (same2 ? 128 : -128) + ((turned > 32_767 ? 32_767 : turned) >> 7) + ((this.a2 * 32_512) >> 15);
    a2 = a2 > 12_288 ? 12_288 : a2 < -12_288 ? -12_288 : a2;
    // UPPOL1
    const most = saturate(15_360 - a2);
    let a1 = saturate((same1 ? 192 : -192) + ((this.a1 * 32_640) >> 15));
    a1 = a1 > most ? most : a1 < -most ? -most : a1;
    // UPZERO, DELAYA and FILTEZ in one walk
    const step = difference === 0 ? 0 : 128;
    const sign = difference >> 15;
    let sz = 0;
    for (let index = 6; index > 0; index -= 1) {
      const bi = saturate((d[index]! >> 15 === sign ? step : -step) + ((b[index]! * 32_640) >> 15));
      b[index] = bi;
      const di = index === 1 ? difference : d[index - 1]!;
      d[index] = di;
      sz += (bi * saturate(di + di)) >> 15;
    }
    this.r2 = this.r1;
    this.r1 = r0;
    this.p2 = this.p1;
    this.p1 = p0;
    this.a1 = a1;
    this.a2 = a2;
    // FILTEP, PREDIC
    const sp = saturate(((a1 * saturate(r0 + r0)) >> 15) + ((a2 * saturate(this.r2 + this.r2)) >> 15));
    this.sz = saturate(sz);
    this.s = saturate(sp + this.sz);
  }
}
