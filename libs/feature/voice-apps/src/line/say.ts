import type { PlaySource } from '@carillon/contracts';

/** One piece of what the caller hears: a sentence for the voice, or sound as media takes it. */
export type Say = { readonly kind: 'text'; readonly text: string } | PlaySource;

export const text = (sentence: string): Say => ({ kind: 'text', text: sentence });

/** The tone before a recording. */
export const BEEP: Say = { kind: 'tone', frequencies: [1000], durationMs: 400 };
