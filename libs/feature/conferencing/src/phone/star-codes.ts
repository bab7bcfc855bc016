import type { DtmfDigit } from '@carillon/domain';

/** What a phone may do to itself in a meeting: the key after a star. */
const STAR_CODES = { '5': 'toggle-hand', '6': 'toggle-mute' } as const;
export type StarCode = (typeof STAR_CODES)[keyof typeof STAR_CODES];

/** A star older than this no longer counts. */
export const STAR_VALID_MS = 4_000;

export interface StarState {
  /** When the star was pressed, milliseconds; undefined where none is pending. */
  readonly starAt: number | undefined;
}
export const NO_STAR: StarState = { starAt: undefined };

/** Reads keys pressed in a meeting. A digit without a star before it means nothing. */
export function readStarCode(state: StarState, digit: DtmfDigit, now: number): { state: StarState; code?: StarCode } {
  if (digit === '*') return { state: { starAt: now } };
  if (state.starAt === undefined || now - state.starAt > STAR_VALID_MS) return { state: NO_STAR };
  const code = digit === '5' || digit === '6' ? STAR_CODES[digit] : undefined;
  return code === undefined ? { state: NO_STAR } : { state: NO_STAR, code };
}
